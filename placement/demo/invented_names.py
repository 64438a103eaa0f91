"""Invented people: given names and family names that are at home in each country, with regions and languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Home:
    """Where some of the invented candidates live. ``share`` is how many in a hundred."""

    country: str
    share: int
    currency: str
    pay: int  # a usual floor a month
    regions: tuple[str, ...]
    local: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    family: tuple[str, ...]


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HOMES = (
    Home("SN", 30, "XOF", 70_000, ("Dakar", "Thiès", "Saint-Louis", "Ziguinchor", "Kaolack"), ("wo", "ff", "srr"),
         words("Awa Fatou Aminata Mariama Khady Ndeye Sokhna Coumba Adja Rokhaya Astou Binta Yacine Dieynaba"),
         words("Moussa Ibrahima Cheikh Ousmane Modou Pape Abdoulaye Mamadou"),
         words("Ndiaye Diop Fall Sarr Ba Gueye Sow Faye Diouf Mbaye Cissé Thiam Seck Kane")),
    Home("CI", 18, "XOF", 75_000, ("Abidjan", "Bouaké", "Yamoussoukro", "Korhogo", "San-Pédro"), ("dyu",),
         words("Adjoua Affoué Aya Amenan Mariam Fanta Akissi Ahou Rokia Djénéba Grâce Prisca Inès"),
         words("Kouadio Yao Koffi Seydou Drissa Serge Arsène"),
         words("Koffi Kouassi Konan Traoré Coulibaly Ouattara Bamba Yao Touré Kouamé Diabaté Soro")),
    Home("CM", 16, "XAF", 70_000, ("Douala", "Yaoundé", "Bafoussam", "Garoua", "Bamenda"), ("ewo", "ff"),
         words("Ngono Chantal Solange Mireille Aïssatou Clarisse Brenda Nadège Vanessa Odile Carine Judith"),
         words("Emmanuel Hervé Didier Oumarou Franck Cédric Blaise"),
         words("Mbarga Ngo Tchoumi Fotso Kamga Abena Njoya Nkoulou Essomba Talla Bello Ekambi")),
    Home("BJ", 12, "XOF", 60_000, ("Cotonou", "Porto-Novo", "Parakou", "Abomey"), ("fon", "yo"),
         words("Sènami Afiavi Rachidath Yasmine Pélagie Mahougnon Bérénice Sylvie Reine Akouavi"),
         words("Codjo Sèdjro Rodrigue Fidèle Wilfried Bio"),
         words("Houngbo Ahouansou Dossou Adjovi Zinsou Hounkpatin Agossou Sossa Gbaguidi Chabi")),
    Home("MG", 12, "MGA", 450_000, ("Antananarivo", "Toamasina", "Fianarantsoa", "Mahajanga"), ("mg",),
         words("Voahangy Hanitra Lalao Fara Miora Nirina Tiana Soa Malala Vola Haingo"),
         words("Rivo Hery Tojo Faly Mamy Solofo"),
         words("Rakoto Rabe Rasoa Andriana Ravelo Razafy Ramanana Rasolo Randria Raharimanana")),
    Home("FR", 12, "EUR", 1_100, ("Marseille", "Saint-Denis", "Roubaix", "Toulouse", "Saint-Étienne"), ("ar", "pt"),
         words("Nadia Sabrina Camille Leïla Aurélie Samira Chloé Fatima Émilie Djamila Laura Sonia"),
         words("Karim Yanis Kévin Mehdi Thomas Sofiane"),
         words("Benali Martin Lopes Haddad Petit Diallo Moreau Ferreira Bernard Mansouri Leroy Camara")),
)  # fmt: skip

"""Words that a learner writes down once, to get back in when the PIN is forgotten.

512 common words for each language, 4 to 9 letters, none with an accent: they are typed on any keypad. No two are
one slip apart (a letter more, less or other, or two that changed places): a word with a slip is still that word.
"""

import re
import secrets

from lms.lib.comparison import comparable

COUNT = 4  # of 512: 36 bits, guessed at 30 times a day at most (``GUESS_LIMITS``)

FRENCH = """
abeille abri accord acier agneau aigle aimant ajout album alerte allure amande amiral ananas ancre ange animal annonce
antenne aplomb appareil appel arbre arcade argent argile arrivage arrosoir artisan artiste asile assiette atelier
atlas atome aube auteur automne avion avocat bagage bain baiser balai balcon banane bandeau baobab barbe barque
barrage bascule bassin bible bidon bijou billet bleu bloc boeuf boisson bonbon bonheur boucle bouillon bouton branche
brebis brique brochure brosse brouette buse cabane cactus cadeau cahier caillou calcul camarade camion canal canard
canne canot capital cargo carnet carotte carreau carte carton castor cause cendre cercle cerise cerveau chaise chambre
chameau champ chance chant chariot charme chaud chef chemise cheval cheveu chien chiffre chocolat ciel cigale cinq
cirque clairon classe clavier client cloche clou code coffre coin colis colle collier colline colombe colonne commerce
compas compte conseil conte coquille corbeau corne corps costume coton couleur couloir courage courrier course cousin
couteau cravate crayon crevette crochet cuisine cuivre cuve cycle cygne dalle dame danse datte dauphin demain dessin
deux dimanche disque docteur doigt douane doute drap drapeau droite dune duvet ensemble envie escargot espace espoir
essai essence estomac facteur famille farine fauteuil femme fenouil feuille ficelle figue filtre finance fleur fleuve
flotte foire fontaine football forgeron foulard foule fourmi frein frigo froid fruit gagnant galerie gant garage garde
gazelle gazon geste gilet girafe glace gorge gourde goutte graisse grenier griffe grille groupe guitare habit haie
hamac hangar haricot harpe hibou hiver homme horloge hotte housse huile huit igname image insigne ivoire jambe janvier
jardin jeton jeudi joie jongleur jouet jumeau jungle jupe justice kayak kilo kiosque koala lait lampe lavabo lentille
lessive lettre levier libraire ligne limace lime lion liste livre local logement long loupe loyer lundi lunette lutte
machine magasin magie maillot maire maison maman manioc mante marche mardi marin marmite masque mercredi merle message
mesure meuble midi mille miroir mobile moine montagne montre morceau moto moulin muguet muscle musique nature navet
navire neige nerf neveu noeud nombre nord note nougat nouvelle novembre nuage objet oignon oiseau olive ongle oral
orange oreille ouest ours outil paille palais palme panneau pantalon papa papaye papier papillon parc parfum parole
partage passage patate patron pays pelote pied pierre pile piment pirogue piscine plage planche plante plat plume
poche poids poing poivre pommade pompe port portrait poste potage pouce poudre poumon prairie preuve prince produit
puits quart quartier quatre question queue quille racine radio raisin rameau rang recette repos ressort retour rideau
rivage robe robinet roman ronde roseau rouge ruban rubis ruche sable sabot safran salade salon salut samedi sandale
sapin sauce savane sceau scie science semaine sentier sept serpent sifflet singe sirop soif soldat sommeil sorgho
soulier source sourire stade stylo sucre surprise tabac tabouret tache tampon tapis tarif tasse taureau taxi terre
texte thon tigre timbre tirage tissu tomate tonneau torche tortue total toucan tracteur train treize trente tribu
tribune trottoir trou tulipe tunnel tuyau usage valise vallon vanille vapeur vase veau veille vendredi vent ventre
verger vers viande victoire vide violon visage visite vitre voile voisin voiture voix volant volume voyage wagon zone
"""
ENGLISH = """
acorn actor adult agent album alert almond amber anchor angel animal ankle apple apricot april apron arch arrow artist
atlas atom attic august aunt author autumn avenue baby back badge baker balcony bamboo banana banner barber barn
barrel basket battery beach bean beard beetle belt bicycle biscuit blouse blue body bone border bottle bottom bowl
brass brave brick bridge broom brother brown brush bucket buffalo bull butcher butter button buyer cabbage cabin cable
cactus cake calendar camel camera candle canoe captain cargo carpet cashew ceiling cement centre chain chalk cheese
cherry chest chicken chief child chimney circle circus city clay cliff cloth cloud clown coach coat cobra cocoa
coconut coffee coin comb compass coral cork corner cotton country cousin crab cradle crane crop cross crowd curtain
cushion customer daisy dance daughter dawn deer dentist desert desk diamond dinner doctor doll dollar dolphin door
dragon drawer dream dress drill driver drum duck eagle earth east elbow elephant eleven engine envelope evening face
factory family farmer feather fence ferry field finger fire flag flame floor flower flute foot forest fountain friday
friend frog fruit garage garden garlic gate gift giraffe girl glass glove gold goose grandma grape green grocer ground
guard guava guest guide hair hammer harbour harvest hawk head hedge hero hippo hole honey hook horn horse hospital
hotel hunter idea insect iron island ivory january jelly jockey judge juice july jungle kayak kettle kidney king kiosk
kitchen kite kitten knee knife knot label ladder lady lamp land lantern lawyer leaf lemon leopard lesson letter
library line lion lizard lobster lorry lunch lung machine magnet maid mango marble market mask match mattress meadow
meat medal melon midnight mill millet monday monkey month moon morning mother motor mouse museum mushroom music name
napkin neck needle nephew nest night north nose notebook number nurse ocean october office olive onion orange orchard
ostrich oven packet page paint palace palm papaya paper parcel parent park parrot parsley path peacock peanut pebble
pencil people pepper perfume piano picture pigeon pillow pilot pipe planet plank plate plum poem police pony porch
potato potter powder present prince printer prize puddle puppet puppy purple quarter queen rabbit radio rail razor
reader record rhino ribbon rice road robot roof rope rubber ruler saddle safari salad salt sandal saucer school
scooter screw seed seven shadow shark sheep shell shepherd shirt shop shore shoulder shovel shower silk silver sister
skin smile smoke snail snake snow sock soil soldier song south sparrow spice spider spinach spoon spring square
squirrel stable stairs stamp star station steam steel step stick stone storm straw street student sugar suitcase
summer sunday supper swallow swan sweater tailor tank taxi teacher tent thirty three throat thumb thunder ticket tiger
timber toast tomato tongue tool tooth tortoise towel town tractor train tray triangle trousers trumpet trunk tube
tuesday tulip tunnel turkey turtle twelve twenty twin umbrella uncle uniform valley vanilla vase village violin
visitor voice volcano voyage wagon wall wallet walnut wave wedding week whale wheat wheel whistle white wife wind
window winter wolf woman wood worker wrist writer year yellow zebra
"""
WORDS = {"fr": tuple(FRENCH.split()), "en": tuple(ENGLISH.split())}
FALLBACK = "en"


def list_of(language: str) -> tuple[str, ...]:
    return WORDS.get(language.partition("-")[0], WORDS[FALLBACK])


def random_words(language: str) -> list[str]:
    return [secrets.choice(list_of(language)) for _ in range(COUNT)]


def is_one_slip(typed: str, word: str) -> bool:
    """Whether they differ by one letter more, less or other, or by two that changed places."""
    if len(typed) == len(word):
        wrong = [at for at, letter in enumerate(word) if typed[at] != letter]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and typed[wrong[0]] == word[wrong[1]]
        return len(wrong) == 1 or (swapped and typed[wrong[1]] == word[wrong[0]])
    longer, shorter = (typed, word) if len(typed) > len(word) else (word, typed)
    return len(longer) - len(shorter) == 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
    )


def corrected(typed: str, words: tuple[str, ...]) -> str:
    """The word that was meant: itself, or the only one that is one slip away; else what was typed."""
    if typed in words:
        return typed
    near = [word for word in words if is_one_slip(typed, word)]
    return near[0] if len(near) == 1 else typed


def split(typed: str, words: frozenset[str], count: int = COUNT) -> list[str]:
    """Words that were written without spaces, taken apart; nothing when that gives no ``count`` words."""
    if count == 0 or not typed:
        return []
    for length in range(4, 10):
        head, rest = typed[:length], typed[length:]
        if head in words:
            if count == 1 and not rest:
                return [head]
            following = split(rest, words, count - 1)
            if following:
                return [head, *following]
    return []


def read(typed: str, language: str) -> str:
    """What was typed as it was shown: small letters, one space between words, one slip in each put right. Capitals,
    accents, dashes and spaces do not count; the order does.
    """
    words = list_of(language)
    tokens = re.findall(r"[a-z]+", comparable(typed))
    if len(tokens) != COUNT:
        tokens = split("".join(tokens)[:60], frozenset(words)) or tokens
    return " ".join(corrected(token, words) for token in tokens[: COUNT + 1])

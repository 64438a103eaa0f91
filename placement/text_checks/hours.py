"""Hours that nobody can work, or that take away the day of rest.

Sources: ILO C001 and C030 (48 hours a week, 8 a day), C014 and C106 (one day of rest in seven); directive 2003/88/CE
(48 hours, 11 hours of rest); forty hours a week in the labour codes of Senegal (L.135), Côte d’Ivoire and Benin.
"""

from collections.abc import Iterator

from placement.text_checks.patterns import Guard, Match, Matcher, guard_of, patterns_of
from placement.text_checks.reading import Token

MOST_HOURS_A_WEEK = 48
MOST_HOURS_A_DAY, LONG_DAY = 12, 10  # above the first nobody may work; above the second somebody looks

GUARDS: dict[str, Guard] = {
    "service": guard_of("service* support plateforme* site ligne assistance hotline ouvert* disponibl* available platform open* online desk "
                        "rotation* equipe* shift* relais roul* turns", before=5, after=5),
    "shifts": guard_of("rotation* equipe* shift* relais roul* turns repos rest team teams", before=6, after=6),
    "optional": guard_of("pas jamais no never sans without", before=3),
}  # fmt: skip
SURE = """
    7 jours|j|days sur|/|a|out|on of? 7 ! service optional
    7 jours|days par|per|a semaine|week ! service optional
    sept jours sur sept ! service optional
    seven days a week ! service optional
    7 days a week ! service optional
    sans|aucun|no|without ..1 jour|jours|day|days de|of|off? repos|rest|off
    no days|day off
    sans conge|conges ! optional
    every day including sunday|sundays ! service
    jour et nuit ! service optional
    day and night ! service optional
    overtime|heures ..2 non|pas payees|remunerees
    unpaid overtime
"""
DOUBT = """
    7 jours|j|days sur|/|a|out|on of? 7 ! shifts
    24 h|heures|hours / 24 ! shifts
    24 h|heures sur 24 ! shifts
    24 / 7 ! shifts
    24 h 24 ! shifts
    jour et nuit ! shifts
    day and night ! shifts
    night|nuit work|shift|travail
    travail de nuit
    disponible|disponibles|joignable|available ..2 tout|toute|any|all moment|heure|times|time
    dimanche|dimanches|sunday|sundays obligatoire*|required|compulsory|mandatory
    heures supplementaires obligatoire*
    mandatory|compulsory overtime
"""
LENGTHS = """
    <n> h|heure|heures|hour|hours|hrs par|/|a|per|de|la jour|day|travail|journee
    <n> h|heure|heures|hour|hours|hrs par|/|a|per|la|hebdo* semaine|week|sem|hebdo*
    <n> hour|hours week|day|daily|weekly
"""
_lengths = Matcher(list(patterns_of("hours", LENGTHS, GUARDS)))


def too_long(tokens: list[Token]) -> Iterator[tuple[Match, bool]]:
    """Hours a day or a week above what may be worked, and whether there is no doubt."""
    for match in _lengths.find(tokens):
        count, unit = tokens[match.first].value, tokens[match.after - 1].text
        is_week = unit.startswith(("sem", "week", "hebdo"))
        if is_week and count > MOST_HOURS_A_WEEK and count <= 168:
            yield match, True
        elif not is_week and LONG_DAY < count <= 24:
            yield match, count > MOST_HOURS_A_DAY

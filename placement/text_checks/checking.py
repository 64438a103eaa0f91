"""All checks of one text."""

from collections.abc import Iterator

from placement.text_checks import contacts, criteria, hours, insults, money
from placement.text_checks.findings import Certainty, Finding, FindingKind
from placement.text_checks.patterns import Guard, Match, Matcher, Pattern, money_at, patterns_of, stands_near
from placement.text_checks.reading import Token, tokens_of

SURE, DOUBTFUL = Certainty.SURE, Certainty.DOUBTFUL
FAIR_AFTER, FAIR_BEFORE = 16, 10  # tokens that a "regardless of" or a "welcome" covers
LEGAL_AGE = 18
BOTH_NEAR = 5
WOMEN, MEN = (frozenset(words.split()) for words in (criteria.WOMEN, criteria.MEN))
ALL_OF_THEM = frozenset({"tous", "toutes", "mixte", "everyone"})
PLAIN_GUARDS = {name: guard for name, guard in criteria.GUARDS.items() if name != "pair"}


def matcher(lines: dict[str, str], guards: dict[str, Guard]) -> Matcher:
    """Tags are the subjects, with a mark where both sexes named together are no criterion."""
    patterns: list[Pattern] = []
    for subject, text in lines.items():
        for line in text.splitlines():
            is_pair = " pair" in line.partition(" ! ")[2] or line.partition(" ! ")[2].startswith("pair")
            phrase, _mark, names = line.partition(" ! ")
            kept = " ".join(name for name in names.split() if name != "pair")
            tag = f"{subject}+pair" if is_pair else subject
            patterns += patterns_of(tag, f"{phrase} ! {kept}" if kept else phrase, guards)
    return Matcher(patterns)


CRITERIA_SURE = matcher(criteria.SURE, PLAIN_GUARDS)
CRITERIA_NEAR = matcher(criteria.NEAR, PLAIN_GUARDS)
CRITERIA_DOUBT = matcher(criteria.DOUBT, PLAIN_GUARDS)
FAIR = matcher({"after": criteria.FAIR, "before": criteria.WELCOME}, {})
FEES_SURE = matcher({"fee": money.SURE_FEES}, money.GUARDS)
FEES_NEAR = matcher({"fee": money.NEAR_FEES}, money.GUARDS)
UNPAID = matcher(money.UNPAID, money.GUARDS)
CONTACT_SURE = matcher({"messenger": contacts.SURE}, contacts.GUARDS)
CONTACT_DOUBT = matcher({"messenger": contacts.DOUBT}, contacts.GUARDS)
INSULT_SURE = matcher({"insult": insults.SURE}, insults.GUARDS)
INSULT_DOUBT = matcher({"insult": insults.DOUBT}, insults.GUARDS)
HOURS_SURE = matcher({"rest": hours.SURE}, hours.GUARDS)
HOURS_DOUBT = matcher({"rest": hours.DOUBT}, hours.GUARDS)

Found = Iterator[tuple[FindingKind, str, Certainty, Match]]


def check_text(text: str) -> list[Finding]:
    """What a person should not read in it, in the order of the text; each place once, the sure before the doubtful."""
    tokens = tokens_of(text)
    found = [row for check in (protected, fees, unpaid, outside, humiliating, endless) for row in check(tokens)]
    found.sort(key=lambda row: (row[2] != SURE, row[3].first, row[3].first - row[3].after))
    kept: list[Finding] = []
    taken: set[int] = set()
    for kind, subject, certainty, match in found:
        places = set(range(match.first, match.after))
        if places & taken:
            continue
        taken |= places
        start, end = tokens[match.first].start, tokens[match.after - 1].end
        kept.append(Finding(kind, subject, certainty, text[start:end], start, end))
    return sorted(kept, key=lambda finding: finding.start)


def protected(tokens: list[Token]) -> Found:
    """Criteria of L1132-1, unless the sentence says that they do not count."""
    fair = fair_places(tokens)
    for matcher_, certainty in ((CRITERIA_SURE, SURE), (CRITERIA_NEAR, None), (CRITERIA_DOUBT, DOUBTFUL)):
        for match in matcher_.find(tokens):
            subject, _mark, is_pair = match.tag.partition("+")
            if match.first in fair or (is_pair and names_both(tokens, match)):
                continue
            if subject == "age" and is_age_of_law(tokens, match):
                continue
            is_asked = certainty or (
                SURE if stands_near(tokens, match.first, match.after, criteria.PEOPLE) else DOUBTFUL
            )
            yield FindingKind.CRITERION, subject, is_asked, match


def fair_places(tokens: list[Token]) -> set[int]:
    places: set[int] = set()
    for match in FAIR.find(tokens):
        if match.tag == "after":
            for place in range(match.first, min(match.after + FAIR_AFTER, len(tokens))):
                if place >= match.after and (tokens[place].kind == "e" or tokens[place].text in criteria.BUT):
                    break
                places.add(place)
        else:
            for place in range(match.after - 1, max(match.first - FAIR_BEFORE, -1), -1):
                if tokens[place].kind == "e" or tokens[place].text in criteria.BUT:
                    break
                places.add(place)
    return places


def names_both(tokens: list[Token], match: Match) -> bool:
    """Women and men, H/F, "toutes et tous": both are meant."""
    first, after = max(0, match.first - BOTH_NEAR), match.after + BOTH_NEAR
    words = set()
    for place in range(match.first - 1, first - 1, -1):
        if place < 0 or tokens[place].kind == "e":
            break
        words.add(tokens[place].text)
    for place in range(match.first, min(after, len(tokens))):
        if tokens[place].kind == "e":
            break
        words.add(tokens[place].text)
    return bool(words & ALL_OF_THEM) or bool(words & WOMEN and words & MEN)


def is_age_of_law(tokens: list[Token], match: Match) -> bool:
    """Eighteen years or more: who may sign a contract."""
    here = tokens[match.first : match.after]
    numbers = [token.value for token in here if token.kind == "n"]
    if not numbers or max(numbers) > LEGAL_AGE or any(t.text in {"maximum", "max", "maxi"} for t in here):
        return False
    near = {t.text for t in tokens[max(0, match.first - 4) : match.after + 4]}
    return bool(
        near & {"moins", "minimum", "plus", "least", "over", "above", "revolus", "majeur", "majeure", "legal", "older"}
    )


def fees(tokens: list[Token]) -> Found:
    """Money asked of candidates; an amount without a word beside it is looked at."""
    for match in FEES_SURE.find(tokens):
        yield FindingKind.FEE, "fee", SURE, match
    for match in FEES_NEAR.find(tokens):
        yield FindingKind.FEE, "fee", DOUBTFUL, match
    for place in range(len(tokens)):
        length = money_at(tokens, place)
        if not length:
            continue
        match = Match("fee", place, place + length)
        harmless = (money.PAY_WORDS, money.MATTER, money.GUARDS["never"])
        if any(stands_near(tokens, match.first, match.after, guard) for guard in harmless):
            continue
        yield FindingKind.FEE, "amount", DOUBTFUL, match


def unpaid(tokens: list[Token]) -> Found:
    for match in UNPAID.find(tokens):
        yield FindingKind.PAY, "unpaid", SURE if match.tag == "sure" else DOUBTFUL, match


def outside(tokens: list[Token]) -> Found:
    for match in CONTACT_SURE.find(tokens):
        yield FindingKind.CONTACT, match.tag, SURE, match
    for match in CONTACT_DOUBT.find(tokens):
        yield FindingKind.CONTACT, match.tag, DOUBTFUL, match
    for match in contacts.addresses(tokens):
        if match.tag == "link" and is_meeting(tokens, match):
            continue
        yield FindingKind.CONTACT, match.tag, SURE if match.tag == "e-mail" else DOUBTFUL, match
    for match, is_certain in contacts.phones(tokens):
        yield FindingKind.CONTACT, "phone", SURE if is_certain else DOUBTFUL, match


def is_meeting(tokens: list[Token], match: Match) -> bool:
    """A link to a room for video calls, by its host alone: not to a page that only names it."""
    address = "".join(token.text for token in tokens[match.first : match.after])
    host = address.partition("://")[2] or address
    host = host.partition("/")[0].removeprefix("www.")
    return any(host == place or host.endswith(f".{place}") for place in contacts.MEETING_PLACES)


def humiliating(tokens: list[Token]) -> Found:
    for match in INSULT_SURE.find(tokens):
        is_quoted = stands_near(tokens, match.first, match.after, insults.QUOTED)
        yield FindingKind.INSULT, "insult", DOUBTFUL if is_quoted else SURE, match
    for match in INSULT_DOUBT.find(tokens):
        yield FindingKind.INSULT, "insult", DOUBTFUL, match


def endless(tokens: list[Token]) -> Found:
    for match in HOURS_SURE.find(tokens):
        yield FindingKind.HOURS, match.tag, SURE, match
    for match, is_certain in hours.too_long(tokens):
        yield FindingKind.HOURS, "length", SURE if is_certain else DOUBTFUL, match
    for match in HOURS_DOUBT.find(tokens):
        yield FindingKind.HOURS, match.tag, DOUBTFUL, match

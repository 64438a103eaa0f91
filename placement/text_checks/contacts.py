"""Ways to move a conversation to where the programme can help nobody: phone numbers, messengers, e-mail, links.

Source: warnings against false recruiters in the region (AFP Factuel, Cameroon Tribune), who all ask to go on by
WhatsApp; numbers: ITU E.164 (8 to 15 digits).
"""

from collections.abc import Iterator

from placement.text_checks.patterns import CURRENCIES, Guard, Match, guard_of
from placement.text_checks.reading import FIGURES, Token

GUARDS: dict[str, Guard] = {
    "skill": guard_of("client* customer* support service communit* reseaux gestion manag* repondre moderat* sav chatbot* messages conversations "
                      "annot* transcri* marketing community discussions users utilisateur* usagers answer answering", before=6, after=6, inside=True),
}  # fmt: skip
SURE = """
    arobase|arobas|arobaze ..3 point|dot com|org|net|fr|sn|ci|cm|bj|mg
    contact*|ecri*|appel*|joign*|joindre|envoy*|postul*|repond*|write|call|reach|text|send|apply|message|continu*|parl*|discut*|chat|talk ..4 whatsapp|whatapp|watsapp|whatsap|telegram|messenger|signal|viber|imo|wechat|snapchat|instagram|facebook|skype ! skill
    whatsapp|telegram|viber|signal|wa : +? <n>
    whatsapp|telegram|viber|wa au|sur|at? +? <n>
    inbox|mp moi|me
    appelez|telephonez|bipez|call moi|nous|me|us au|at|on
    contactez|contact|reach moi|nous|me|us par|by|via|on ..1 telephone|tel|phone|mail|email|mel|e|sms
"""
DOUBT = """
    whatsapp|whatapp|watsapp|whatsap|telegram|viber|wechat|snapchat ! skill
    messenger|instagram|facebook|skype ! skill
    en prive
    in private
    hors de? la plateforme|site
    outside ..1 platform|site
"""
TOP_LEVELS = frozenset(
    [
        "com",
        "org",
        "net",
        "fr",
        "sn",
        "ci",
        "cm",
        "bj",
        "tg",
        "ml",
        "bf",
        "ne",
        "ga",
        "mg",
        "ma",
        "tn",
        "io",
        "me",
        "ly",
        "gl",
        "app",
        "site",
        "online",
        "info",
        "biz",
        "co",
        "be",
        "ch",
        "ca",
        "eu",
        "uk",
        "africa",
        "link",
        "page",
        "shop",
        "tech",
        "edu",
        "gov",
        "int",
    ]
)
CALL_WORDS = frozenset(
    [
        "tel",
        "telephone",
        "phone",
        "mobile",
        "portable",
        "whatsapp",
        "appel",
        "appelez",
        "appeler",
        "call",
        "numero",
        "gsm",
        "cel",
        "sms",
        "wa",
    ]
)
MEETING_PLACES = frozenset({"meet.google.com", "zoom.us", "teams.microsoft.com", "teams.live.com", "meet.jit.si", "whereby.com"})  # fmt: skip
"""Where an interview by video takes place: a link there moves nothing but the interview."""
DIGITS = range(8, 16)
NO_PHONES = frozenset(
    [
        "facture",
        "dossier",
        "reference",
        "ref",
        "compte",
        "siret",
        "ninea",
        "rccm",
        "registre",
        "version",
        "code",
        "invoice",
        "file",
        "account",
        "order",
        "commande",
        "ticket",
        "article",
        "isbn",
        "ean",
        "iban",
        "lignes",
    ]
)
NUMBER_SIGNS = frozenset("+-./()")
MOST_PARTS = 20  # of a number or an address


def addresses(tokens: list[Token]) -> Iterator[Match]:
    """E-mail addresses and links."""
    after = 0
    for place, token in enumerate(tokens):
        if place < after:
            continue
        if token.text == "@" and 0 < place < len(tokens) - 1 and tokens[place - 1].kind in "nw":
            first, after = begin_of(tokens, place), end_of(tokens, place + 1)
            is_full = any(t.text == "." for t in tokens[place + 1 : after])
            if is_full or tokens[place + 1].text in {"gmail", "yahoo", "hotmail", "outlook"}:
                yield Match("e-mail", first, max(after, place + 2))
        elif token.text in {"http", "https", "www"} and place + 1 < len(tokens) and tokens[place + 1].tight:
            after = end_of(tokens, place)
            yield Match("link", place, after)
        elif token.kind in "nw" and is_domain(tokens, place):
            after = end_of(tokens, place)
            if not any(t.text == "@" for t in tokens[after : after + 1]):
                yield Match("link", place, after)


def is_domain(tokens: list[Token], place: int) -> bool:
    """``bit.ly`` and ``jobs.example.org`` from their first word on: no space, and an ending that exists."""
    if place and tokens[place].tight and tokens[place - 1].kind in "nw":
        return False
    parts = 0
    while place + 1 < len(tokens) and tokens[place + 1].kind == "w" and tokens[place + 1].tight and parts < MOST_PARTS:
        place, parts = place + 1, parts + 1  # a hyphen stood between
    while place + 2 < len(tokens) and parts < MOST_PARTS:
        dot, word = tokens[place + 1], tokens[place + 2]
        if dot.text not in ".-" or not dot.tight or word.kind not in "nw" or not word.tight:
            return False
        if dot.text == "." and word.text in TOP_LEVELS:
            following = tokens[place + 3] if place + 3 < len(tokens) else None
            if following is None or not following.tight or following.text != ".":
                return True
        place, parts = place + 2, parts + 1
    return False


def begin_of(tokens: list[Token], place: int) -> int:
    """Where the address begins that has its @ here."""
    first = place - 1
    while first > max(0, place - MOST_PARTS) and tokens[first].tight and tokens[first - 1].text not in {",", ":", "("}:
        first -= 1
    return first


def end_of(tokens: list[Token], place: int) -> int:
    """Behind the last token that hangs together with this one."""
    after = place + 1
    while after < min(len(tokens), place + 3 * MOST_PARTS) and tokens[after].tight and tokens[after].kind != "e":
        after += 1
    return after


def phones(tokens: list[Token]) -> Iterator[tuple[Match, bool]]:
    """Runs of digits that are a number to call, and whether there is no doubt."""
    place = 0
    while place < len(tokens):
        begins = tokens[place].kind == "n" or (tokens[place].text in "+(" and place + 1 < len(tokens))
        if not begins:
            place += 1
            continue
        after, digits, groups = place, 0, 0
        while after < min(len(tokens), place + MOST_PARTS) and (
            tokens[after].kind == "n" or (tokens[after].text in NUMBER_SIGNS and tokens[after].kind != "e")
        ):
            if tokens[after].kind == "n":
                digits += sum(sign in FIGURES for sign in tokens[after].text)
                groups += 1
            after += 1
        while after > place and tokens[after - 1].kind != "n":
            after -= 1
        if after <= place:
            place += 1
            continue
        if digits in DIGITS and not is_no_phone(tokens, place, after):
            is_plus = tokens[place].text == "+" or tokens[place].text.startswith("00")
            near = {t.text for t in tokens[max(0, place - 5) : place]}
            if near & NO_PHONES and not is_plus:
                place = after
                continue
            is_called = bool(near & CALL_WORDS)
            yield Match("phone", place, after), is_plus or is_called or groups >= 3
        place = max(after, place + 1)


def is_no_phone(tokens: list[Token], place: int, after: int) -> bool:
    """An amount, a date, one whole number: what follows or how it is written says so."""
    following = tokens[after].text if after < len(tokens) else ""
    before = tokens[place - 1].text if place else ""
    if following in CURRENCIES or before in CURRENCIES or following in {"%", "ko", "mo", "kb", "mb", "km"}:
        return True
    run = tokens[place:after]
    numbers = [token for token in run if token.kind == "n"]
    signs = {token.text for token in run if token.kind != "n"}
    if signs <= {"/", "-", "."} and signs and len(numbers) in {3, 6} and any(1900 <= n.value <= 2100 for n in numbers):
        return True  # 01/12/2026 and from one day to another
    if signs == {"-"} and len(numbers) == 2 and all(1900 <= n.value <= 2100 for n in numbers):
        return True  # 2024-2026
    if len(numbers) == 1 and not signs and numbers[0].value % 100_000 == 0:
        return True
    return signs == {"-"} and len(numbers) == 2 and all(n.value >= 10_000 and n.value % 1000 == 0 for n in numbers)

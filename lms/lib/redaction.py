"""Words without people, for whatever leaves the database: logs, errors in files and e-mails, webhooks, Sentry.

Cut out are e-mail addresses, phone numbers, addresses of machines, the rows and values that databases and converters
quote, and what people typed where an error repeats it. Names standing alone in a sentence cannot be told from words:
whoever writes a line of a log names nobody (docs/decisions/0006).
"""

import re

CUT = "..."
QUOTED_ROWS = re.compile(  # PostgreSQL: Key (phone)=(+221...) already exists; LINE 1: SELECT ... 'Awa'
    r"^(?:DETAIL|CONTEXT|LINE \d+):.*\n?", re.MULTILINE
)
# What somebody typed, as errors quote it: invalid input syntax for type integer: "Awa"; expected a number but got 'Awa'
QUOTED_VALUES = re.compile(r"(: | got | value )(\"[^\"\n]*\"|'(?:[^'\\\n]|\\.)*')(?=[.,]?(?:\s|$))")
FOR_PEOPLE = re.compile(r"\b(ValidationError: ).+")  # sentences that forms show beside what was typed
EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
NUMBER = re.compile(
    r"""
      (?: \+ | (?<![\w.])00 ) \d [\d\ \u00a0\u202f().-]{5,20} \d (?!\w)  # with the code of its country
    | (?<![\w.-]) \d{8,15} (?! \w | [.-]\w )
    | (?<![\w.:-]) \d{2,3} (?: [\ \u00a0\u202f.-] \d{2,3} ){3,5} (?! [\w:] | [.-]\w )  # in groups
    """,
    re.VERBOSE,
)


def without_values(text: str) -> str:
    """A text, or a traceback, without what databases, converters and forms quote in their errors."""
    text = QUOTED_VALUES.sub(rf"\1{CUT}", QUOTED_ROWS.sub("", text))
    return FOR_PEOPLE.sub(rf"\1{CUT}", text)


def without_people(text: str) -> str:
    """The same, and without e-mail addresses and numbers of phones."""
    return NUMBER.sub(CUT, EMAIL.sub(CUT, without_values(text)))

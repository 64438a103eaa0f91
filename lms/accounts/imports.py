"""Learners from a table: which rows are new, which are here already, which must be fixed, and how. Writes nothing.

An app above adds a column (a cohort, say) with ``register_column`` in its ``AppConfig.ready``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import get_column_letter

from lms.accounts import import_headings, person_names, phones
from lms.accounts.identity import name_key
from lms.accounts.import_headings import Layout, Unknown
from lms.accounts.models import User
from lms.accounts.visibility import visible_to
from lms.lib.comparison import comparable
from lms.lib.languages import names_of_languages
from lms.lib.problems import quoted
from lms.lib.tables import FORMULA_CHARACTERS

MAX_ROWS = 5000
CHUNK = 500  # values in one query


@dataclass(frozen=True)
class Column:
    """``clean(text, by)`` gives the value or raises ValidationError with the remedy. ``apply(user_ids, value, by)``
    is called in the importing transaction, for learners new and known; it must be harmless when repeated.
    ``writes(value)`` says how many rows it writes for one learner at most: slices of an import are cut by it.
    """

    key: str
    label: Any
    titles: tuple[str, ...]  # what the first row may call it; spelling, plurals and small words do not matter
    clean: Callable[[str, User], Any]
    apply: Callable[[Sequence[int], Any, User], None] | None = None
    writes: Callable[[Any], int] = lambda value: 1


@dataclass(frozen=True)
class Problem:
    column: str
    text: str


@dataclass
class Row:
    number: int  # as the spreadsheet counts
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    user: User | None = None  # the account that is here already
    possible_duplicates: list[User] = field(default_factory=list)  # accounts of the same name, perhaps the same person
    takes_number: bool = False  # from an account that never proved it

    @property
    def name(self) -> str:
        return str(self.values.get("full_name", ""))


@dataclass
class Plan:
    header: list[str]
    rows: list[Row]
    layout: Layout = field(default_factory=Layout)
    above: list[str] = field(default_factory=list)  # what stands above the row of titles, and is not read
    unread: list[Unknown] = field(default_factory=list)
    chosen: Mapping[int, str] = field(default_factory=dict)  # what the importer said of columns

    @property
    def new(self) -> list[Row]:
        return [row for row in self.rows if not row.problems and row.user is None]

    @property
    def known(self) -> list[Row]:
        return [row for row in self.rows if not row.problems and row.user is not None]

    @property
    def namesakes(self) -> list[list[Row]]:
        """New rows of one name: each makes an account of its own, though it may be one person with two numbers."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.new:
            groups[name_key(row.name)].append(row)
        return [rows for rows in groups.values() if len(rows) > 1]

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if row.problems]


EXTRA_COLUMNS: list[Column] = []


def register_column(column: Column) -> Column:
    if column.key not in {known.key for known in EXTRA_COLUMNS}:
        EXTRA_COLUMNS.append(column)
    return column


def clean_phone(text: str, by: User, country: str = "") -> str:
    """``country``: whose number it is when it does not say so; the site's when empty."""
    if not text:
        return ""
    if phones.is_shortened(text):
        raise ValidationError(phones.SHORTENED)
    number = phones.to_e164(text, country)
    if not number:
        example = phones.example(country)
        raise ValidationError(_("This is not a phone number. Write it with its country code: %s") % example)
    return number


def clean_country(text: str, by: User) -> str:
    code = phones.country_from(text)
    if text and not code:
        raise ValidationError(_("Unknown country. Write its name or its two letters: CI, BJ, SN."))
    return code


def clean_language(text: str, by: User) -> str:
    known = {comparable(word): code for word, code in names_of_languages().items()}
    code = known.get(comparable(text), comparable(text)[:2])
    codes = [code for code, _name in settings.LANGUAGES]
    if not text:
        return by.language if by.language in codes else settings.LANGUAGE_CODE
    if code not in codes:
        raise ValidationError(_("Unknown language. Write one of: %s.") % ", ".join(codes))
    return code


def clean_full_name(text: str, by: User) -> str:
    if not text:
        raise ValidationError(_("The name is missing. Write the first name and the family name."))
    return person_names.clean_name(text)


NAME = Column(
    "full_name", gettext_lazy("Name"), ("nom complet", "nom et prénoms", "full name", "first and last name", "name",
    "nom", "surname and name", "identité", "apprenant", "élève", "étudiant", "participant", "bénéficiaire", "candidat",
    "learner", "student", "trainee"), clean_full_name,
)  # fmt: skip
PHONE = Column(
    "phone", gettext_lazy("Phone number"), ("téléphone", "tél", "numéro", "contact", "phone", "mobile", "portable",
    "cellulaire", "cell", "gsm", "whatsapp", "téléphone mobile", "téléphone portable", "mobile phone", "cell phone",
    "contact téléphone", "contact téléphonique", "contact whatsapp", "téléphone whatsapp"), clean_phone,
)  # fmt: skip
COUNTRY = Column("country", gettext_lazy("Country"), ("pays", "country", "indicatif", "country code"), clean_country)
LANGUAGE = Column("language", gettext_lazy("Language"), ("langue", "language", "lang", "langue parlée"), clean_language)
FIRST, FAMILY = (
    ("prénom", "autres prénoms", "first name", "given name", "forename", "other names", "first and middle names"),
    ("nom", "nom de famille", "family name", "last name", "surname", "nom de naissance", "nom patronymique"),
)


def columns() -> list[Column]:
    return [NAME, COUNTRY, PHONE, LANGUAGE, *EXTRA_COLUMNS]


def column_choices() -> list[tuple[str, str]]:
    """What the importer may say of a column that was not recognised."""
    halves = [("first", _("First name")), ("family", _("Family name"))]
    return [("", _("leave out")), *halves, *((column.key, str(column.label)) for column in columns())]


def find_header(table: Sequence[Sequence[str]], chosen: Mapping[int, str] | None = None) -> tuple[int, Layout]:
    """The place of the row of titles, and what they say; a table with no titles has names in the first column and
    numbers in the second.

    ``chosen`` says of columns what the importer says they hold: a column's key, "first", "family" or "". Raises
    ValidationError when no column holds the names.
    """
    titles = {column.key: column.titles for column in columns()}

    def read(header: Sequence[str]) -> Layout:
        return import_headings.find_layout(header, titles, FIRST, FAMILY, dict(chosen or {}))

    try:
        return import_headings.find_header(table, read)
    except import_headings.NoNameError as error:
        header = next(row for row in table if any(row))
        text = _("No column holds the names. Call it “Full name”, or “First name” and “Family name”.")
        here = _("The columns are: %s.") % quoted(filter(None, header))
        raise ValidationError(f"{text} {here}") from error


def cell(cells: Sequence[str], place: int | None) -> str:
    """The text at a place; the quote that guards a formula in our own files is taken off again."""
    text = cells[place] if place is not None and place < len(cells) else ""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_CHARACTERS) else text


@dataclass(frozen=True)
class Reading:
    """What the importer said of the table: the country of numbers that do not say theirs, and what columns hold."""

    country: str = ""
    chosen: Mapping[int, str] = field(default_factory=dict)


def read_rows(
    table: list[list[str]], by: User, numbers: Iterable[int] | None = None, reading: Reading | None = None
) -> Plan:
    """Check each row by itself: all of them, or those that ``numbers`` names."""
    reading = reading or Reading()
    place, layout = find_header(table, reading.chosen)
    header = table[place] if layout.has_header else [str(NAME.label), str(PHONE.label)]
    first = place + 2 if layout.has_header else 1
    wanted = range(first, len(table) + 1) if numbers is None else numbers
    rows = [
        read_row(number, table[number - 1], layout, by, reading.country) for number in wanted if any(table[number - 1])
    ]
    above = [" ".join(filter(None, cells)) for cells in table[:place] if any(cells)] if layout.has_header else []
    return Plan(header, rows, layout, above)


def untitled(plan: Plan, chosen: Mapping[int, str]) -> list[Unknown]:
    """Columns without a title in which something stands, and which nobody reads: they are told too."""
    layout = plan.layout
    read = {*layout.places.values(), layout.first, layout.family, *(column.place for column in layout.unknown), *chosen}
    full = {place for row in plan.rows for place, text in enumerate(row.cells) if text}
    return [Unknown(place, title_of(plan, place), "") for place in sorted(full - read)]


def title_of(plan: Plan, place: int) -> str:
    """The title of a column, or its letter in the spreadsheet."""
    title = plan.header[place] if plan.layout.has_header and place < len(plan.header) else ""
    return title or _("Column %s") % get_column_letter(place + 1)


def read_row(number: int, cells: Sequence[str], layout: Layout, by: User, country: str = "") -> Row:
    row = Row(number, list(cells))
    for column in columns():
        text = cell(cells, layout.places.get(column.key))
        if column is NAME and column.key not in layout.places:
            text = " ".join([cell(cells, layout.first), cell(cells, layout.family)]).strip()
        try:
            if column is PHONE:
                row.values["phone"] = clean_phone(text, by, row.values.get("country") or country)
                row.values["phone_typed"] = phones.typed_otherwise(text, row.values["phone"])
            else:
                row.values[column.key] = column.clean(text, by)
        except ValidationError as error:
            row.problems.append(Problem(str(column.label), " ".join(error.messages)))
    return row


ROWS_OF_RELEASE = 4  # ``services.release_numbers``: the account, the audit trail, the notices


def rows_written(row: Row) -> int:
    """How many rows of the database a row of the table costs at most: the account, the audit trail, what became of
    it, and what the columns of apps above write.
    """
    extras = [column.writes(row.values.get(column.key)) for column in EXTRA_COLUMNS if row.values.get(column.key)]
    return 3 + (ROWS_OF_RELEASE if row.takes_number else 0) + sum(extras)


def make_plan(table: list[list[str]], by: User, reading: Reading | None = None) -> Plan:
    """Check each row, then against the others and against the people who are here. Raises ValidationError when the
    table has no names at all.
    """
    plan = read_rows(table, by, reading=reading)
    plan.chosen = reading.chosen if reading else {}
    plan.unread = [*plan.layout.unknown, *untitled(plan, plan.chosen)]
    mark_repeats(plan)
    match_numbers(plan, by)
    match_names(plan, by)
    mark_possible_duplicates(plan, by)
    return plan


def look_again(
    table: list[list[str]],
    by: User,
    numbers: Iterable[int],
    strangers: "QuerySet[User]",
    reading: Reading | None = None,
) -> Plan:
    """Some rows of a table that was checked whole, as they stand now. Of two rows of one name and one number, the one
    without it is somebody else, however late it comes: ``strangers`` are no matches of a name.
    """
    plan = read_rows(table, by, numbers, reading)
    match_numbers(plan, by)
    match_names(plan, by, strangers)
    mark_possible_duplicates(plan, by, strangers)
    return plan


def mark_repeats(plan: Plan) -> None:
    numbers: dict[str, int] = {}
    names: dict[str, int] = {}
    for row in plan.rows:
        if row.problems:
            continue
        phone, name = row.values.get("phone"), name_key(row.name)
        if phone and phone in numbers:
            text = _("Same number as in row %(row)d. Each learner needs their own number, or none.")
            row.problems.append(Problem(str(PHONE.label), text % {"row": numbers[phone]}))
        elif not phone and name in names:
            text = _("Same name as in row %(row)d. If they are two people, add a number or a second first name.")
            row.problems.append(Problem(str(NAME.label), text % {"row": names[name]}))
        if phone:
            numbers.setdefault(phone, row.number)
        else:
            names.setdefault(name, row.number)


def match_numbers(plan: Plan, by: User) -> None:
    """A number that is here is the same person, if it is one of mine; if not, say so without naming anybody. A number
    that somebody typed for an own account, and never proved, is still free for its owner.
    """
    rows = {row.values["phone"]: row for row in plan.rows if not row.problems and row.values.get("phone")}
    for part in parts(list(rows)):
        holders = list(User.objects.filter(phone__in=part))
        mine = visible_to(by).in_bulk([holder.in_use.pk for holder in holders])
        for holder in holders:
            row = rows[holder.phone or ""]
            if holder.is_self_made:
                row.takes_number = True
                continue
            if holder.in_use.pk in mine:
                row.user = mine[holder.in_use.pk]
                continue
            text = _(
                "This number belongs to an account that you cannot see. Leave it empty, or ask the programme manager."
            )
            row.problems.append(Problem(str(PHONE.label), text))


def match_names(plan: Plan, by: User, strangers: "QuerySet[User] | None" = None) -> None:
    """A name without a number that is already mine is the same person: importing a file twice changes nothing."""
    rows = {name_key(row.name): row for row in plan.rows if not row.problems and not row.values.get("phone")}
    mine = visible_to(by) if strangers is None else visible_to(by).exclude(pk__in=strangers.values("pk"))
    mine = mine.exclude(pk__in=User.objects.self_made().values("pk"))
    for part in parts(list(rows)):
        for user in merged_into(mine).filter(name_key__in=part):
            rows[user.name_key].user = user.in_use
        for user in mine.filter(name_key__in=part).order_by("-pk"):  # the oldest account stays
            rows[user.name_key].user = user


def merged_into(people: "QuerySet[User]") -> "QuerySet[User]":
    """Accounts that were merged away: who is named as they were then is the person who is here."""
    return User.objects.filter(merged_into__in=people.values("pk")).select_related("merged_into").order_by("-pk")


def mark_possible_duplicates(plan: Plan, by: User, strangers: "QuerySet[User] | None" = None) -> None:
    """A new number under a name that is here: perhaps they have another number, perhaps it is somebody else."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in plan.new:
        rows[name_key(row.name)].append(row)
    mine = visible_to(by) if strangers is None else visible_to(by).exclude(pk__in=strangers.values("pk"))
    for part in parts(list(rows)):
        for user in mine.filter(name_key__in=part).order_by("pk"):
            for row in rows[user.name_key]:
                row.possible_duplicates.append(user)
        for user in merged_into(mine).filter(name_key__in=part):
            for row in rows[user.name_key]:
                if user.in_use not in row.possible_duplicates:
                    row.possible_duplicates.append(user.in_use)


def parts(items: list[str]) -> Iterator[list[str]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def refused_table(plan: Plan) -> tuple[list[str], list[list[str]]]:
    """The rows that were left out, as they came, with what to do beside them: header and rows of a file to fix."""
    width = max([len(plan.header), *(len(row.cells) for row in plan.bad)])
    header = [*plan.header, *[""] * (width - len(plan.header)), _("Row"), _("To fix")]
    rows = [
        [
            *(cell(row.cells, place) for place in range(width)),
            str(row.number),
            " ".join(f"{problem.column}: {problem.text}" for problem in row.problems),
        ]
        for row in plan.bad
    ]
    return header, rows

"""Creating learners from a table: a run checks it, creates them slice by slice, and says what became of each row.

The table waits in private storage beside the run; only its importer is shown it, and it does not stay.
"""

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts import imports, phones, services, usernames
from lms.accounts.enums import RowOutcome
from lms.accounts.imports import Plan, Problem, Reading, Row
from lms.accounts.models import ImportedRow, ImportRun, User
from lms.lib import runs
from lms.lib.conflicts import retry_on_conflict
from lms.lib.parsing import UnreadableFileError, parse_apart
from lms.lib.problems import quoted
from lms.lib.runs import RefusedError, RunKind, RunState
from lms.lib.tables import write_csv

logger = logging.getLogger(__name__)

MAX_CARDS_PRINTED = 200  # cards on one print: each QR takes some milliseconds
SHOWN = 100  # rows of each kind that the page shows before anything is created


def start_import(*, content: bytes, by: User, country: str = "") -> ImportRun:
    """Keep the file and let the worker look at it. ``country``: of numbers that do not say theirs."""
    run = ImportRun(by=by, answers={"country": country})
    run.keep("upload", content)
    return runs.start(run)


def reading_of(run: ImportRun) -> Reading:
    """What the importer said of the table."""
    columns = {int(place): key for place, key in run.answers.get("columns", {}).items()}
    return Reading(run.answers.get("country", ""), columns)


def plan_of(*, table: list[list[str]], by: User, reading: Reading | None = None) -> Plan:
    """Raises RefusedError when the table as a whole cannot be read."""
    try:
        return imports.make_plan(table, by, reading)
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from error


class LearnerImport(RunKind):
    """Files: the upload; the table in it; the plan, which names rows by their numbers; the refused rows."""

    model = ImportRun
    template = "accounts/admin/import_run.html"
    files = ("upload", "table", "plan", "refused")
    download = ("refused", "to-fix.csv")

    def may(self, user: User) -> bool:
        return user.is_team

    def check(self, run: ImportRun) -> None:
        try:
            table = parse_apart("lms.lib.tables.read_table", run.read("upload"), max_rows=imports.MAX_ROWS)
        except UnreadableFileError as error:
            raise RefusedError(str(error)) from error
        plan = plan_of(table=table, by=run.by, reading=reading_of(run))
        good = [row.number for row in plan.rows if not row.problems]
        run.keep("table", json.dumps(table).encode())
        run.keep("plan", json.dumps(in_short(plan) | {"good": good}).encode())
        with run.advance(state=RunState.READY, total=len(good)):
            pass

    def work(self, run: ImportRun) -> None:
        table, plan = json.loads(run.read("table")), json.loads(run.read("plan"))
        left = plan["good"][run.position :]
        if not left:
            finish(run, RunState.DONE)
            return
        rows = list(
            cut(imports.look_again(table, run.by, left[: runs.ROWS_AT_ONCE // 3], others_of(run), reading_of(run)))
        )
        try:
            with run.advance(position=run.position + len(rows)):
                write_rows(run, rows)
        except runs.PASSING:
            raise
        except Exception:  # one of them: each by itself
            logger.exception("slice of an import failed")
            for number in left[: len(rows)]:
                with run.advance(position=run.position + 1):
                    write_alone(run, table, number)

    def options(self, data: Any) -> dict[str, Any]:
        """The country of the numbers, what columns hold, and the rows that are no duplicates."""
        keys = dict(imports.column_choices())
        columns = {
            name.removeprefix("column-"): value
            for name, value in data.items()
            if re.fullmatch(r"column-[0-9]{1,3}", name) and value and value in keys
        }  # of two columns said to be the same, the first
        columns = {place: key for place, key in columns.items() if place == first_of(columns, key)}
        country = data.get("country", "")
        create = [int(number) for number in data.getlist("create") if re.fullmatch("[0-9]{1,6}", number)]
        return {"answers": {
            "country": country if country in phones.countries() else "", "columns": columns, "create": create,
        }}  # fmt: skip

    def stop(self, run: ImportRun) -> None:
        if run.rows.exists():
            finish(run, RunState.STOPPED)
        else:
            run.end(RunState.STOPPED)
            run.drop(*self.files)

    def context(self, run: ImportRun, page: str) -> dict[str, Any]:
        if run.state == RunState.READY:
            return {
                "plan": json.loads(run.read("plan")), "shown": SHOWN, "country": run.answers.get("country", ""),
                "countries": phones.country_choices(), "column_choices": imports.column_choices(),
            }  # fmt: skip
        counts = {outcome: run.rows.filter(outcome=outcome).count() for outcome in RowOutcome.values}
        printed = range(0, counts[RowOutcome.CREATED] if run.is_ended else 0, MAX_CARDS_PRINTED)
        batches = [(at, at + 1, min(at + MAX_CARDS_PRINTED, counts[RowOutcome.CREATED])) for at in printed]
        return {"counts": counts, "batches": batches}


def first_of(columns: Mapping[str, str], key: str) -> str:
    return min((place for place, each in columns.items() if each == key), key=int)


def in_short(plan: Plan) -> dict[str, Any]:
    """What the page shows of a plan, and what the file of refused rows needs."""
    return {
        "header": plan.header,
        "counts": {
            "new": sum(not row.possible_duplicates for row in plan.new),
            "known": len(plan.known),
            "bad": len(plan.bad),
        },
        "new": [
            {"number": row.number, "name": row.name, "phone": row.values["phone"], "language": row.values["language"]}
            for row in [row for row in plan.new if not row.possible_duplicates][:SHOWN]
        ],
        "alike": [
            {
                "number": row.number,
                "name": row.name,
                "phone": row.values["phone"],
                "others": [
                    {"pk": user.pk, "name": user.full_name, "username": user.username, "phone": user.phone}
                    for user in row.possible_duplicates[:3]
                ],
            }
            for row in plan.new
            if row.possible_duplicates
        ],
        "unknown": [
            {"place": each.place, "title": each.title, "guess": each.guess, "example": example_of(plan, each.place)}
            for each in plan.unread
        ],
        "chosen": [
            {"place": place, "title": imports.title_of(plan, place), "key": key, "example": example_of(plan, place)}
            for place, key in sorted(plan.chosen.items())
        ],
        "has_header": plan.layout.has_header,
        "above": quoted(plan.above),
        "namesakes": [
            {"name": rows[0].name, "rows": ", ".join(str(row.number) for row in rows)}
            for rows in plan.namesakes[:SHOWN]
        ],
        "known": [
            {"number": row.number, "name": row.name, "username": row.user.username, "pk": row.user.pk}
            for row in plan.known[:SHOWN]
            if row.user
        ],
        "bad": {row.number: [[problem.column, problem.text] for problem in row.problems] for row in plan.bad},
        "bad_shown": [
            {"number": row.number, "text": " · ".join(row.cells), "column": problem.column, "problem": problem.text}
            for row in plan.bad[:SHOWN]
            for problem in row.problems
        ],
    }


def example_of(plan: Plan, place: int) -> str:
    """The first thing that stands in a column."""
    return next((row.cells[place] for row in plan.rows if place < len(row.cells) and row.cells[place]), "")


def duplicate_text(row: Row) -> str:
    text = _(
        "%(name)s (%(username)s) already has an account. If this is the same person, add the number to "
        "it; otherwise tick the row."
    )
    return text % {"name": row.possible_duplicates[0].full_name, "username": row.possible_duplicates[0].username}


def cut(plan: Plan) -> Iterator[Row]:
    """The first rows, as many as one transaction may write; at least one."""
    written = 1  # the run's own
    for number, row in enumerate(plan.rows):
        written += imports.rows_written(row)
        if number and written > runs.ROWS_AT_ONCE:
            return
        yield row


def others_of(run: ImportRun) -> Any:
    """Accounts that other rows of this run have made."""
    return User.objects.filter(pk__in=run.rows.filter(outcome=RowOutcome.CREATED).values("user"))


def write_rows(run: ImportRun, rows: Sequence[Row]) -> None:
    """Create the learners of new rows, hand the values of all good ones to the columns of apps above, and note what
    became of each. In the caller's transaction.
    """
    for row in rows:
        if row.possible_duplicates and row.number not in run.answers.get("create", []):
            row.problems.append(Problem(str(imports.NAME.label), duplicate_text(row)))
    new = [row for row in rows if not row.problems and row.user is None]
    notes = {row.number: ImportedRow(run=run, number=row.number, outcome=RowOutcome.KNOWN) for row in rows}
    for row, user in zip(new, create_learners(rows=new, by=run.by), strict=True):
        row.user = user
        notes[row.number].outcome = RowOutcome.CREATED
    for row in rows:
        note = notes[row.number]
        note.user = row.user
        if row.problems:  # somebody took the number since the table was checked
            note.outcome = RowOutcome.REFUSED
            note.problem = " ".join(f"{problem.column}: {problem.text}" for problem in row.problems)
    apply_extras(rows, run.by)
    ImportedRow.objects.bulk_create(notes.values())


def write_alone(run: ImportRun, table: list[list[str]], number: int) -> None:
    """One row; when the database refuses it, that is noted, and the others go on."""
    try:
        retry_on_conflict(
            lambda: write_rows(run, imports.look_again(table, run.by, [number], others_of(run), reading_of(run)).rows)
        )
    except runs.PASSING:
        raise
    except Exception:
        logger.exception("row %d of an import failed", number)
        problem = _("This row could not be stored. Look at its cells, or create the account by hand.")
        ImportedRow.objects.create(run=run, number=number, outcome=RowOutcome.REFUSED, problem=problem)


def finish(run: ImportRun, state: RunState) -> None:
    """Give back the rows that were refused, and those that a stopped run did not reach, as a file to fix."""
    table, plan = json.loads(run.read("table")), json.loads(run.read("plan"))
    problems = {int(number): [Problem(*problem) for problem in found] for number, found in plan["bad"].items()}
    for row in run.rows.filter(outcome=RowOutcome.REFUSED):
        problems[row.number] = [Problem(_("Row"), row.problem)]
    for number in plan["good"][run.position :]:
        problems[number] = [Problem(_("Row"), _("Not done: the import was stopped before this row."))]
    bad = [Row(number, table[number - 1], problems=found) for number, found in sorted(problems.items())]
    if bad:
        run.keep("refused", write_csv(*imports.refused_table(Plan(plan["header"], bad))))
    with run.advance(state=state, ended_at=timezone.now(), left_out=len(bad)):
        pass
    run.drop("upload", "table", "plan")


def create_learners(*, rows: Sequence[Row], by: User) -> list[User]:
    """Accounts that only a sign-in card opens: they have no PIN yet. In the caller's transaction."""
    services.release_numbers(numbers=[row.values["phone"] for row in rows if row.values.get("phone")], by=by)
    names = usernames.free_names([row.name for row in rows])
    users = [
        User(
            username=name, full_name=row.name, phone=row.values.get("phone") or None, created_by=by,
            language=row.values["language"], phone_typed=row.values.get("phone_typed", ""),
            country=phones.country_of(row.values.get("phone") or "") or row.values.get("country", ""),
        )
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users, batch_size=imports.CHUNK)
    services.record_many(actor=by, verb="create-learner", targets=users)
    return users


def apply_extras(rows: Sequence[Row], by: User) -> None:
    """Hand the values of the columns of apps above to them, one call for each value."""
    for column in imports.EXTRA_COLUMNS:
        if column.apply is None:
            continue
        groups: dict[object, list[int]] = defaultdict(list)
        for row in rows:
            value = row.values.get(column.key)
            if row.user and not row.problems and value:
                groups[value].append(row.user.pk)
        for value, ids in groups.items():
            column.apply(ids, value, by)


def created_by_run(run: ImportRun) -> list[int]:
    """The accounts that an import made, in the order of the table."""
    rows = run.rows.filter(outcome=RowOutcome.CREATED, user__isnull=False).order_by("number")
    return list(rows.values_list("user_id", flat=True))


runs.register(LearnerImport())

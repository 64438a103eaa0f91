"""Question files of trainers as bulk work: read apart, shown, then added to a bank a few questions at a time."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import TypeAdapter

from assessments.formats.neutral import Pictures
from assessments.illustrations import InText, is_archive, open_archive
from assessments.importing import MOST, Entry, add_to_bank, read_gift, refused_file
from assessments.models import QuestionImportRun
from lms.accounts.models import User
from lms.lib import runs
from lms.lib.parsing import UnreadableFileError, parse_apart
from lms.lib.runs import Kind, RefusedError, RunState

ADDED_AT_ONCE = 5  # questions: each has its revision, log entries, references and words for the search
ENTRIES = TypeAdapter(list[Entry])


def start_question_import(*, content: bytes, by: User, **filing: Any) -> QuestionImportRun:
    """Keep the file and let the worker read it. ``filing``: bank, skill, difficulty, locale, live."""
    run = QuestionImportRun(by=by, **filing)
    run.keep("upload", content)
    return runs.start(run)


def read_entries(content: bytes) -> Any:
    """For the parsing process. Raises UnreadableFileError when there are none, or too many for one bank."""
    entries = read_gift(content)
    if not 0 < len(entries) <= MOST:
        text = ngettext(
            "There is %(count)s question in it. Give from 1 to %(most)s.",
            "There are %(count)s questions in it. Give from 1 to %(most)s.",
            len(entries),
        )
        raise UnreadableFileError(text % {"count": len(entries), "most": MOST})
    return ENTRIES.dump_python(entries, mode="json")


class QuestionImport(Kind):
    model = QuestionImportRun
    template = "assessments/admin/import_run.html"
    files = ("upload", "entries", "refused")
    download = ("refused", "questions-to-fix.gift")

    def may(self, user: User) -> bool:
        return user.is_team and user.has_perm("assessments.add_question")

    def check(self, run: QuestionImportRun) -> None:
        try:
            found = parse_apart("assessments.question_imports.read_entries", run.read("upload"))
        except UnreadableFileError as error:
            raise RefusedError(str(error)) from error
        entries = ENTRIES.validate_python(found)
        run.keep("entries", ENTRIES.dump_json(entries))
        with run.advance(state=RunState.READY, total=sum(entry.usable for entry in entries)):
            pass

    def work(self, run: QuestionImportRun) -> None:
        if run.live and not run.by.has_perm("assessments.publish_question"):
            raise RefusedError(_("This account no longer has the right to do this work."))
        good = [entry for entry in entries_of(run) if entry.usable]
        some = good[run.position : run.position + ADDED_AT_ONCE]
        if not some:
            finish(run, RunState.DONE)
            return
        with run.advance(position=run.position + len(some)):
            done = add_to_bank(
                entries=some, bank=run.bank, skill=run.skill, difficulty=run.difficulty, locale=run.locale,
                live=run.live, by=run.by, pictures=pictures_of(run),
            )  # fmt: skip
            QuestionImportRun.objects.filter(pk=run.pk).update(
                added=run.added + done.new, known=run.known + done.known, renewed=run.renewed + done.renewed
            )

    def stop(self, run: QuestionImportRun) -> None:
        if run.position:
            finish(run, RunState.STOPPED)
        else:
            run.end(RunState.STOPPED)
            run.drop(*self.files)

    def context(self, run: QuestionImportRun, page: str) -> dict[str, Any]:
        if run.state != RunState.READY:
            return {}
        entries = entries_of(run)
        good = sum(entry.usable for entry in entries)
        return {"entries": entries, "good": good, "bad": len(entries) - good}


def entries_of(run: QuestionImportRun) -> list[Entry]:
    return ENTRIES.validate_json(run.read("entries"))


def pictures_of(run: QuestionImportRun) -> Pictures:
    """Where the pictures of its questions are: in the archive, or in the text."""
    content = run.read("upload")
    return open_archive(content)[1] if is_archive(content) else InText()


def finish(run: QuestionImportRun, state: RunState) -> None:
    """Give back the refused questions, and those that a stopped run did not reach."""
    entries = entries_of(run)
    good, refused = [e for e in entries if e.usable], [e for e in entries if not e.usable]
    left = [entry.source for entry in good[run.position :]]
    text = "\n\n".join(filter(None, [refused_file(refused), *left]))
    if text:
        run.keep("refused", text.encode())
    with run.advance(state=state, ended_at=timezone.now(), left_out=len(refused) + len(left)):
        pass
    run.drop("upload", "entries")


runs.register(QuestionImport())

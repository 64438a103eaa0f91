"""Question files of trainers as bulk work: read apart, shown, then added to a bank a few questions at a time."""

import base64
import io
import json
import logging
import zipfile
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import TypeAdapter

from assessments.formats.neutral import Pictures
from assessments.illustrations import InArchive, InText, is_archive, open_archive, pack
from assessments.import_entries import Entry, read_questions, refused_file, renewed
from assessments.importing import MAX_QUESTIONS, add_to_bank, refuse_moved, tell_codes_in_use, tell_unknown_skills
from assessments.models import QuestionBank, QuestionImportRun
from cms.rows import Action, rows_for
from lms.accounts.models import User
from lms.lib import runs
from lms.lib.parsing import UnreadableFileError, parse_apart
from lms.lib.problems import at_line, lost
from lms.lib.runs import RefusedError, RunKind, RunState

logger = logging.getLogger(__name__)

ADDED_AT_ONCE = 3  # questions: each has its revision, log entries, references and words for the search
ENTRIES = TypeAdapter(list[Entry])


@dataclass(frozen=True)
class Loss:
    """Something of a question that is not in what is stored of it."""

    line: int
    question: str
    what: str
    remedy: str


LOSSES = TypeAdapter(list[Loss])


def start_question_import(*, content: bytes, by: User, **filing: Any) -> QuestionImportRun:
    """Keep the file and let the worker read it. ``filing``: bank, skill, difficulty, locale, live."""
    run = QuestionImportRun(by=by, **filing)
    run.keep("upload", content)
    return runs.start(run)


def read_entries(content: bytes) -> Any:
    """For the parsing process. Raises UnreadableFileError when there are none, or too many for one bank."""
    entries, pictures = read_questions(content)
    if not 0 < len(entries) <= MAX_QUESTIONS:
        text = ngettext(
            "The file has %(count)s question. Send between 1 and %(most)s.",
            "The file has %(count)s questions. Send between 1 and %(most)s.",
            len(entries),
        )
        raise UnreadableFileError(text % {"count": len(entries), "most": MAX_QUESTIONS})
    packed = base64.b64encode(pack(pictures)).decode() if pictures else ""
    return {"entries": ENTRIES.dump_python(entries, mode="json"), "pictures": packed}


class QuestionImport(RunKind):
    model = QuestionImportRun
    template = "assessments/admin/import_run.html"
    files = ("upload", "entries", "pictures", "refused", "lost")
    download = ("refused", "questions-to-fix.gift")

    def may(self, user: User) -> bool:
        return user.is_team and user.has_perm("assessments.add_question")

    def may_still(self, run: QuestionImportRun) -> bool:
        action: Action = "publish" if run.live else "change"
        return rows_for(run.by, action, QuestionBank).filter(pk=run.bank_id).exists()

    def check(self, run: QuestionImportRun) -> None:
        try:
            found = parse_apart("assessments.question_imports.read_entries", run.read("upload"))
        except UnreadableFileError as error:
            raise RefusedError(str(error)) from error
        entries = refuse_moved(ENTRIES.validate_python(found["entries"]), bank=run.bank, locale=run.locale)
        if found["pictures"]:
            run.keep("pictures", base64.b64decode(found["pictures"]))
        entries = tell_codes_in_use(tell_unknown_skills(entries), bank=run.bank, locale=run.locale)
        run.keep("entries", ENTRIES.dump_json(entries))
        run.keep("lost", LOSSES.dump_json(losses_of(entries)))
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
        try:
            with run.advance(position=run.position + len(some)):
                add(run, some)
        except runs.PASSING:
            raise
        except Exception:  # one of them: each by itself
            logger.exception("slice of an import of questions failed")
            for entry in some:
                with run.advance(position=run.position + 1):
                    add_alone(run, entry)

    def stop(self, run: QuestionImportRun) -> None:
        if run.position:
            finish(run, RunState.STOPPED)
        else:
            run.end(RunState.STOPPED)
            run.drop(*self.files)

    def context(self, run: QuestionImportRun, page: str) -> dict[str, Any]:
        told = {"losses": LOSSES.validate_json(run.read("lost")) if run.has("lost") else []}
        if run.state != RunState.READY:
            return told
        entries = entries_of(run)
        good = sum(entry.usable for entry in entries)
        return {**told, "entries": entries, "good": good, "bad": len(entries) - good}


def losses_of(entries: list[Entry]) -> list[Loss]:
    return [
        Loss(problem.line or entry.line, entry.title, problem.what, problem.remedy)
        for entry in entries
        if entry.usable
        for problem in lost(entry.problems)
    ]


def add(run: QuestionImportRun, entries: list[Entry]) -> None:
    done = add_to_bank(
        entries=entries, bank=run.bank, skill=run.skill, difficulty=run.difficulty, locale=run.locale,
        live=run.live, by=run.by, pictures=pictures_of(run),
    )  # fmt: skip
    QuestionImportRun.objects.filter(pk=run.pk).update(
        added=F("added") + done.new, known=F("known") + done.known, renewed=F("renewed") + done.renewed
    )


def add_alone(run: QuestionImportRun, entry: Entry) -> None:
    """One question; when it cannot be stored, that is noted, and the others go on."""
    try:
        with transaction.atomic():
            add(run, [entry])
    except runs.PASSING:
        raise
    except Exception:
        logger.exception("question at line %d of an import failed", entry.line)
        run.failed = [*run.failed, run.position]
        QuestionImportRun.objects.filter(pk=run.pk).update(failed=run.failed)


def not_stored(entry: Entry) -> Entry:
    what, remedy = _("This question could not be stored."), _("Look at it again, or write it in the bank by hand.")
    return replace(entry, problems=(*entry.problems, at_line(entry.line, what, remedy)))


def entries_of(run: QuestionImportRun) -> list[Entry]:
    return ENTRIES.validate_python([renewed(entry) for entry in json.loads(run.read("entries"))])


def pictures_of(run: QuestionImportRun) -> Pictures:
    """Where the pictures of its questions are: in the archive, or in the text."""
    if run.has("pictures"):
        return InArchive(zipfile.ZipFile(io.BytesIO(run.read("pictures"))), "")
    content = run.read("upload")
    return open_archive(content)[1] if is_archive(content) else InText()


def finish(run: QuestionImportRun, state: RunState) -> None:
    """Give back the refused questions, and those that a stopped run did not reach."""
    entries = entries_of(run)
    good, refused = [e for e in entries if e.usable], [e for e in entries if not e.usable]
    refused += [not_stored(good[number]) for number in run.failed]
    left = [entry.source for entry in good[run.position :]]
    text = "\n\n".join(filter(None, [refused_file(refused), *left]))
    if text:
        pictures = pictures_of(run).named_in(text)
        name = QuestionImport.download[1]
        run.keep("refused", pack({name: text.encode(), **pictures}) if pictures else text.encode())
    with run.advance(state=state, ended_at=timezone.now(), left_out=len(refused) + len(left)):
        pass
    run.drop("upload", "entries", "pictures")


runs.register(QuestionImport())

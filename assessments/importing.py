"""Questions of a file (``import_entries``) go into a bank: new ones are added, known ones updated."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Locale
from wagtail.rich_text import expand_db_html

from assessments.answers import read_answers, write_answers
from assessments.formats import gift
from assessments.formats.interactions import DocumentFields, LabelledItems
from assessments.formats.neutral import CannotHoldError, ImportedQuestion, Pictures
from assessments.formats.rich import Rich
from assessments.formats.specs import Illustration, from_spec, read_rich
from assessments.illustrations import InText, keep_picture
from assessments.import_entries import Entry, identity_of
from assessments.import_tags import Filing, filing_of
from assessments.models import Question, QuestionBank
from assessments.question_types import Spec, get_question_type
from cms import foreign
from courses.loading.specs import NAMESPACE
from courses.models import Skill
from lms.accounts.models import User
from lms.lib.problems import ProblemKind, at_line

LONGEST_TITLE = 250
MAX_QUESTIONS = 500  # questions in one go
IS_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Added(NamedTuple):
    """How many questions were new, were there with the same content, and were there and got a new version."""

    new: int
    known: int
    renewed: int


@transaction.atomic
def add_to_bank(
    *,
    entries: Iterable[Entry],
    bank: QuestionBank,
    skill: Skill,
    difficulty: int,
    locale: Locale,
    live: bool,
    by: User | None = None,
    pictures: Pictures | None = None,
) -> Added:
    """Put the usable entries into the bank, each with the skill, level, points and order that its tags name.

    A question is known again by its identifier, or else by what it asks and offers; never by its title or its place.
    Known with another content, points, skill, level, order, name or picture, it gets a new version.
    """
    counts = Counter[str]()
    for entry in entries:
        if not entry.usable or entry.question is None or entry.converted is None:
            continue
        imported, spec = entry.question, dict(entry.converted.spec)
        told = filing_of(imported)
        spec |= told.of_answers(spec)
        fields: dict[str, Any] = {"prompt": rich_html(imported.prompt), "feedback": rich_html(imported.feedback)}
        fields |= {"title": title_of(imported, told)} if imported.title else {}
        known = known_question(bank, locale, imported)
        fields |= picture_fields(entry.converted.picture, pictures or InText(), bank, known)
        if isinstance(imported.interaction, DocumentFields):
            fields |= words_of_document(fields, locale)
        if isinstance(imported.interaction, LabelledItems):
            spec, fields = with_guideline(spec, fields, known, locale)
        if known is not None:
            counts[update_question(known, entry.converted.type, spec, fields | told.fields(), live=live, by=by)] += 1
            continue
        question = Question.objects.create(
            bank=bank,
            code=free_code(bank, locale, told.code or imported.id),
            translation_key=key_of(bank, imported),
            locale=locale,
            skill=told.known_skill() or skill,
            difficulty=told.level or difficulty,
            points=told.points or 1,
            live=False,
            answers=write_answers(entry.converted.type, spec),
            **fields,
        )
        revision = question.save_revision(user=by, log_action=True)
        if live:
            revision.publish(user=by)
        counts["new"] += 1
    return Added(counts["new"], counts["known"], counts["renewed"])


def words_of_document(fields: dict[str, Any], locale: Locale) -> dict[str, Any]:
    """What a batch of documents need not say of each, in the language of its readers."""
    with override(locale.language_code):
        asked = _("Enter this document.")
        return {
            "prompt": fields["prompt"] or f"<p>{asked}</p>",
            "image_alt": fields.get("image_alt") or _("A document to enter"),
        }


def with_guideline(
    spec: dict[str, Any], fields: dict[str, Any], known: Question | None, locale: Locale
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a table of items leaves to the author stays: the guideline, and what the task earns."""
    newest: Any = known.get_latest_revision_as_object() if known is not None else None
    if newest is not None:
        kind, old = read_answers(newest.answers.get_prep_value())
        spec = {**old, **spec} if kind == "classify" else spec
        fields = {**fields, "feedback": fields["feedback"] or newest.feedback}
    with override(locale.language_code):
        asked = _("Read the guideline, then give each item its label.")
    prompt = fields["prompt"] or (newest.prompt if newest is not None else f"<p>{asked}</p>")
    return spec, {**fields, "prompt": prompt}


def title_of(question: ImportedQuestion, told: "Filing") -> str:
    """The name of the question in the bank; a file of ours has its code there when it has none."""
    return "" if question.title in (told.code, question.id) else question.title[:LONGEST_TITLE]


def picture_fields(
    picture: Illustration | None, pictures: Pictures, bank: QuestionBank, known: Question | None
) -> dict[str, Any]:
    """What a question stores of its picture; nothing where the file has none, so that one added here stays."""
    if picture is None:
        return {}
    has = known.get_latest_revision_as_object().image if known is not None else None
    image = keep_picture(pictures, picture.src, bank.code, has=has)
    return {"image": image, "image_alt": picture.alt} if image is not None else {}


def update_question(
    question: Question, kind: str, spec: Spec, fields: dict[str, Any], *, live: bool, by: User | None
) -> str:
    """A new version when the file says something else than the newest one; returns "renewed" or "known".

    Another name alone is no other version.

    What no file can say (a unit, a picture) stays, and so do the names of the options where their number is the same.
    """
    newest = question.get_latest_revision_as_object()
    old_kind, old = read_answers(newest.answers.get_prep_value())
    if get_question_type(old_kind).in_files:
        before = in_a_file(old_kind, old, newest.prompt, newest.feedback)
        same = all(spec.get(name, old.get(name)) == old.get(name) for name in ("shuffle", "unit", "decimals", "exact"))
        filed = fields.keys() - {"prompt", "feedback", "title"}
        same = same and all(getattr(newest, name) == fields[name] for name in filed)
        if same and before == in_a_file(kind, spec, fields["prompt"], fields["feedback"]):
            return "known"
    kept = {**old, **spec} if kind == old_kind else dict(spec)
    for name in ("options", "pairs"):
        rows, former = kept.get(name), old.get(name)
        if kind == old_kind and rows and former and len(rows) == len(former):
            kept[name] = [{**row, "id": was["id"]} for row, was in zip(rows, former, strict=True) if "id" in was]
    for name, value in {**fields, "answers": write_answers(kind, kept)}.items():
        setattr(newest, name, value)
    revision = newest.save_revision(user=by, log_action=True)
    if live:
        revision.publish(user=by)
    return "renewed"


def in_a_file(kind: str, spec: Spec, prompt: str, feedback: str) -> Any:
    """A question as a file would tell it: two that are equal there are one version."""
    texts = (Rich(foreign.as_rich_text(foreign.read(expand_db_html(text))), "html") for text in (prompt, feedback))
    try:
        written = from_spec(kind, spec, prompt=next(texts), feedback=next(texts)).payload
        return gift.loads(gift.dumps([written])).questions[0]
    except CannotHoldError:  # the only one of its kind: nothing in a file is the same
        return kind, spec, prompt, feedback


def key_of(bank: QuestionBank, question: ImportedQuestion) -> UUID:
    return uuid5(NAMESPACE, f"{bank.code}/import/{identity_of(question)}")


def known_question(bank: QuestionBank, locale: Locale, question: ImportedQuestion) -> Question | None:
    """By its key; an identifier also names a question by its code, and our own files name it by its key."""
    same = Q(translation_key=key_of(bank, question))
    if question.id:
        same |= Q(code=question.id)
        if IS_KEY.fullmatch(question.id):
            same |= Q(translation_key=UUID(question.id))
    return Question.objects.filter(same, bank=bank, locale=locale).order_by("pk").first()


def free_code(bank: QuestionBank, locale: Locale, identifier: str) -> str:
    """The identifier as a code, unless another question has it or it is a key."""
    is_code = re.fullmatch(r"[-\w]{1,60}", identifier, re.ASCII)
    code = "" if IS_KEY.fullmatch(identifier) else identifier if is_code else slugify(identifier)[:60]
    return "" if Question.objects.filter(bank=bank, locale=locale, code=code).exists() else code


def refuse_moved(entries: list[Entry], *, bank: QuestionBank, locale: Locale) -> list[Entry]:
    """A question that came into this bank by its file and stands in another now would be there twice."""
    usable = [entry.question for entry in entries if entry.usable and entry.question is not None]
    keys = [key_of(bank, question) for question in usable]
    elsewhere = Question.objects.filter(translation_key__in=keys, locale=locale).exclude(bank=bank)
    moved = set(elsewhere.values_list("translation_key", flat=True))
    checked = []
    for entry in entries:
        if moved and entry.usable and entry.question is not None and key_of(bank, entry.question) in moved:
            what = _("This question was moved from this bank to another one.")
            remedy = _("Import it into that bank, or give it its own identifier: // [id:...] on the line above.")
            entry = replace(entry, problems=(*entry.problems, at_line(entry.line, what, remedy)))
        checked.append(entry)
    return checked


# -- skill, level, points and order of a question, which GIFT has no place for but in tags


def tell_unknown_skills(entries: list[Entry]) -> list[Entry]:
    """A skill that this site does not have is not kept: the question gets the one that was chosen in the form."""
    named = {filing_of(entry.question).skill for entry in entries if entry.question is not None} - {""}
    known = set(Skill.objects.filter(code__in=named).values_list("code", flat=True))
    told = []
    for entry in entries:
        skill = filing_of(entry.question).skill if entry.question is not None else ""
        if skill and skill not in known:
            what = _("There is no skill “%(code)s” on this site: the question gets the skill chosen for the import.")
            remedy = _("Correct the code, or add the skill first.")
            problem = at_line(entry.line, what % {"code": skill}, remedy, ProblemKind.LOST)
            entry = replace(entry, problems=(*entry.problems, problem))
        told.append(entry)
    return told


def tell_codes_in_use(entries: list[Entry], *, bank: QuestionBank, locale: Locale) -> list[Entry]:
    """A code that another question has, in the bank or further up in the file, is not kept."""
    asked = {filing_of(entry.question).code for entry in entries if entry.question is not None} - {""}
    holders = dict(Question.objects.filter(bank=bank, locale=locale, code__in=asked).values_list("code", "pk"))
    told, seen = [], set[str]()
    for entry in entries:
        code = filing_of(entry.question).code if entry.question is not None and entry.usable else ""
        if code:
            same = known_question(bank, locale, entry.question) if code in holders and entry.question else None
            if code in seen or (code in holders and (same is None or same.pk != holders[code])):
                what = _("Another question has the code “%(code)s”: this one gets none.") % {"code": code}
                remedy = _("Write another code: [tag:code:...].")
                problem = at_line(entry.line, what, remedy, ProblemKind.LOST)
                entry = replace(entry, problems=(*entry.problems, problem))
            seen.add(code)
        told.append(entry)
    return told


def rich_html(rich: Rich) -> str:
    """A stranger's text as the HTML we keep: few tags, nothing that runs. `specs.lost_in` names what is not in it."""
    return foreign.as_rich_text(read_rich(rich))

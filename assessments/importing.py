"""Question files of trainers: shown first, then the good ones go into a bank and the others come back to be fixed."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Locale
from wagtail.rich_text import expand_db_html

from assessments.answers import read_answers, write_answers
from assessments.formats import aiken, gift, moodle_xml
from assessments.formats.gift_blocks import ESCAPED, Block, blocks
from assessments.formats.neutral import FILED, ImportedQuestion, Pictures, ReadQuestion, Rich
from assessments.formats.plain import plain
from assessments.formats.specs import Converted, Illustration, from_spec, read_rich, to_spec
from assessments.illustrations import InMemory, InText, is_archive, keep_picture, open_archive
from assessments.models import Question, QuestionBank
from assessments.question_types import Spec, get_question_type
from cms import foreign
from courses.loading.specs import NAMESPACE
from courses.models import Skill
from lms.accounts.models import User
from lms.lib.decoding import decode
from lms.lib.known_files import recognise
from lms.lib.problems import Problem, ProblemKind, at_line

_HIDDEN = {0xF0000 + ord(character): f"\\{character}" for character in ESCAPED}
LONGEST_TITLE = 250
NOTED = ("id", "tag", *FILED)
MAX_QUESTIONS = 500  # questions in one go
MOST_QUOTED = 500  # characters of a question that is none
IS_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Entry:
    """One question of the file. ``source`` is its text, to be fixed when it is refused."""

    line: int
    title: str
    source: str
    problems: tuple[Problem, ...]
    question: ImportedQuestion | None = None
    converted: Converted | None = None

    @property
    def label(self) -> str:
        """The kind of question, in words."""
        return str(get_question_type(self.converted.type).label) if self.converted and self.usable else ""

    @property
    def usable(self) -> bool:
        return self.question is not None and not any(problem.refused for problem in self.problems)


def read_gift(source: str | bytes, pictures: Pictures | None = None) -> list[Entry]:
    """Every block of the file with what is wrong with it, in the order of the file.

    Raises UnreadableFileError for bytes that are another kind of file, or in an unknown encoding.
    """
    if isinstance(source, bytes) and is_archive(source):
        source, pictures = open_archive(source)
    pictures = pictures or InText()
    text = gift.read_text(source) if isinstance(source, bytes) else source
    result = gift.loads(text)
    questions = {question.line: question for question in result.questions}
    faults: dict[int, list[Problem]] = {}
    for problem in result.problems:
        faults.setdefault(problem.line, []).append(problem)
    entries = []
    category = ""
    for block in blocks(text.removeprefix("\ufeff")):
        if not block.lines:
            category = block.category
            continue
        entry = entry_of(block, questions.get(block.line), faults.get(block.line, []), pictures)
        entries.append(replace(entry, problems=(*entry.problems, *category_problems(category, block.line))))
        category = ""
    return refuse_duplicates(entries)


def read_questions(content: bytes) -> tuple[list[Entry], dict[str, bytes]]:
    """The questions of a file in any format that is read (GIFT, alone or with its pictures, Aiken, Moodle XML), and the
    pictures that stood in it, by the names that the questions have for them.

    Raises UnreadableFileError for another kind of file, or one that cannot be read.
    """
    kind = recognise(content)
    if kind is not None and kind.key == "moodle-xml":
        found, files = moodle_xml.loads(content)
        return entries_from(found, InMemory(files)), files
    if kind is not None and kind.key == "aiken":
        return entries_from(aiken.loads(decode(content)), InText()), {}
    return read_gift(content), {}


def entries_from(found: Iterable[ReadQuestion], pictures: Pictures) -> list[Entry]:
    """What was read of another format than GIFT; the file of refused questions is GIFT."""
    entries = []
    for read in found:
        source = gift.dumps([read.question]).strip() if read.question else f"// {read.title[:MOST_QUOTED]}"
        entry = entry_from(read.line, source, read.question, read.problems, pictures, read.title)
        problems = category_problems(read.category, read.line)
        entries.append(replace(entry, problems=(*entry.problems, *problems)))
    return refuse_duplicates(entries)


def category_problems(category: str, line: int) -> list[Problem]:
    """Said once, at the first question of a category."""
    if not category:
        return []
    what = _("The category “%(name)s” is not kept: the questions go into one bank.") % {"name": category[:120]}
    return [at_line(line, what, _("For several banks, import several files."), ProblemKind.CHANGED)]


def entry_of(
    block: Block, question: ImportedQuestion | None, problems: Iterable[Problem], pictures: Pictures | None = None
) -> Entry:
    """With the comments that hold its identifier and tags: the question keeps them on its way through a file."""
    notes = [comment for comment in block.comments if any(f"[{kind}:" in comment for kind in NOTED)]
    source = "\n".join([*notes, block.text]).translate(_HIDDEN)
    title = block.text.translate(_HIDDEN).strip().splitlines()[0]
    return entry_from(block.line, source, question, problems, pictures or InText(), title)


def entry_from(
    line: int,
    source: str,
    question: ImportedQuestion | None,
    problems: Iterable[Problem],
    pictures: Pictures,
    title: str,
) -> Entry:
    """``title`` names what is no question."""
    found = list(problems)
    is_sound = question is not None and not any(problem.refused for problem in found)
    converted = to_spec(question, pictures) if question is not None and is_sound else None
    if converted is not None:
        found = list(dict.fromkeys([*found, *converted.problems]))
    if question is not None:
        found += lost_tags(question, converted.spec if converted else None)
    words = plain(question.prompt) if question is not None else ""
    return Entry(line, (words or title)[:120], source, tuple(found), question, converted)


def refused_file(entries: Iterable[Entry]) -> str:
    """The refused questions as a file to fix: what is wrong stands above each, as comments that readers skip."""
    return "\n\n".join(
        "\n".join([*(f"// {fault.what} {fault.remedy}" for fault in entry.problems), entry.source])
        for entry in entries
        if not entry.usable
    )


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
        if known is not None:
            counts[renew(known, entry.converted.type, spec, fields | told.fields(), live=live, by=by)] += 1
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


def renew(question: Question, kind: str, spec: Spec, fields: dict[str, Any], *, live: bool, by: User | None) -> str:
    """A new version when the file says something else than the newest one; returns "renewed" or "known".

    Another name alone is no other version.

    What no file can say (a unit, a picture) stays, and so do the names of the options where their number is the same.
    """
    newest = question.get_latest_revision_as_object()
    old_kind, old = read_answers(newest.answers.get_prep_value())
    if get_question_type(old_kind).in_files:
        before = in_a_file(old_kind, old, newest.prompt, newest.feedback)
        same = all(spec.get(name, old.get(name)) == old.get(name) for name in ("shuffle", "unit", "decimals"))
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


def in_a_file(kind: str, spec: Spec, prompt: str, feedback: str) -> ImportedQuestion:
    """A question as a file would tell it: two that are equal there are one version."""
    texts = (Rich(foreign.as_rich_text(foreign.read(expand_db_html(text))), "html") for text in (prompt, feedback))
    written = from_spec(kind, spec, prompt=next(texts), feedback=next(texts))
    return gift.loads(gift.dumps([written])).questions[0]


def identity_of(question: ImportedQuestion) -> str:
    """What makes it this question: its identifier, or else what it asks and offers, whichever of it is right."""
    if question.id:
        return f"id/{question.id}"
    offered = [[plain(answer.text), str(answer.value)] for answer in question.answers]
    pairs = [[plain(pair.left), pair.right] for pair in question.pairs]
    document = read_rich(question.prompt)
    asked = " ".join(foreign.as_html(document).split())
    told: list[Any] = [asked, offered, pairs]
    if document.pictures:  # one text below two pictures is two questions
        told.append([picture.src for picture in document.pictures])
    return "content/" + hashlib.sha256(json.dumps(told).encode()).hexdigest()


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


def refuse_duplicates(entries: list[Entry]) -> list[Entry]:
    """Two questions of one file that would be one: the second is refused, with the place of the first."""
    first: dict[str, tuple[int, int]] = {}
    checked = []
    for number, entry in enumerate(entries, 1):
        if entry.usable and entry.question is not None:
            same, line = first.setdefault(identity_of(entry.question), (number, entry.line))
            if same != number:
                what = _("It is the same question as the one at line %(line)s.") % {"line": line}
                if line == entry.line:
                    what = _("It is the same question as question %(number)s, on the same line %(line)s.")
                    what %= {"number": same, "line": line}
                remedy = _("Delete one of them, or give each its own identifier: // [id:...] in the line above.")
                entry = replace(entry, problems=(*entry.problems, at_line(entry.line, what, remedy)))
        checked.append(entry)
    return checked


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
            remedy = _("Import it into that bank, or give it an identifier of its own: // [id:...] in the line above.")
            entry = replace(entry, problems=(*entry.problems, at_line(entry.line, what, remedy)))
        checked.append(entry)
    return checked


# -- skill, level, points and order of a question, which GIFT has no place for but in tags


LONGEST_UNIT = 20
READ_AS: dict[str, tuple[str, Any, Any]] = {
    "skill": (r"[A-Za-z0-9._-]{1,40}", str, gettext_lazy("the code of a skill, such as dw.data-entry")),
    "level": (r"[123]", int, gettext_lazy("1, 2 or 3")),
    "points": (r"[1-9][0-9]{0,3}", int, gettext_lazy("a whole number from 1 to 9999")),
    "shuffle": (r"yes|no", lambda word: word == "yes", gettext_lazy("yes or no")),
    "code": (r"[-A-Za-z0-9_]{1,60}", str, gettext_lazy("a-z, 0-9, - and _, at most 60")),
    "unit": (rf".{{1,{LONGEST_UNIT}}}", str, gettext_lazy("at most 20 characters")),
    "decimals": (r"[0-6]", int, gettext_lazy("a number from 0 to 6")),
}
"""How the value of each tag of ours is written, what is made of it, and how that is told."""


@dataclass(frozen=True)
class Filing:
    skill: str = ""
    level: int | None = None
    points: int | None = None
    shuffle: bool | None = None
    code: str = ""
    unit: str = ""
    decimals: int | None = None

    def known_skill(self) -> Skill | None:
        return Skill.objects.filter(code=self.skill).first() if self.skill else None

    def fields(self) -> dict[str, Any]:
        """What the tags say of the fields of a question."""
        told = {"skill": self.known_skill(), "difficulty": self.level, "points": self.points}
        return {name: value for name, value in told.items() if value is not None}

    def tags(self) -> tuple[str, ...]:
        tags = [f"skill:{self.skill}", f"level:{self.level}", f"points:{self.points}"]
        return (
            *tags,
            *(["shuffle:no"] if self.shuffle is False else []),
            *([f"code:{self.code}"] if self.code else []),
            *([f"unit:{self.unit}"] if self.unit else []),
            *([f"decimals:{self.decimals}"] if self.decimals is not None else []),
        )

    def of_answers(self, spec: Spec) -> dict[str, Any]:
        """What it adds to a spec: the order of options, the unit and the decimal places of a number."""
        told = {"shuffle": self.shuffle, "unit": self.unit or None, "decimals": self.decimals}
        return {name: told[name] for name in asked_of(spec) if told[name] is not None}


def asked_of(spec: Spec) -> tuple[str, ...]:
    """The tags that say something of the answers of this type of question."""
    if "options" in spec:
        return ("shuffle",)
    return () if isinstance(spec.get("answer", True), bool) else ("unit", "decimals")


def filing_of(question: ImportedQuestion) -> Filing:
    """What the tags of a question say."""
    return filed(question)[0]


def filed(question: ImportedQuestion) -> tuple[Filing, list[tuple[str, str]]]:
    """(what the tags say, those of ours that say nothing). Of two with one name the first holds."""
    told: dict[str, Any] = {}
    refused = []
    for tag in question.tags:
        name, colon, value = (part.strip() for part in tag.partition(":"))
        if not colon or name not in READ_AS:
            continue
        pattern, made, _words = READ_AS[name]
        if name in told or not re.fullmatch(pattern, value):
            refused.append((name, tag))
        else:
            told[name] = made(value)
    return Filing(**told), refused


def lost_tags(question: ImportedQuestion, spec: Spec | None = None) -> list[Problem]:
    """Tags that say nothing here are not kept; ``spec`` is that of the answers, once they could be read."""
    told = []
    other = [tag for tag in question.tags if tag.partition(":")[0].strip() not in READ_AS or ":" not in tag]
    if other:
        what = _("The tags are not kept: %(tags)s.") % {"tags": ", ".join(other)[: foreign.QUOTED]}
        told.append((what, _("Write what matters as [tag:skill:...], [tag:level:1], [tag:points:2].")))
    filing, refused = filed(question)
    for name, tag in refused:
        what = _("[tag:%(tag)s] says nothing, and is not kept.") % {"tag": tag[:80]}
        told.append((what, _("Write it once, with: %(values)s.") % {"values": READ_AS[name][2]}))
    for name in ("shuffle", "unit", "decimals") if spec else ():
        if getattr(filing, name) not in (None, "") and name not in asked_of(spec or {}):
            what = _("[tag:%(tag)s] is not kept: this type of question has no such thing.") % {"tag": name}
            told.append((what, _("Delete the tag, or change the type of question.")))
    return [at_line(question.line, what, remedy, ProblemKind.LOST) for what, remedy in told]


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

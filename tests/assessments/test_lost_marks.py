"""Entities are the letters that they stand for, and tags of ours hold or are told: nothing is dropped in silence."""

import html
import re
import shutil
from dataclasses import replace

import pytest
from django.conf import settings
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessments.formats import gift
from assessments.formats.interactions import Pairs
from assessments.formats.neutral import FILED
from assessments.formats.plain import plain_text
from assessments.formats.rich import Rich
from assessments.formats.specs import read_rich
from assessments.import_entries import read_gift
from assessments.import_tags import READ_AS, Filing, filing_of
from assessments.loading.reading import read_folder
from assessments.models import Question, QuestionImportRun
from assessments.question_types import QUESTION_TYPES
from cms import foreign
from lms.lib.problems import ProblemKind
from tests.assessments.test_importing import add, import_data
from tests.factories.courses import make_skill
from tests.factories.runs import work_off

ENTITIES = ["&eacute;", "&nbsp;", "&lt;", "&amp;", "&#39;", "&#x2019;", "&quot;", "&hellip;", "&gt;", "&deg;"]
WHOLE = [
    "{}cole {{=oui ~non}}", "Quoi ? {{={}t ~non}}", "Quoi ? {{=oui#{}t ~non}}", "Quoi ? {{={}t}}", "Quoi ? {{T#{}t}}",
    "Quoi ? {{={}a -> b ={}c -> d =e -> f}}", "Quoi ? {{=a -> {}b =c -> d =e -> f}}", "Quoi ? {{#3#{}t}}",
    "Quoi ? {{T####{}t}}", "::{}t:: Quoi ? {{T}}", "Quoi ? {{>3 ALL VERTICAL RELATIVE_NEXT_EXCLUDE_LAST\n{}a\nb\nc}}",
]  # fmt: skip
"""Every place of a GIFT file where a text may stand."""


def text_of(entry) -> str:
    """All that a learner or the team reads of it."""
    question, spec = entry.question, entry.converted.spec
    parts = [
        question.title,
        foreign.plain_text(foreign.as_html(read_rich(question.prompt))),
        plain_text(question.feedback),
    ]
    return "\n".join([*parts, *texts(spec)])


def texts(value) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in inner for text in texts(part)]


@pytest.mark.parametrize("written", WHOLE)
@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_is_its_letter_wherever_it_stands(written, entity):
    (entry,) = read_gift(written.format(entity, entity))
    assert entry.usable, entry.problems
    assert entity not in text_of(entry)
    assert html.unescape(entity).strip() in text_of(entry)


@pytest.mark.parametrize("text", ["R&D", "a &copie; b", "a&b;c", "?x=1&copy=2", "5 < 6 & 7 > 3", "&amp"])
def test_what_is_no_entity_stays(text):
    assert plain_text(Rich(text)) == text


@pytest.mark.parametrize("entity", ENTITIES)
def test_plain_text_that_says_so_stays_as_typed(entity):
    (entry,) = read_gift(f"Comment écrit-on cela ? {{=[plain]{entity.replace('#', chr(92) + '#')} ~non}}")
    assert entry.converted.spec["options"][0]["text"] == entity


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*ENTITIES, "a", " ", "&", ";", "#39;", "é", "<", "amp;"]), max_size=6).map("".join))
def test_no_text_changes_on_its_way_through_a_file(text):
    """Titles and right sides have no format, so what looks like an entity there is written as one."""
    text = " ".join(text.split(" ")).strip(" ") or "x"
    pair = gift.loads("Q {=a -> b =c -> d =e -> f}").questions[0]
    pairs = pair.interaction.pairs
    interaction = Pairs((replace(pairs[0], right=text), *pairs[1:]))
    question = replace(pair, title=text, interaction=interaction)
    (read,) = gift.loads(gift.dumps([question])).questions
    collapsed = re.sub(r"[ \t\r\n]+", " ", text).strip()
    assert (read.title, read.interaction.pairs[0].right) == (collapsed, collapsed)


def test_a_typed_answer_that_was_read_otherwise__reported():
    (entry,) = read_gift("Comment dit-on ? {=caf&eacute;}")
    assert [problem.kind for problem in entry.problems] == [ProblemKind.CHANGED]


# -- tags


def test_each_tag_of_ours_has_its_values():
    assert set(READ_AS) == set(FILED) == set(Filing.__dataclass_fields__)


BASES = {"single": "Q {=a ~b}", "true_false": "Q {T}", "numeric": "Q {#3}", "short_text": "Q {=a}",
         "matching": "Q {=a -> b =c -> d =e -> f}"}  # fmt: skip
VALUES = ["", "0", "1", "2", "9", "99", "-1", "1.5", "none", "yes", "no", "oui", "é", "a b", "x" * 300, "٣", "02", "m²"]


@given(
    st.sampled_from(sorted(BASES)),
    st.lists(st.tuples(st.sampled_from(FILED), st.sampled_from(VALUES), st.booleans()), min_size=1, max_size=3),
)
def test_a_tag_holds_or__reported(kind, tags):
    notes = " ".join(f"[{name}: {value}]" if short else f"[tag:{name}:{value}]" for name, value, short in tags)
    (entry,) = read_gift(f"// {notes}\n{BASES[kind]}")
    filing = filing_of(entry.question)
    added = filing.of_answers(entry.converted.spec)
    kept = {f"{name}:{value}" for name, value in {**vars(filing), **added}.items() if name not in ("shuffle",)}
    kept |= {"exact:yes" if added["exact"] else "exact:no"} if "exact" in added else set()
    kept |= {"shuffle:yes" if added["shuffle"] else "shuffle:no"} if "shuffle" in added else set()
    for name in ("unit", "decimals"):
        kept -= set() if name in added else {f"{name}:{getattr(filing, name)}"}
    for name, value, _short in tags:
        if f"{name}:{value}" not in kept:
            assert any(name in problem.what and problem.kind is ProblemKind.LOST and problem.line == 2
                       for problem in entry.problems), (notes, entry.problems)  # fmt: skip


def test_ordering_too_has_no_order_of_options():
    assert set(BASES) | {"multiple", "ordering"} | gift.LEFT_OUT == {
        name for name, kind in QUESTION_TYPES.items() if kind.in_files
    }


@pytest.mark.django_db
def test_a_skill_that_nobody_knows_is_told_before_anything_is_added(site, trainer_client):
    add(trainer_client, text="// [tag:skill:none]\nUn ?{T}\n\n// [tag:skill:dl.basics]\nDeux ?{T}")
    assert Question.objects.count() == 2
    run = QuestionImportRun.objects.latest("created_at")
    assert run.added == 2


@pytest.mark.django_db
def test_the_page_names_the_skill(site, trainer_client):
    make_skill("dl.basics")
    text = "// [tag:skill:none]\nUn ?{T}\n\n// [tag:skill:dl.basics]\nDeux ?{T}"
    address = trainer_client.post(reverse("import_questions"), import_data(text=text))["Location"]
    work_off(QuestionImportRun.objects.latest("created_at"))
    entries = trainer_client.get(address).context["entries"]
    assert ["none" in " ".join(p.what for p in entry.problems) for entry in entries] == [True, False]


# -- course folders


def test_marks_in_plain_answers_of_a_folder__reported(tmp_path):
    folder = shutil.copytree(settings.BASE_DIR / "courses" / "example", tmp_path / "course")
    source = (folder / "questions.yaml").read_text()
    assert 'fr: "Rien"' in source
    (folder / "questions.yaml").write_text(source.replace('fr: "Rien"', 'fr: "Rien, caf&eacute;"', 1))
    *_others, reader = read_folder(folder)
    told = [problem for problem in reader.problems if "&eacute;" in problem.what]
    assert [problem.kind for problem in told] == [ProblemKind.CHANGED]


@pytest.mark.django_db
def test_the_list_of_what_was_lost_stays_when_the_questions_are_added(site, trainer_client):
    page, run = add(trainer_client, text="// [tag:level:9]\nUn ?{T}\n\n[html]<p>Un <u>mot</u> ?</p>{T}")
    assert run.added == 2
    assert page.count("Ce qui a été perdu") == 2  # a heading, and one of a column
    assert [loss.line for loss in trainer_client.get(f"/cms/runs/{run.pk}/").context["losses"]] == [2, 4]

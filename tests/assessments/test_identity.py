"""Which question is which: by its identifier, else by what it asks. Never by its title or its place in the file."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from assessments.answers import read_answers
from assessments.import_entries import identity_of, read_gift
from assessments.importing import add_to_bank
from assessments.models import Question
from tests.assessments.helpers import write_gift
from tests.factories.assessments import make_bank, make_question
from tests.factories.courses import make_skill

pytestmark = pytest.mark.django_db


def add(text: str, bank: str = "banque", live: bool = True) -> tuple[int, int, int]:
    entries = read_gift(text)
    locale = Locale.objects.get(language_code="fr")
    return add_to_bank(
        entries=entries, bank=make_bank(bank), skill=make_skill(), difficulty=1, locale=locale, live=live
    )


def test_two_files_with_one_title_are_two_questions(site):
    assert add("::Q1::Deux et deux ?{=4 ~5}") == (1, 0, 0)
    assert add("::Q1::Trois et trois ?{=6 ~5}") == (1, 0, 0)
    assert Question.objects.count() == 2


def test_a_corrected_text_under_one_identifier_is_a_new_version(site):
    add("// [id:q7]\n::A::Deux et deux ?{=4 ~5}")
    first = Question.objects.get()
    assert add("// [id:q7]\n::B::Deux plus deux ?{=4 ~6}") == (0, 0, 1)
    second = Question.objects.get()
    assert second.pk == first.pk
    assert "plus" in second.prompt
    assert second.live_revision_id != first.live_revision_id
    assert second.revisions.count() == 2


def test_a_corrected_key_is_a_new_version_of_the_same_question(site):
    add("Deux et deux ?{=4 ~5}")
    assert add("Deux et deux ?{~4 =5}") == (0, 0, 1)
    _kind, spec = read_answers(Question.objects.get().answers.get_prep_value())
    assert [option["correct"] for option in spec["options"]] == [False, True]


def test_a_new_version_may_wait_as_a_draft(site):
    add("// [id:q7]\nDeux ?{=4 ~5}")
    live = Question.objects.get().live_revision_id
    assert add("// [id:q7]\nDeux et deux ?{=4 ~5}", live=False) == (0, 0, 1)
    question = Question.objects.get()
    assert question.live_revision_id == live
    assert question.has_unpublished_changes


def test_one_question_twice_in_a_file_is_refused_once(site):
    entries = read_gift("// [id:x]\nUn ?{T}\n\n// [id:x]\nDeux ?{T}\n\nTrois ?{T}\n\n::t::Trois ?{T}")
    assert [entry.usable for entry in entries] == [True, False, True, False]
    assert "2" in entries[1].problems[0].what
    assert entries[1].source.startswith("// [id:x]")


QUESTIONS = st.lists(st.integers(0, 9), min_size=1, max_size=5, unique=True)


def write(numbers: list[int], *, named: bool) -> str:
    return "\n\n".join(
        (f"// [id:n{n}]\n" if named else "") + f"::Q{place}::Question {n} ?{{=oui {n} ~non {n}}}"
        for place, n in enumerate(numbers, 1)
    )


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUESTIONS, st.randoms(use_true_random=False), st.booleans(), st.data())
def test_order_titles_and_what_is_put_in_between_change_nothing_else(site, numbers, rng, named, data):
    Question.objects.all().delete()
    add(write(numbers, named=named))
    before = dict(Question.objects.values_list("translation_key", "latest_revision"))
    shuffled = rng.sample(numbers, len(numbers))
    assert add(write(shuffled, named=named)) == (0, len(numbers), 0)
    assert add(write([10, *shuffled], named=named)) == (1, len(numbers), 0)
    after = dict(Question.objects.values_list("translation_key", "latest_revision"))
    assert before.items() <= after.items()
    if named:
        edited = write(shuffled, named=True).replace(f"Question {numbers[0]} ", f"Question {numbers[0]}, corrigée ")
        assert add(edited) == (0, len(numbers) - 1, 1)


@given(st.text(alphabet="ab[]\\: ", min_size=1, max_size=8).map(str.strip).filter(bool))
def test_an_identifier_is_the_whole_identity(identifier):
    from assessments.formats import gift
    from assessments.formats.interactions import Truth
    from assessments.formats.neutral import ImportedQuestion
    from assessments.formats.rich import Rich

    one, other = (ImportedQuestion(Truth(True), Rich(text), id=identifier) for text in ("Un", "Deux"))
    assert identity_of(one) == identity_of(other)
    assert [question.id for question in gift.loads(gift.dumps([one])).questions] == [identifier]


def test_a_bank_exported_and_imported_keeps_points_order_skill_and_level(site):
    skill = make_skill("dw.autre")
    question = make_question("single", code="q1", prompt="<p>Rangés ?</p>")
    kind, spec = read_answers(question.answers.get_prep_value())
    from assessments.answers import write_answers

    question.answers = write_answers(kind, {**spec, "shuffle": False})
    question.points, question.difficulty, question.skill = 3, 3, skill
    question.save()
    text = write_gift(make_bank(), Locale.objects.get(language_code="fr"))
    add(text, bank="ailleurs")
    copy = Question.objects.get(bank__code="ailleurs")
    assert (copy.points, copy.difficulty, copy.skill) == (3, 3, skill)
    assert read_answers(copy.answers.get_prep_value())[1]["shuffle"] is False


def test_what_no_file_can_say_stays_in_a_new_version(site):
    question = make_question("numeric", code="q3", prompt="<p>Combien ?</p>")
    unit = read_answers(question.answers.get_prep_value())[1]["unit"]
    text = write_gift(question.bank, question.locale)
    assert add(text, bank=question.bank.code) == (0, 1, 0)
    assert add(text.replace("Combien", "Combien donc"), bank=question.bank.code) == (0, 0, 1)
    question.refresh_from_db()
    assert "donc" in question.prompt
    assert read_answers(question.answers.get_prep_value())[1]["unit"] == unit


@pytest.mark.parametrize("tag", ["points:3", "level:3", "skill:dl.basics", "shuffle:no"])
def test_a_change_of_points_level_skill_or_order_alone_is_a_change(site, tag):
    make_skill("dl.basics")
    text = "// [id:q7] [tag:{}]\nDeux et deux ?{{=4 ~5}}"
    add(text.format("points:1"))
    assert add(text.format(tag)) == (0, 0, 1)
    question = Question.objects.get()
    _kind, spec = read_answers(question.answers.get_prep_value())
    now = {"points": question.points, "level": question.difficulty, "skill": question.skill.code,
           "shuffle": "no" if spec["shuffle"] is False else "yes"}  # fmt: skip
    name, _colon, value = tag.partition(":")
    assert str(now[name]) == value
    assert add(text.format(tag)) == (0, 1, 0)

"""Aiken as Moodle reads it, and what is wrong named by its line."""

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessments.formats import aiken
from assessments.formats.rich import Rich
from assessments.import_entries import read_questions


def test_the_files_of_moodle(shared_data):
    entries, pictures = read_questions((shared_data / "moodle" / "questions.aiken.txt").read_bytes())
    assert pictures == {}
    assert [entry.usable for entry in entries] == [True, True]
    first, second = entries
    assert [option["text"] for option in first.converted.spec["options"] if option["correct"]] == ["Martin Dougiamas"]
    assert second.question.prompt.text.endswith('includes <html class="cool"> & images:')


def test_the_broken_file_of_moodle(shared_data):
    entries, _pictures = read_questions((shared_data / "moodle" / "aiken_errors.txt").read_bytes())
    good = [entry for entry in entries if entry.usable]
    assert [entry.title[:20] for entry in good] == ["A good question", "A second good questi", "A third good questio"]
    assert good[-1].converted.spec["options"][0] == {
        "id": "a1", "text": "Correct (< > &)", "correct": True, "feedback": "",
    }  # fmt: skip
    bad = [entry for entry in entries if not entry.usable]
    assert [entry.line for entry in bad] == [1, 5, 14]
    assert all(problem.remedy and problem.line == entry.line for entry in bad for problem in entry.problems)


def test_a_letter_that_is_no_answer__reported():
    (read,) = aiken.loads("Un ?\nA) a\nB) b\nANSWER: C")
    assert [problem.refused for problem in read.problems] == [True]


WORDS = st.text(alphabet="aé1 ={}~#:<&;*", min_size=1, max_size=12).map(str.strip).filter(bool)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WORDS, st.lists(WORDS, min_size=2, max_size=5), st.integers(0, 4)), max_size=4))
def test_what_is_written_is_read(questions):
    text = ""
    for asked, options, right in questions:
        rows = "".join(f"{chr(65 + place)}) {option}\n" for place, option in enumerate(options))
        text += f"{asked}\n{rows}ANSWER: {chr(65 + right % len(options))}\n\n"
    read = aiken.loads(text)
    assert [(row.question.prompt, [answer.text for answer in row.question.interaction.answers]) for row in read] == [
        (Rich(asked, "plain"), [Rich(option, "plain") for option in options]) for asked, options, _right in questions
    ]
    for row, (_asked, options, right) in zip(read, questions, strict=True):
        assert [answer.credit == 100 for answer in row.question.interaction.answers].index(True) == right % len(options)
        assert not row.problems


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["A) a", "B. b", "ANSWER: A", "ANSWER:", "Quoi ?", "", "  ", "A)"]), max_size=12))
def test_every_line_is_in_a_question_or_a_problem(lines):
    read = aiken.loads("\n".join(lines))
    kept = [part for row in read for part in row.question.prompt.text.split("\n")]
    assert sum(line == "Quoi ?" for line in lines) == kept.count("Quoi ?")
    assert sum(line in ("A) a", "B. b", "A)") for line in lines) == sum(
        len(row.question.interaction.answers) for row in read
    )

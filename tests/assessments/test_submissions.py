"""What a type is given to read, and entries of an import that the version before kept."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.import_entries import read_gift, renewed
from assessments.question_imports import ENTRIES
from assessments.question_types import QUESTION_TYPES, Submission
from tests.assessments.helpers import begin, save
from tests.factories.assessments import make_assessment, make_question

HERE = Path(__file__).parent


@pytest.mark.django_db
def test_a_type_reads_fields_and_files_and_what_was_answered_on_the_pages_before(enrolment, monkeypatch):
    assessment = make_assessment(enrolment.course, questions=[make_question("short_text")])
    attempt = begin(enrolment, assessment)
    sent: list[Submission] = []

    def read(spec, public, submission):
        sent.append(submission)
        return {"text": f"page {len(sent)}"}

    monkeypatch.setattr(QUESTION_TYPES["short_text"], "read", read, raising=False)
    file = SimpleUploadedFile("table.csv", b"a;b")
    save(enrolment.user, attempt, 1, {"x": ["1"]})
    save(enrolment.user, attempt, 1, {"x": ["2"]}, files={"table": file})
    assert sent == [
        Submission({"x": ["1"]}, {}, {}),
        Submission({"x": ["2"]}, {"table": file}, {"text": "page 1"}),
    ]


def test_entries_of_an_import_begun_before_are_read_as_those_of_today():
    kept = json.loads((HERE / "entries_kept_before.json").read_text())
    today = read_gift((HERE / "entries_kept_before.gift").read_text())
    assert ENTRIES.validate_python([renewed(entry) for entry in kept]) == today
    assert ENTRIES.validate_json(ENTRIES.dump_json(today)) == today
    assert [renewed(entry) for entry in json.loads(ENTRIES.dump_json(today))] == json.loads(ENTRIES.dump_json(today))

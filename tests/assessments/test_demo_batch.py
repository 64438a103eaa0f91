"""The batch of the demo course: light, entered rightly it passes, guessed it does not, and no key leaves."""

import random

import pytest
from django.conf import settings

from assessments.loading.reading import read_folder
from assessments.question_types import get_question_type

ENTRY = get_question_type("data_entry")
FOLDER = settings.BASE_DIR / "courses" / "demo" / "saisie-qualite"


@pytest.fixture(scope="module")
def folder():
    return read_folder(FOLDER)


@pytest.fixture(scope="module")
def documents(folder):
    return {row.id: row for row in folder[1].questions if row.type == "data_entry"}


def test_the_gold_standard_earns_everything_in_both_languages(documents):
    assert len(documents) == 12
    for row in documents.values():
        for spec in row.answers.values():
            assert ENTRY.grade(spec, ENTRY.gold(spec)).correct, row.id


def test_pictures_of_a_batch_are_light_and_tell_nothing_in_words(documents):
    batch = [row for name, row in documents.items() if name.startswith("d")]
    assert sum((FOLDER / row.image).stat().st_size for row in batch) <= 250_000 - len(batch) * 4000
    for row in batch:
        for language, spec in row.answers.items():
            told = row.image_alts[language] + row.prompts[language]
            assert not [field["gold"] for field in spec["fields"] if field.get("gold") and field["gold"] in told]


def test_nobody_passes_by_guessing_or_by_leaving_everything_empty(documents):
    """10,000 takers who write into each field what stands there on another document."""
    batch = [row.answers["fr"] for name, row in documents.items() if name.startswith("d")]
    rng = random.Random(1)
    best = 0.0
    for _taker in range(10_000):
        document = rng.choice(batch)
        others = [spec for spec in batch if spec is not document]
        best = max(best, float(ENTRY.grade(document, ENTRY.guess(document, others, rng)).fraction))
    assert best == 0  # a critical field is always wrong
    assert all(ENTRY.grade(spec, {}).fraction == 0 for spec in batch)

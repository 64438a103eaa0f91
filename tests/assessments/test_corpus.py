"""Every question of the field's own files is imported with all its words, or comes back with what is wrong with it."""

import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from assessments.formats.gift_blocks import reveal
from assessments.import_entries import Entry, read_gift
from assessments.importing import rich_html
from lms.lib.known_files import recognise
from lms.lib.parsing import UnreadableFileError

SHARED = Path(__file__).parents[3] / "shared" / "data"
FILES = sorted(path for name in ("gift", "moodle", "qti", "comparison-course")
               for path in (SHARED / name).rglob("*.*") if path.suffix in {".gift", ".txt", ".xml"})  # fmt: skip
UNSEEN = {"html", "moodle", "plain", "markdown", "true", "t", "false", "f"}  # formats and truths, not words
COMMENT = re.compile(r"^\s*//.*$", re.M)
TITLE = re.compile(r"^\s*::.*?(?<!\\)::", re.S)  # what trainers call it: learners never see it
TAGS = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.S)
WEIGHTS = re.compile(r"%-?[\d.]+%")


def words(text: str) -> Counter[str]:
    return Counter(word.lower() for word in re.findall(r"[^\W_]+", text) if word.lower() not in UNSEEN)


def source_words(entry: Entry) -> Counter[str]:
    """What a reader sees of the block as it stands in the file."""
    text = TITLE.sub("", COMMENT.sub("", entry.source), count=1)
    text = re.sub(r"\\([\\~=#{}:n])", lambda found: " " if found[1] == "n" else found[1], WEIGHTS.sub(" ", text))
    return words(unescape(TAGS.sub(" ", text)))


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for name, part in value.items() if name not in {"id", "credit"} for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [str(value)]


def stored_words(entry: Entry) -> Counter[str]:
    """What is kept, or named as not kept."""
    question, converted = entry.question, entry.converted
    assert question is not None
    assert converted is not None
    kept = [rich_html(question.prompt), rich_html(question.feedback), *strings(converted.spec)]
    named = [problem.what for problem in entry.problems]
    return words(unescape(TAGS.sub(" ", reveal(" ".join([*kept, *named])))))


@pytest.mark.skipif(not FILES, reason="sample files are not at hand (shared/data)")
def test_the_files_are_all_looked_at() -> None:
    assert len(FILES) > 60


@pytest.mark.skipif(not FILES, reason="sample files are not at hand (shared/data)")
@pytest.mark.parametrize("path", FILES or [Path("none")], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_word_of_a_question_is_lost_in_silence(path: Path) -> None:
    kind = recognise(path.read_bytes())
    if kind is not None and kind.key != "gift":
        assert path.suffix != ".gift"
        with pytest.raises(UnreadableFileError, match=re.escape(f"{kind.what} {kind.remedy}")):
            read_gift(path.read_bytes())
        return
    entries = read_gift(path.read_bytes())
    for entry in entries:
        if not entry.usable:
            assert all(fault.line and fault.what and fault.remedy for fault in entry.problems)
            assert any(fault.refused for fault in entry.problems)
            continue
        is_number = entry.converted is not None and entry.converted.type == "numeric"
        lost = source_words(entry) - stored_words(entry)
        assert not {word for word in lost if not (is_number and word.isdecimal())}, (entry.line, entry.title)

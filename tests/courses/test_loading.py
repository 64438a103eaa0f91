from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from PIL import Image as Pillow
from wagtail.images import get_image_model

from cms.blocks import ContentBlocks
from cms.foreign import from_markdown, inline
from courses.loading import ContentError, StepPlace, load_course, load_skills
from courses.loading.blocks import FENCES, LESSON_BLOCKS
from courses.loading.media import ogg_seconds
from courses.loading.reading import read_course
from courses.models import Course, CoursePage, LessonPage, Skill
from courses.outline import all_outlines, get_outline
from lms.lib.markdown import one_line

COURSE = """
code: essai
hours: 1.5
level: 2
skills:
  - {code: dw.typing, level: 2, lessons: [l2]}
title: {fr: "Essai", en: "Trial"}
summary: {fr: "Court.", en: "Short."}
outcomes: {fr: ["Vous saurez **lire**."], en: ["You will read."]}
modules:
  - key: m1
    title: {fr: "Un", en: "One"}
    steps:
      - lesson: l1
      - lesson: l2
"""
LESSON = """---
title: "%(title)s"
slug: "%(slug)s"
minutes: 4
---
## Titre
Un **mot** et un [lien](https://example.org/).

![Un carré](../images/x.png)

::: table T

| A | B |
| --- | --- |
| a\\|b | 2 |

:::

::: check
?

- [x] oui
  > Exact.
- [ ] non
  > Relisez.

:::
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lessons").mkdir()
    (tmp_path / "images").mkdir()
    Pillow.new("RGB", (800, 400), "navy").save(tmp_path / "images" / "x.png")
    (tmp_path / "course.yaml").write_text(COURSE)
    for key in ("l1", "l2"):
        for language in ("fr", "en"):
            words = {"title": f"Titre {key} {language}", "slug": f"{key}-{language}"}
            (tmp_path / "lessons" / f"{key}.{language}.md").write_text(LESSON % words)
    return tmp_path


def problems(folder: Path) -> str:
    with pytest.raises(ContentError) as error:
        load_course(folder)
    return str(error.value)


def test_a_folder_becomes_a_published_course_in_both_languages(site, folder):
    report = load_course(folder)
    assert report.created == 8
    french, english = all_outlines(report.course)
    assert [step.slug for step in french.steps] == ["l1-fr", "l2-fr"]
    assert french.required == english.required
    assert [row.skill.code for row in report.course.skills.all()] == ["dw.typing"]
    taught = {page.slug: [skill.code for skill in page.skills.all()] for page in LessonPage.objects.all()}
    assert taught == {"l1-fr": [], "l1-en": [], "l2-fr": ["dw.typing"], "l2-en": ["dw.typing"]}
    lesson = LessonPage.objects.get(slug="l1-fr")
    assert [child.block_type for child in lesson.body] == ["text", "image", "table", "self_check"]
    assert "<h2>Titre</h2>" in str(lesson.body[0].value)
    assert lesson.body[2].value["rows"] == "A | B\na\\|b | 2"


def test_a_second_load_changes_nothing(site, folder):
    load_course(folder)
    keys = set(LessonPage.objects.values_list("translation_key", "locale"))
    version = Course.objects.get().content_version
    report = load_course(folder)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 8)
    assert set(LessonPage.objects.values_list("translation_key", "locale")) == keys
    assert Course.objects.get().content_version == version
    assert get_image_model().objects.count() == 1


def test_a_changed_lesson_gets_a_new_revision_and_order_is_followed(site, folder):
    load_course(folder)
    before = LessonPage.objects.get(slug="l1-fr").latest_revision_id
    path = folder / "lessons" / "l1.fr.md"
    path.write_text(path.read_text().replace("Un **mot**", "Deux **mots**"))
    course_file = folder / "course.yaml"
    course_file.write_text(
        COURSE.replace("- lesson: l1\n", "- lesson: l9\n")
        .replace("l2", "l1")
        .replace("l9", "l2")
        .replace("[l1]", "[l2]")
    )
    report = load_course(folder)
    assert (report.created, report.updated) == (0, 1)
    lesson = LessonPage.objects.get(slug="l1-fr")
    assert lesson.latest_revision_id != before
    assert "Deux" in str(lesson.body[0].value)
    assert [step.slug for step in get_outline(report.course, "fr").steps] == ["l2-fr", "l1-fr"]


def test_steps_of_apps_above_come_from_their_maker(site, folder):
    seen: list[StepPlace] = []

    def make(place: StepPlace):
        seen.append(place)
        return LessonPage, {
            "title": "Examen",
            "slug": f"examen-{place.language}",
            "body": '[{"type": "text", "value": "<p>-</p>"}]',
        }

    (folder / "course.yaml").write_text(COURSE + "      - assessment: final\n")
    assert "assessment" in problems(folder)  # of a kind that nobody makes
    report = load_course(folder, step_makers={"assessment": make})
    assert [(place.key, place.language) for place in seen] == [("final", "fr"), ("final", "en")]
    assert seen[0].step_key == seen[1].step_key
    assert len(get_outline(report.course, "en").steps) == 3


def test_folders_hold_every_block_that_trainers_write_with():
    """A new block wants a row here, its fence in docs/course-folders.md, and its place in the example course."""
    assert set(LESSON_BLOCKS) == set(ContentBlocks().child_blocks)
    example = read_course(settings.BASE_DIR / "courses" / "example")
    shown = {name for name, _value in example.modules[0].steps[0].lessons["fr"].blocks}
    assert shown == set(ContentBlocks().child_blocks)
    told = (settings.BASE_DIR / "docs" / "course-folders.md").read_text()
    assert all(f"::: {fence}" in told for fence in FENCES)


def test_every_problem_is_told_with_file_line_and_remedy(site, folder):
    (folder / "lessons" / "l1.fr.md").write_text(
        '---\ntitle: "A"\nminutes: 3\n---\n::: clip\n:::\n\n![x](../images/no.png)\n\n'
        "::: check\n?\n\n- [ ] a\n  > b\n- [ ] c\n  > d\n:::\n"
    )
    (folder / "lessons" / "l2.en.md").write_bytes(b"---\ntitle: \xff\n---\nx")
    with translation.override("en"):
        told = problems(folder)
    assert "lessons/l1.fr.md, line 5: There is no block “clip”. Use one of: audio, check" in told
    assert "line 8: There is no file images/no.png in the folder. Add the file" in told
    assert "line 10: No answer is right" in told
    assert "lessons/l2.en.md, line 2: The file is not written in UTF-8. Save the file as UTF-8." in told
    assert not CoursePage.objects.exists()
    with translation.override("fr"):
        assert "ligne" not in told
        assert "UTF-8" in problems(folder)
        assert "Save the file" not in problems(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code: [", "line 1: This is not readable as YAML"),
        (COURSE.replace('title: {fr: "Essai", en: "Trial"}', "title: Essai"), "line 7: title does not hold keys"),
        (COURSE.replace("dw.typing", "dw.nothing"), "no skill dw.nothing"),
        (COURSE.replace("level: 2\nskills", "level: 9\nskills"), "line 4: level has a value that does not exist"),
        (COURSE.replace("hours: 1.5", ""), "line 1: The key “hours” is missing"),
        (COURSE.replace("hours: 1.5", "hours: yes"), "line 3: hours is not a number"),
        (COURSE.replace("hours: 1.5", "hours: 1.5\nhour: 2"), "line 4: The key “hour” has no meaning here"),
        (COURSE.replace("- lesson: l1", "- lesson: l9"), "line 14: There is no lesson l9"),
        (COURSE.replace("- lesson: l1", "- lesson: l2"), "line 15: l2 appears a second time; the first is on line 14"),
        (COURSE.replace("- lesson: l1", "- quiz: l1"), "line 14"),
        (COURSE.replace("- lesson: l1", "- lesson: &a l1\n      - lesson: *a"), "line 15: “*” starts a reference"),
        (COURSE.replace("hours: 1.5", "hours: 1.5\nhours: 2"), "line 4: The key “hours” appears here twice"),
        (COURSE.replace('en: "Trial"', 'xx: "Trial"'), "line 7: xx: Unknown language xx"),
        (COURSE.replace("[l2]", "[l7]"), "line 6: There is no lesson l7"),
        (COURSE.replace("[l2]", "l2"), "line 6: lessons is not a list"),
        ("- " * 60 + "a", "more than 40 levels deep"),
        ("[" * 60, "more than 40 levels deep"),
        ("", "line 1"),
        ("code: \x00", "line 1"),
        ('code: "\\U99999999"', "line 1"),
    ],
)
def test_a_bad_course_file_is_refused(site, folder, text, expected):
    (folder / "course.yaml").write_text(text)
    with translation.override("en"):
        assert expected in problems(folder)
    assert not Course.objects.exists()


def test_a_file_outside_the_folder_is_refused(site, folder):
    path = folder / "lessons" / "l1.fr.md"
    (folder.parent / "secret.png").write_bytes((folder / "images" / "x.png").read_bytes())
    for name in ("../../secret.png", str(folder.parent / "secret.png"), "../images/link.png"):
        (folder / "images" / "link.png").unlink(missing_ok=True)
        (folder / "images" / "link.png").symlink_to(folder.parent / "secret.png")
        path.write_text(LESSON.replace("../images/x.png", name) % {"title": "A", "slug": "a"})
        assert "l1.fr.md" in problems(folder)


def test_two_lessons_of_one_slug_are_refused(site, folder):
    path = folder / "lessons" / "l2.fr.md"
    path.write_text(path.read_text().replace("l2-fr", "l1-fr"))
    assert "l1-fr" in problems(folder)


def test_no_break_spaces_of_french_stay():
    line = unescape(inline("Que faire\n  si **c’est vide**\u00a0? "))
    assert line == "<p>Que faire si <strong>c’est vide</strong>\u00a0?</p>"
    assert one_line(" 7\u202f000\tF\n") == "7\u202f000 F"
    assert one_line(0) == "0"


def test_markdown_never_carries_anything_that_runs():
    html = from_markdown("# T\n\n<script>x()</script>\n\n[a](javascript:x) **b** <img src=x onerror=y> `c`")
    assert html.startswith("<h2>T</h2>")
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("[a](javascript:x)", "")
    assert "<strong>b</strong>" in html
    assert "<code>c</code>" in html


@pytest.mark.parametrize("code", ["premiers-pas", "saisie-qualite"])
def test_the_demo_courses_are_whole(code):
    spec = read_course(settings.BASE_DIR / "courses" / "demo" / code)
    assert spec.languages == ["fr", "en"]
    assert sum(len(module.steps) for module in spec.modules) >= 6
    assert {code for codes in spec.taught.values() for code in codes} == {code for code, _level in spec.skills}


def test_skills_are_loaded_in_both_languages(db):
    assert load_skills() == load_skills() == Skill.objects.count()
    assert Skill.objects.get(code="dw.data-entry").names.keys() == {"fr", "en"}


def test_ogg_length_is_read_from_the_recording():
    content = (settings.BASE_DIR / "courses/demo/premiers-pas/audio/message-equipe-fr.ogg").read_bytes()
    assert 10 < ogg_seconds(content) < 120
    assert ogg_seconds(content[:30] + b"OggS") == 0  # cut off
    assert ogg_seconds(b"ID3 not ogg") == 0

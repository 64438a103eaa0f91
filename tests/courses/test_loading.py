from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image as Pillow
from wagtail.images import get_image_model

from cms.blocks import ContentBlocks
from courses.loading import ContentError, StepPlace, load_course, load_html_folder, load_skills
from courses.loading.blocks import LESSON_BLOCKS
from courses.loading.markup import from_markdown, inline, one_line
from courses.loading.media import ogg_seconds
from courses.loading.reading import read_course
from courses.models import Course, CoursePage, LessonPage, Skill
from courses.outline import all_outlines, get_outline

NOT_IN_FOLDERS = {"video"}  # too heavy to keep beside text
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
      - assessment: final
"""
LESSON = """
title: "%(title)s"
slug: "%(slug)s"
minutes: 4
blocks:
  - text: |
      ## Titre
      Un **mot** et un [lien](https://example.org/).
  - image: {file: images/x.png, alt: "Un carré"}
  - table: {caption: "T", header: ["A", "B"], rows: [["a|b", "2"]]}
  - check:
      question: "?"
      options:
        - {text: "oui", correct: true, feedback: "Exact."}
        - {text: "non", correct: false, feedback: "Relisez."}
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
            (tmp_path / "lessons" / f"{key}.{language}.yaml").write_text(LESSON % words)
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
    path = folder / "lessons" / "l1.fr.yaml"
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
        page = LessonPage(
            title="Examen", slug=f"examen-{place.language}", locale=place.module.locale,
            translation_key=place.step_key, body=[("text", "<p>-</p>")],
        )  # fmt: skip
        page = LessonPage.objects.filter(
            translation_key=place.step_key, locale=place.module.locale
        ).first() or place.module.add_child(instance=page)
        page.save_revision().publish()
        return page

    report = load_course(folder, step_makers={"assessment": make})
    assert [(place.key, place.language) for place in seen] == [("final", "fr"), ("final", "en")]
    assert seen[0].step_key == seen[1].step_key
    assert len(get_outline(report.course, "en").steps) == 3
    assert not report.skipped
    assert load_course(folder).skipped == ["assessment final (fr)", "assessment final (en)"]


def test_folders_hold_every_block_that_trainers_write_with():
    written = {kind.stored_as or name for name, kind in LESSON_BLOCKS.items()}
    assert written | NOT_IN_FOLDERS == set(ContentBlocks().child_blocks)


def test_every_problem_is_told_with_file_line_and_remedy(site, folder):
    (folder / "lessons" / "l1.fr.yaml").write_text(
        'title: "A"\nminutes: 3\nblocks:\n  - video: {}\n  - image: {file: images/no.png, alt: "x"}\n'
        '  - check:\n      question: "?"\n      options: [{text: "a", correct: false, feedback: "b"}]\n'
    )
    (folder / "lessons" / "l2.en.yaml").unlink()
    told = problems(folder)
    assert "lessons/l1.fr.yaml, line 4: unknown block video" in told
    assert "line 5: no file images/no.png" in told
    assert "no answer is right" in told
    assert "lessons/l2.en.yaml, line 1: the file is missing" in told
    assert not CoursePage.objects.exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code: [", "not readable as YAML"),
        (COURSE.replace('title: {fr: "Essai", en: "Trial"}', "title: Essai"), "title has no languages"),
        (COURSE.replace("dw.typing", "dw.nothing"), "unknown skill dw.nothing"),
        (COURSE.replace("level: 2\nskills", "level: 9\nskills"), "level 9 does not exist"),
        (COURSE.replace("hours: 1.5", ""), "hours is missing"),
    ],
)
def test_a_bad_course_file_is_refused(site, folder, text, expected):
    (folder / "course.yaml").write_text(text)
    assert expected in problems(folder)
    assert not Course.objects.exists()


def test_a_file_outside_the_folder_is_refused(site, folder):
    path = folder / "lessons" / "l1.fr.yaml"
    path.write_text(path.read_text().replace("images/x.png", "../../../etc/hostname"))
    assert "outside the course folder" in problems(folder)


def test_two_lessons_of_one_slug_are_refused(site, folder):
    path = folder / "lessons" / "l2.fr.yaml"
    path.write_text(path.read_text().replace("l2-fr", "l1-fr"))
    assert "l1-fr is taken by l1" in problems(folder)


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


def test_a_skill_taught_in_no_such_lesson_is_refused(site, folder):
    course_file = folder / "course.yaml"
    course_file.write_text(COURSE.replace("lessons: [l2]", "lessons: [l7]"))
    assert "no lesson l7" in problems(folder)
    course_file.write_text(COURSE.replace("lessons: [l2]", "lessons: l2"))
    assert "lessons is not a list" in problems(folder)


def test_skills_are_loaded_in_both_languages(db):
    assert load_skills() == load_skills() == Skill.objects.count()
    assert Skill.objects.get(code="dw.data-entry").names.keys() == {"fr", "en"}


def test_ogg_length_is_read_from_the_recording():
    content = (settings.BASE_DIR / "courses/demo/premiers-pas/audio/message-equipe-fr.ogg").read_bytes()
    assert 10 < ogg_seconds(content) < 120
    assert ogg_seconds(b"ID3 not ogg") == 0


class TestHtmlFolder:
    def test_lessons_and_pictures_come_in_the_order_of_their_numbers(self, site, tmp_path):
        for number in (1, 2, 10):
            (tmp_path / f"lesson{number}.html").write_text(
                f"<h3>Leçon {number}</h3><p onclick=x()>Texte &amp; suite<script>y()</script></p>"
                '<p><img src="@@PLUGINFILE@@/p.png" alt="Photo"></p><h4>Fin</h4><p>Bien.</p>'
            )
        Pillow.new("RGB", (700, 300)).save(tmp_path / "p.png")
        report = load_html_folder(tmp_path, code="dossier", title="Dossier")
        outline = get_outline(report.course, "fr")
        assert [step.title for step in outline.steps] == ["Leçon 1", "Leçon 2", "Leçon 10"]
        body = LessonPage.objects.get(slug="lecon-1").body
        assert [child.block_type for child in body] == ["text", "image", "text"]
        assert str(body[0].value).strip() == "<p>Texte &amp; suite</p>"
        assert "<h3>Fin</h3>" in str(body[2].value)
        assert load_html_folder(tmp_path, code="dossier", title="Dossier").unchanged == 5

    def test_an_empty_folder_is_refused(self, site, tmp_path):
        with pytest.raises(ContentError, match="lesson1"):
            load_html_folder(tmp_path, code="x", title="X")

    def test_a_missing_picture_is_refused(self, site, tmp_path):
        (tmp_path / "lesson1.html").write_text('<h3>A</h3><p><img src="no.png"></p>')
        with pytest.raises(ContentError, match=r"no\.png"):
            load_html_folder(tmp_path, code="x", title="X")

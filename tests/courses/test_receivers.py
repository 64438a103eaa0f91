from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image as Pillow
from wagtail.images import get_image_model

from cms.picture_sizes import make_sizes
from courses.models import Course, LessonPage
from tests.factories.courses import BOTH, lesson_page, make_course, make_skill


def version(course: Course) -> int:
    return Course.objects.get(pk=course.pk).content_version


def picture(colour: str) -> ContentFile:
    file = BytesIO()
    Pillow.new("RGB", (700, 300), colour).save(file, "PNG")
    return ContentFile(file.getvalue(), f"{colour}.png")


def test_a_replaced_picture_renews_the_courses_that_show_it(db, indexed):
    course, other = make_course("avec"), make_course("sans")
    image = get_image_model().objects.create(title="x", file=picture("red"))
    page = lesson_page(course, 1)
    page.body = [("image", {"image": image, "alt": "Un carré", "caption": ""})]
    page.save_revision().publish()
    before, before_other = version(course), version(other)
    image.file = picture("blue")
    image.save()
    assert version(course) == before + 1
    assert version(other) == before_other


def test_the_weight_counts_the_picture_once_its_sizes_are_made(db, indexed):
    course = make_course()
    light = LessonPage.objects.get(pk=lesson_page(course, 2).pk).body_bytes
    page = lesson_page(course, 1)
    image = get_image_model().objects.create(title="x", file=picture("green"))
    page.body = [*lesson_page(course, 2).body.raw_data, {"type": "image", "value": {"image": image.pk, "alt": "v"}}]
    page.save_revision().publish()
    assert LessonPage.objects.get(pk=page.pk).body_bytes < light + 300
    before = version(course)
    make_sizes(image)
    assert LessonPage.objects.get(pk=page.pk).body_bytes > light + 300
    assert version(course) > before


def test_other_courses_keep_their_version(db):
    course, other = make_course("a"), make_course("b")
    before = version(other)
    lesson_page(course, 1).save_revision().publish()
    assert version(other) == before


def test_translating_a_lesson_keeps_its_key(db):
    from wagtail.models import Locale

    course = make_course()
    english = Locale.objects.get(language_code="en")
    for page in course.pages.first().get_descendants(inclusive=True).specific():
        page.copy_for_translation(english, copy_parents=True) if not page.has_translation(english) else None
    keys = set(LessonPage.objects.filter(path__startswith=course.pages.first().path).values_list("translation_key"))
    english_page = course.pages.get(locale=english)
    assert set(LessonPage.objects.descendant_of(english_page).values_list("translation_key")) == keys


def test_what_a_lesson_teaches_is_the_same_in_every_language(db):
    course, skill = make_course(languages=BOTH), make_skill()
    english = lesson_page(course, 1, "en")
    english.title = "A draft"
    english.save_revision()
    french = lesson_page(course, 1)
    french.skills = [skill]
    french.save_revision().publish()
    assert list(lesson_page(course, 1, "en").skills.all()) == [skill]
    draft = lesson_page(course, 1, "en").get_latest_revision_as_object()
    assert (draft.title, list(draft.skills.all())) == ("A draft", [skill])
    draft.skills = []
    draft.save_revision().publish()
    assert not lesson_page(course, 1).skills.exists()
    assert not lesson_page(course, 2).skills.exists()

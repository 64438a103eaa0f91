"""What this app does when it hears news from the apps below: Wagtail's pages, pictures and files change."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, QuerySet
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex
from wagtail.signals import page_published, page_unpublished, post_page_move
from wagtailmedia.models import get_media_model

from cms.signals import picture_ready
from cms.weight import body_weight
from courses import group_enrolment, learner_notes  # noqa: F401  (they register sweeps: doctor knows them too)
from courses.models import Course, CoursePage, LessonPage, ModulePage, StepPage, TrashedPage

PAGES = (CoursePage, ModulePage, StepPage)


def bump_content_versions(paths: set[str]) -> None:
    """Give every course whose page tree holds one of these tree paths a new ``content_version``."""
    step = Page.steplen
    prefixes = {path[:end] for path in paths for end in range(step, len(path) + 1, step)}
    roots = CoursePage.objects.filter(path__in=prefixes).values("course_id")
    Course.objects.filter(pk__in=list(roots.values_list("course_id", flat=True))).update(
        content_version=F("content_version") + 1
    )


def share_skills(lesson: LessonPage) -> None:
    """Give the lesson's skills to its translations, and to what is being written of them: the editor opens the
    revision."""
    skills = list(lesson.skills.all())
    for translation in LessonPage.objects.filter(translation_key=lesson.translation_key).exclude(pk=lesson.pk):
        if set(translation.skills.all()) != set(skills):
            translation.skills.set(skills)
            translation.skills.commit()
        revision = translation.latest_revision
        if revision is not None and set(revision.content.get("skills", ())) != {skill.pk for skill in skills}:
            revision.content["skills"] = [skill.pk for skill in skills]
            revision.save(update_fields=["content"])


@receiver(page_published)
def renew_published(sender: Any, instance: Page, **kwargs: Any) -> None:
    if isinstance(instance, LessonPage):
        instance.body_bytes = body_weight(instance.body, instance.locale.language_code)
        LessonPage.objects.filter(pk=instance.pk).update(body_bytes=instance.body_bytes)
        share_skills(instance)
    if isinstance(instance, PAGES):
        bump_content_versions({instance.path})
        TrashedPage.objects.filter(page=instance.pk).delete()  # published in the editor: it is wanted again


@receiver(page_unpublished)
def renew_unpublished(sender: Any, instance: Page, **kwargs: Any) -> None:
    if isinstance(instance, PAGES):
        bump_content_versions({instance.path})


@receiver(post_save)
def renew_saved(sender: Any, instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    """A live page written without Wagtail's publishing. Drafts write revisions and named fields only: no news."""
    if isinstance(instance, PAGES) and instance.live and update_fields is None and not kwargs.get("raw"):
        bump_content_versions({instance.path})


@receiver(post_page_move)
def renew_moved(sender: Any, instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any) -> None:
    if issubclass(instance.specific_class or Page, PAGES):
        bump_content_versions({parent_page_before.path, parent_page_after.path})


@receiver(pre_delete)
def renew_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, PAGES):
        bump_content_versions({instance.path})


def pages_with(row: Any) -> QuerySet[Page]:
    """The pages that show a picture, recording or file, live or not."""
    references = ReferenceIndex.get_references_to(row).filter(
        base_content_type=ContentType.objects.get_for_model(Page, for_concrete_model=False)
    )
    ids = [int(pk) for pk in references.values_list("object_id", flat=True).distinct()]
    return Page.objects.filter(pk__in=ids)


@receiver(picture_ready)
def renew_pages_with(sender: Any, image: Any, **kwargs: Any) -> None:
    """The smaller copies of a picture are there: lessons that showed its words show it, and weigh more."""
    pages = pages_with(image)
    for lesson in LessonPage.objects.filter(pk__in=pages.values("pk"), live=True).select_related("locale"):
        weight = body_weight(lesson.body, lesson.locale.language_code)
        LessonPage.objects.filter(pk=lesson.pk).update(body_bytes=weight)
    bump_content_versions(set(pages.values_list("path", flat=True)))


def renew_users_of(sender: Any, instance: Any, created: bool = False, **kwargs: Any) -> None:
    """A picture, recording or file was replaced: bodies that show it are rendered anew."""
    if not created and not kwargs.get("raw"):
        bump_content_versions(set(pages_with(instance).values_list("path", flat=True)))


for model in (get_image_model(), get_document_model(), get_media_model()):
    post_save.connect(renew_users_of, sender=model, dispatch_uid=f"courses-{model._meta.label}")

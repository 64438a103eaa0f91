"""Forms of the admin."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.forms import RowsForm
from cms.rows import has_site_right, rows_for
from courses.access import courses_to_take


def needs_a_course(form: Any) -> None:
    """What a trainer makes belongs to one of her courses; only who works on all courses may leave it to the site."""
    field = form.fields.get("course")
    if field is None or form.for_user is None:
        return
    allowed = rows_for(form.for_user, "change", field.queryset.model)
    field.queryset = field.queryset.filter(pk__in=allowed.values("pk")) | field.queryset.filter(
        pk=form.instance.course_id
    )
    field.required = not has_site_right(form.for_user)


class CourseForm(RowsForm):
    """The code stays once addresses hold it, and a course never waits for itself, not even by way of another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "prerequisites" in self.fields and self.for_user is not None:
            self.fields["prerequisites"].queryset = courses_to_take(self.for_user)
        if "prerequisites" in self.fields and self.instance.pk:
            self.fields["prerequisites"].queryset = self.fields["prerequisites"].queryset.exclude(pk=self.instance.pk)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if self.instance.pk and "code" in self.changed_data and self.instance.pages.exists():
            text = _("This course has pages: links to them would break. Leave the code “%(code)s”.")
            raise ValidationError(text % {"code": self.initial["code"]}, code="in-use")
        return code

    def clean_prerequisites(self) -> Any:
        chosen = self.cleaned_data["prerequisites"]
        for course in chosen if self.instance.pk else ():
            if self.instance in before(course):
                text = _("“%(course)s” already requires this course first: nobody could begin either of them.")
                raise ValidationError(text % {"course": course.title}, code="circle")
        return chosen


def before(course: Any) -> set[Any]:
    """Every course to finish before this one."""
    found: set[Any] = set()
    waiting = [course]
    while waiting:
        new = set(waiting.pop().prerequisites.all()) - found
        found |= new
        waiting.extend(new)
    return found

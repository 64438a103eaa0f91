"""An assessment that stands in one course belongs to it, and a bank from which one course alone draws. The others stay
with those who work on all courses.
"""

from collections import defaultdict

from django.db import migrations

STEP = 4  # letters of a page's path for each level


def settle(apps, schema_editor):
    CoursePage = apps.get_model("courses", "CoursePage")
    AssessmentPage = apps.get_model("assessments", "AssessmentPage")
    roots = dict(CoursePage.objects.values_list("path", "course_id"))
    courses = defaultdict(set)
    for path, assessment in AssessmentPage.objects.values_list("path", "assessment_id"):
        course = roots.get(path[: -2 * STEP])
        if course:
            courses[assessment].add(course)
    Assessment = apps.get_model("assessments", "Assessment")
    for assessment, found in courses.items():
        if len(found) == 1:
            Assessment.objects.filter(pk=assessment).update(course_id=next(iter(found)))
    drawn = defaultdict(set)
    for name, model in (("bank_id", "AssessmentSection"), ("question__bank_id", "SectionQuestion")):
        owner = "assessment" if model == "AssessmentSection" else "section__assessment"
        rows = apps.get_model("assessments", model).objects.exclude(**{name: None})
        for bank, course in rows.values_list(name, f"{owner}__course_id"):
            drawn[bank].add(course)
    for bank, found in drawn.items():
        if len(found) == 1 and None not in found:
            apps.get_model("assessments", "QuestionBank").objects.filter(pk=bank).update(course_id=next(iter(found)))


class Migration(migrations.Migration):
    dependencies = [("assessments", "0007_course_roles"), ("courses", "0008_present_trainers")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]

"""What an assessment was for, before anybody could say it.

Practice was: as many attempts as they like, no pause between them and no time limit, in courses each of which has
another assessment that must be passed and sets a limit. The only proof that a course has stays its proof, whatever
its rules; so does what stands in no course.
"""

from django.db import migrations

STEP = 4  # letters of a tree path for one level (treebeard)


def courses_of(pages):
    """Tree path of the course -> pages that stand in it: an assessment in a module, in a course."""
    found = {}
    for page in pages:
        found.setdefault(page.path[: -2 * STEP], []).append(page)
    return found


def is_free(rules):
    return not (rules.max_attempts or rules.pause_minutes or rules.time_limit_minutes)


def forwards(apps, schema_editor):
    Assessment = apps.get_model('assessments', 'Assessment')
    pages = apps.get_model('assessments', 'AssessmentPage').objects.select_related('assessment')
    proven = {
        path
        for path, inside in courses_of(pages).items()
        if any(page.live and page.is_required and not is_free(page.assessment) for page in inside)
    }
    places = {}
    for page in pages:
        if is_free(page.assessment):
            places.setdefault(page.assessment_id, set()).add(page.path[: -2 * STEP])
    practice = [pk for pk, paths in places.items() if paths <= proven]
    Assessment.objects.filter(pk__in=practice).update(purpose='practice')


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0014_purpose_and_skill_marks'),
    ]

    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]

"""Marks of questions leave the grade's list and become rows, in batches: each its own transaction, so that memory and
locks are those of one, and a migration that was stopped goes on where it was.
"""

from decimal import Decimal

from django.db import migrations, transaction

BATCH = 200  # grades


def batches(rows):
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by('pk')[:BATCH]):
        yield some
        last = some[-1].pk


def items_of(apps, grades):
    """attempt -> its items, in the order in which they were marked"""
    found = {}
    rows = apps.get_model('assessments', 'AttemptItem').objects.filter(attempt__in={row.attempt_id for row in grades})
    for pk, attempt in rows.order_by('attempt', 'position').values_list('pk', 'attempt_id'):
        found.setdefault(attempt, []).append(pk)
    return found


def forwards(apps, schema_editor):
    Grade, ItemMark = apps.get_model('assessments', 'Grade'), apps.get_model('assessments', 'ItemMark')
    for some in batches(Grade._base_manager.filter(detail__has_key='items')):
        items = items_of(apps, some)
        rows = [
            ItemMark(
                grade_id=grade.pk, item_id=item, fraction=Decimal(mark['fraction']), answered=bool(mark['answered']),
                reason=(mark.get('reason') or '')[:200],
            )
            for grade in some
            for item, mark in zip(items.get(grade.attempt_id, ()), grade.detail['items'])
        ]
        for grade in some:
            grade.detail = {name: value for name, value in grade.detail.items() if name != 'items'}
        with transaction.atomic():
            ItemMark._base_manager.bulk_create(rows, batch_size=1000)
            Grade._base_manager.bulk_update(some, ['detail'])


def backwards(apps, schema_editor):
    Grade, ItemMark = apps.get_model('assessments', 'Grade'), apps.get_model('assessments', 'ItemMark')
    for some in batches(Grade._base_manager.filter(marks__isnull=False).distinct()):
        marks = {grade.pk: [] for grade in some}
        rows = ItemMark._base_manager.filter(grade__in=list(marks)).order_by('grade', 'item__position')
        for grade, fraction, answered, reason in rows.values_list('grade_id', 'fraction', 'answered', 'reason'):
            text = f'{fraction.normalize():f}'
            marks[grade].append({'fraction': text, 'answered': answered, 'reason': reason})
        for grade in some:
            grade.detail = {**grade.detail, 'items': marks[grade.pk]}
        with transaction.atomic():
            Grade._base_manager.bulk_update(some, ['detail'])
            ItemMark._base_manager.filter(grade__in=list(marks)).delete()


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('assessments', '0016_item_marks'),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
    ]

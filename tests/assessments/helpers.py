"""What the tests of services and of pages both do: begin, and fill forms in rightly or wrongly."""

import zipfile

from assessments.content import content_of
from assessments.exporting import export_bank
from assessments.form_keys import issue_key
from assessments.presentation import presentation_of, refilled
from assessments.services import save_response, start
from tests.factories.assessments import RIGHT, assessment_page


def begin(enrolment, assessment, language="fr"):
    return start(enrolment=enrolment, page=assessment_page(assessment), language=language)


def right_fields(item):
    """The posted fields that answer this item rightly."""
    content = content_of([item.revision_id])[item.revision_id]
    return refilled(content, presentation_of(item.attempt, item, content), RIGHT[content.type])


def wrong_fields(item):
    """The posted fields that choose "Non" in a single-choice question of the factories."""
    presentation = presentation_of(item.attempt, item, content_of([item.revision_id])[item.revision_id])
    return {"choice": [next(item["token"] for item in presentation["options"] if item["text"] == "Non")]}


def save(user, attempt, position, raw, key=None, **more):
    return save_response(user=user, attempt_id=attempt.pk, position=position, key=key or issue_key(), raw=raw, **more)


def answer_all(user, attempt, fields=right_fields):
    for item in attempt.items.select_related("attempt"):
        save(user, attempt, item.position, fields(item))


def write_gift(bank, locale) -> str:
    """The questions of a bank as the file that is downloaded holds them."""
    name, content = export_bank(bank, locale)
    if name.endswith(".gift"):
        return content.read().decode()
    with zipfile.ZipFile(content) as archive:
        return archive.read(f"{name.removesuffix('.zip')}.gift").decode()

"""Whatever the network does with the forms of one question, the newest one that arrived counts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.content import content_of
from assessments.form_keys import issue_key
from assessments.models import AttemptItem, Response
from assessments.presentation import presentation_of, refilled
from assessments.selectors import get_items, newest_of
from assessments.services import save_response, submit
from tests.assessments.helpers import begin
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment

ANSWERS = [{}, {"choice": "a"}, {"choice": "b"}]
OPENED = st.tuples(st.just("open"), st.sampled_from(ANSWERS), st.sampled_from([None, True, False]))
ARRIVES = st.tuples(st.just("arrive"), st.integers(0, 5))
STEPS = st.lists(OPENED | ARRIVES, min_size=2, max_size=14)
"""Forms are opened, in tabs and on phones, each filled in its own way; any of them arrives, never, once or often."""


@pytest.fixture
def item(site, learner):
    course = make_course("saisie", lessons=1)
    assessment = make_assessment(course, questions=[make_question("single")])
    return begin(make_enrolment(learner, course), assessment).items.select_related("attempt").get()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_newest_key_that_was_delivered_counts(item, learner, steps):
    Response.objects.all().delete()
    AttemptItem.objects.update(flagged=False)
    content = content_of([item.revision_id])[item.revision_id]
    presentation = presentation_of(item.attempt, item, content)
    forms, newest, flagged = [], -1, []
    for what, *values in steps:
        if what == "open":
            forms.append((issue_key(after=newest_of(item)[1]), *values))
            continue
        if not forms:
            continue
        number = values[0] % len(forms)
        key, answer, flag = forms[number]
        saved = save_response(
            user=learner, attempt_id=item.attempt_id, position=1, key=key, flagged=flag,
            raw=refilled(content, presentation, answer) if answer else {},
        )  # fmt: skip
        assert saved.stale == (number < newest)
        if not saved.stale:
            newest = number
            flagged = [*flagged, flag] if flag is not None else flagged
        assert newest_of(item)[2] == forms[newest][1]
        (row,) = get_items(learner, item.attempt)
        assert (row.newest_answer or {}) == forms[newest][1]
        assert row.flagged == (flagged[-1] if flagged else False)


def test_the_late_form_of_the_report(item, learner):
    """save({}, k1); save(right, k2); save({}, k1) left an empty answer."""
    first, second = issue_key(), issue_key()
    content = content_of([item.revision_id])[item.revision_id]
    right = refilled(content, presentation_of(item.attempt, item, content), {"choice": "a"})
    for key, raw in ((first, {}), (second, right), (first, {})):
        save_response(user=learner, attempt_id=item.attempt_id, position=1, key=key, raw=raw)
    assert newest_of(item)[2] == {"choice": "a"}
    assert submit(attempt=item.attempt).score == 100

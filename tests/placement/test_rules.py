"""What may be written about work and answers, asked without any form, as an API will."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from lms.lib.moments import site_day
from placement import rules


def refused(rule, *values, **named):
    """Names of the fields that the rule refuses."""
    try:
        rule(*values, **named)
    except ValidationError as problems:
        return set(problems.message_dict)
    return set()


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"answer": "interested"}, set()),
        ({"answer": "question"}, {"message"}),
        ({"answer": "refused"}, {"reason"}),
        ({"answer": "refused", "reason": "skills"}, set()),
    ],
)
def test_words_that_an_answer_needs(given, fields):
    assert refused(rules.check_answer, **{"message": "", "reason": "", **given}) == fields


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, set()),
        ({"place": "site"}, {"country"}),
        ({"place": "site", "country": "SN"}, set()),
        ({"pay_min": 200, "pay_max": 100}, {"pay_max"}),
        ({"pay_min": 100, "pay_max": 100}, set()),
    ],
)
def test_an_opportunity(given, fields):
    plain = {"place": "remote", "country": "", "pay_min": None, "pay_max": None}
    assert refused(rules.check_opportunity, **{**plain, **given}) == fields


def test_a_closing_day_is_not_over():
    today = site_day()
    assert refused(rules.check_closing_day, None) == refused(rules.check_closing_day, today) == set()
    assert refused(rules.check_closing_day, today - timedelta(days=1)) == {"closes_on"}


@pytest.mark.parametrize(
    ("chosen", "fields"),
    [
        (["3", "", "4"], set()),
        (["", ""], {"skill_1"}),
        ([], {"skill_1"}),
        (["3", "4", "3", "", "4"], {"skill_3", "skill_5"}),
    ],
)
def test_skills_are_chosen_once(chosen, fields):
    assert refused(rules.check_skills, chosen) == fields


@pytest.mark.parametrize("answer", ["interested", "question", "interview", "refused"])
@pytest.mark.parametrize("message", ["Vous êtes nulle", "Frais de dossier : 5 000 FCFA", "You are useless"])
def test_no_answer_hurts_or_asks_for_money(answer, message):
    assert refused(rules.check_answer, answer=answer, message=message, reason="skills") == {"message"}


def test_an_offer_may_name_an_amount():
    assert rules.findings_of("90 000 FCFA", about_pay=True) == []
    assert [row.subject for row in rules.findings_of("90 000 FCFA")] == ["amount"]

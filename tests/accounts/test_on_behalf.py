"""A programme manager does for a learner what the learner asks for, with a reason that the learner reads."""

import pytest
from django.urls import reverse

from lms.accounts import exports, on_behalf
from lms.accounts.enums import BehalfAct
from lms.accounts.erasing import is_erased
from lms.accounts.models import ActOnBehalf, AuditEvent, DataExport, User
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Consent
from tests.factories.placement import make_candidate, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(site, sign_in, manager):
    return sign_in(manager)


def ask(desk, person, act, reason="Elle l’a demandé au centre.", **more):
    return desk.post(reverse("on_behalf:act", args=[person.pk]), {"act": act, "reason": reason, **more})


def test_every_act_has_somebody_who_does_it():
    assert set(on_behalf.ACTS) == set(BehalfAct)


def test_a_copy_is_for_who_asked(desk, manager, learner, sign_in):
    assert ask(desk, learner, "export").status_code == 302
    export = DataExport.objects.get(about=learner, by=manager)
    assert exports.make(export.pk)
    url = reverse("accounts:data_file", args=[export.pk])
    assert desk.get(url).status_code == 200
    assert url in desk.get(reverse("on_behalf:act", args=[learner.pk])).text
    awa = sign_in(learner)
    assert awa.get(url).status_code == 404
    assert "Elle l’a demandé au centre." in awa.get(reverse("accounts:data")).text
    assert not learner.messages.filter(kind="data-export").exists()


def test_hiding_and_withdrawing(desk):
    person = make_candidate()
    make_referral(person, make_opportunity(), state=S.FORWARDED)
    ask(desk, person.user, "hide")
    assert not CandidateProfile.objects.searchable().exists()
    assert Consent.objects.get().withdrawn_at is None, "a yes stands"
    ask(desk, person.user, "withdraw")
    assert Consent.objects.get().withdrawn_at is not None
    assert list(ActOnBehalf.objects.order_by("pk").values_list("act", flat=True)) == ["hide", "withdraw"]
    told = AuditEvent.objects.filter(verb="act-on-behalf", target=f"accounts.User:{person.user_id}")
    assert list(told.order_by("pk").values_list("fields", flat=True)) == [["hide"], ["withdraw"]]


def test_erasing_wants_the_user_name_once_more(desk, learner):
    for typed in ("", "somebody"):
        assert ask(desk, learner, "erase", confirm=typed).status_code == 422
    assert not ActOnBehalf.objects.exists()
    assert ask(desk, learner, "erase", confirm=learner.username).status_code == 302
    assert is_erased(User.objects.get(pk=learner.pk))
    assert desk.get(reverse("on_behalf:act", args=[learner.pk])).status_code == 404


def test_no_reason_no_act(desk, learner):
    assert ask(desk, learner, "export", reason=" ").status_code == 422
    assert not DataExport.objects.exists()


def test_trainers_and_learners_may_not(site, sign_in, trainer, learner, django_user_model):
    for who in (trainer, learner):
        answer = ask(sign_in(who), learner, "export")
        assert answer.status_code in (302, 403)
    assert not ActOnBehalf.objects.exists()

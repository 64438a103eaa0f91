"""The manager's first page: what waits today; and the page of employers that do not answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from placement.desk import KINDS, tasks_of
from placement.enums import ReferralState as S
from placement.models import Referral
from placement.services import cases
from tests.factories.placement import make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db
HOME, SILENT = "wagtailadmin_home", "placement_silent"


def body(response):
    return response.content.decode()


def sent(days, opportunity=None):
    referral = make_referral(make_candidate(), opportunity or make_opportunity(), state=S.FORWARDED)
    Referral.objects.filter(pk=referral.pk).update(forwarded_at=timezone.now() - timedelta(days=days))
    return referral


def counts(user):
    return {task.url: task.count for task in tasks_of(user, timezone.now())}


class TestToday:
    def test_nothing_waits(self, site, manager, sign_in):
        assert "Rien ne vous attend" in body(sign_in(manager).get(reverse(HOME)))

    def test_each_kind_of_work_with_its_number_and_its_page(self, site, manager, sign_in):
        sent(6), sent(8)
        referral = sent(20)
        cases.report(referral=referral, user=referral.profile.user, text="On me demande 5 000 F.")
        make_employer("Nouvelle", vetting="waiting")
        assert counts(manager) == {
            reverse(SILENT): 2,
            reverse("placement_cases"): 1,
            reverse("wagtailsnippets_placement_employer:list") + "?vetting=waiting": 1,
        }
        desk = sign_in(manager)
        shown = body(desk.get(reverse(HOME)))
        for task in tasks_of(manager, timezone.now()):
            assert task.title in shown
            assert desk.get(task.url).status_code == 200

    def test_only_what_the_reader_may_do(self, site, trainer, sign_in):
        sent(8)
        assert counts(trainer) == {}
        assert "À faire aujourd’hui" not in body(sign_in(trainer).get(reverse(HOME)))

    def test_a_query_for_each_kind(self, manager, django_assert_max_num_queries):
        for _each in range(3):
            sent(9)
        manager.has_perm("placement.view_referral")  # its permissions are read once
        with django_assert_max_num_queries(len(KINDS)):
            assert counts(manager)[reverse(SILENT)] == 3


class TestSilentEmployers:
    def test_the_longest_wait_first_with_whom_to_call(self, site, manager, sign_in):
        short, long = sent(8), sent(30)
        contact = long.opportunity.employer.contacts.get().user
        page = body(sign_in(manager).get(reverse(SILENT)))
        names = [str(referral.profile) for referral in (long, short)]
        assert page.index(names[0]) < page.index(names[1])
        assert f"mailto:{contact.email}" in page
        longer = body(sign_in(manager).get(reverse(SILENT) + "?for=15"))
        assert names[0] in longer
        assert names[1] not in longer

    def test_who_answered_is_not_silent(self, site, manager, sign_in):
        referral = sent(8)
        Referral.objects.filter(pk=referral.pk).update(state=S.INTERESTED)
        assert "Personne n’attend si longtemps" in body(sign_in(manager).get(reverse(SILENT)))

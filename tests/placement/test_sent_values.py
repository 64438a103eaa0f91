"""What was sent with a yes is what the employer goes on seeing: later facts were not agreed to."""

import pytest
from django.urls import reverse

from lms.accounts.models import User
from placement.enums import ReferralState as S
from placement.forms import FactsForm
from placement.models import CandidateProfile, Consent, Referral
from placement.sent_values import DAY, FACTS, fingerprint
from placement.services import profiles
from placement.services.disclosure import of_referral, show_people
from tests.factories.placement import make_candidate, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(employer):
    person = make_candidate(region="SN-ZG", hours_per_week=37)
    User.objects.filter(pk=person.user_id).update(
        full_name="Awa Avant", phone="+221771234567", email="avant@example.org"
    )
    person = CandidateProfile.objects.get(pk=person.pk)
    return make_referral(person, make_opportunity(employer), state=S.FORWARDED, fields=("name", "phone"))


def change(referral: Referral, **facts) -> None:
    """A new number, another name, other hours and languages, and hidden from everybody else."""
    User.objects.filter(pk=referral.profile.user_id).update(
        full_name="Awa Ensuite", phone="+221770000000", email="ensuite@example.org"
    )
    person = CandidateProfile.objects.get(pk=referral.profile_id)
    profiles.update_profile(profile=person, languages={"wo": 6}, **{"hours_per_week": 11, "region": "SN-DK", **facts})


def as_read(referral: Referral) -> Referral:
    return Referral.objects.with_page_data().get(pk=referral.pk)


def test_values_and_fingerprint_are_frozen_with_the_yes(sent):
    given = Consent.objects.get()
    assert given.values["contact"] == {"name": "Awa Avant", "phone": "+221771234567"}
    assert set(given.values["facts"]) == set(FACTS)
    assert given.values["facts"]["hours_per_week"] == 37
    assert given.values_hash == fingerprint(given.values)
    change(sent)
    assert Consent.objects.get().values == given.values


def test_the_referrals_page_shows_what_was_sent(sent, claire):
    change(sent, is_searchable=False)
    seen = of_referral(as_read(sent))
    assert dict(seen.contact) == {"name": "Awa Avant", "phone": "+221771234567"}
    page = claire.get(reverse("placement:referral", args=[sent.pk])).text
    assert "Awa Avant" in page
    for later in ("Awa Ensuite", "77 000 00 00", "ensuite@", "11 h"):
        assert later not in page
    assert "37" in page


def test_the_link_shows_what_was_sent(sent, client, employer):
    from placement.services import link_secrets

    change(sent, is_searchable=False)
    page = client.get(link_secrets.reply_path(sent, employer.contacts.get())).text
    assert "Awa Avant" in page
    assert "Awa Ensuite" not in page
    assert "wolof" not in page.lower()


def test_who_is_hidden_is_shown_as_sent_and_who_may_be_found_as_found(sent, employer):
    change(sent, is_searchable=False)
    (hidden,) = show_people([CandidateProfile.objects.get(pk=sent.profile_id)], employer.pk)
    assert (hidden.hours_per_week, hidden.region, hidden.spoken) == (37, "SN-ZG", {"fr": 3})
    change(sent, is_searchable=True)
    (found,) = show_people([CandidateProfile.objects.get(pk=sent.profile_id)], employer.pk)
    assert (found.hours_per_week, found.spoken) == (11, {"wo": 6})
    assert CandidateProfile.objects.get(pk=sent.profile_id).hours_per_week == 11, "the row itself is not touched"


def test_a_yes_of_an_earlier_version_shows_what_is_there(sent):
    Consent.objects.update(values={}, values_hash="")
    change(sent)
    assert of_referral(as_read(sent)).name == "Awa Ensuite"


def test_every_fact_that_they_are_shown_before_the_yes_is_frozen():
    assert set(FactsForm.base_fields) - {"languages"} >= {*FACTS, DAY}
    assert set(FactsForm._meta.fields or ()) == {*FACTS, DAY}


def test_what_was_not_agreed_to_is_not_in_the_values(sent):
    assert "email" not in Consent.objects.get().values["contact"]
    assert "pay_floor" not in str(Consent.objects.get().values)

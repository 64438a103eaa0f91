import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from lms.accounts.models import AuditEvent
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Consent, Opportunity, Referral
from placement.services import answers, terms_agreed
from placement.services.disclosure import of_referral
from placement.services.sights import record_sights
from placement.sight_enums import SightChannel
from tests.factories.courses import make_course
from tests.factories.placement import (
    facts_of,
    make_candidate,
    make_employer,
    make_opportunity,
    make_referral,
    offer_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
SCRIPT = "<script"


@pytest.fixture
def awa(learner, sign_in):
    learner.phone = "+221770000001"
    learner.save()
    return sign_in(learner)


@pytest.fixture
def proposal(learner):
    return make_referral(make_candidate(learner))


def test_the_list_shows_what_waits_and_loads_one_small_script(awa, proposal):
    page = awa.get(reverse("opportunities:index"))
    assert proposal.opportunity.title in page.content.decode()
    assert page.content.decode().count(SCRIPT) == 1, "what keeps drafts, and nothing else"
    assert page.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("change", [{"state": "closed"}, {"state": "draft"}, {"closes_on": "2026-01-01"}])
def test_no_yes_is_offered_for_what_takes_nobody_any_more(awa, proposal, change):
    """Closing frees some people at once, the others within minutes: their page is true meanwhile."""
    address = reverse("opportunities:detail", args=[proposal.pk])
    assert reverse("opportunities:consent", args=[proposal.pk]) in awa.get(address).content.decode()
    Opportunity.objects.filter(pk=proposal.opportunity_id).update(**change)
    page = awa.get(address).content.decode()
    assert reverse("opportunities:consent", args=[proposal.pk]) not in page
    assert "Cette opportunité est fermée" in page


def test_an_empty_list_says_what_to_do(awa):
    page = awa.get(reverse("opportunities:index")).content.decode()
    assert reverse("courses:my_courses") in page
    assert "seulement les personnes qui ont un certificat" in page  # whatever the profile says
    assert "arrivent quand même ici" not in page


def test_the_proposal_says_what_would_be_sent(awa, proposal):
    page = awa.get(reverse("opportunities:detail", args=[proposal.pk])).content.decode()
    assert "Awa Ndiaye" in page
    assert "+221\xa077\xa0000\xa000\xa001" in page
    assert proposal.opportunity.employer.name in page


def test_yes_with_the_phone_only_when_ticked(awa, proposal):
    awa.post(
        reverse("opportunities:consent", args=[proposal.pk]), {"phone": "on", "seen": terms_agreed.seen_of(proposal)}
    )
    assert Consent.objects.get().fields == ["name", "phone"]
    assert awa.get(reverse("opportunities:detail", args=[proposal.pk])).status_code == 200


def test_yes_twice_is_harmless(awa, proposal):
    for _twice in range(2):
        form = {"seen": terms_agreed.seen_of(proposal)}
        assert awa.post(reverse("opportunities:consent", args=[proposal.pk]), form).status_code == 302
    assert Consent.objects.get().fields == ["name"]


def test_no_sends_nothing(awa, proposal):
    awa.post(reverse("opportunities:decline", args=[proposal.pk]))
    assert Referral.objects.get().state == S.DECLINED
    assert not Consent.objects.exists()


@pytest.mark.parametrize("name", ["detail", "report"])
def test_other_peoples_opportunities_are_not_there(name, proposal, stranger, sign_in):
    assert sign_in(stranger).get(reverse(f"opportunities:{name}", args=[proposal.pk])).status_code == 404


@pytest.mark.parametrize("name", ["consent", "decline", "withdraw", "answer_question", "answer_offer", "report"])
def test_other_peoples_opportunities_cannot_be_touched(name, proposal, stranger, employer_user, sign_in):
    for person in (stranger, employer_user):
        url = reverse(f"opportunities:{name}", args=[proposal.pk])
        answer = sign_in(person).post(url, {"text": "x", "answer": "yes"})
        assert answer.status_code == 404
    assert Referral.objects.get().state == S.PROPOSED


@pytest.mark.parametrize("name", ["index", "profile", "who_saw"])
def test_signed_out_people_are_asked_to_sign_in(client, name):
    assert "login" in client.get(reverse(f"opportunities:{name}")).headers["Location"]


@pytest.mark.parametrize("name", ["consent", "decline", "withdraw"])
def test_a_link_changes_nothing(awa, proposal, name):
    assert awa.get(reverse(f"opportunities:{name}", args=[proposal.pk])).status_code == 405


def test_the_learner_follows_it_and_answers_an_offer_of_work(awa, learner):
    sent = make_referral(make_candidate(learner), state=S.FORWARDED)
    answers.answer(referral=sent, to=S.QUESTION, message="Le matin ?")
    page = awa.get(reverse("opportunities:detail", args=[sent.pk])).content.decode()
    assert "Le matin ?" in page
    empty = awa.post(reverse("opportunities:answer_question", args=[sent.pk]), {"text": ""})
    assert empty.status_code == 422
    awa.post(reverse("opportunities:answer_question", args=[sent.pk]), {"text": "Oui, le matin."})
    sent.refresh_from_db()
    assert sent.state == S.SEEN
    offer_work(sent)
    awa.post(
        reverse("opportunities:answer_offer", args=[sent.pk]), {"answer": "yes", "seen": sent.offers.get().fingerprint}
    )
    sent.refresh_from_db()
    assert sent.state == S.ACCEPTED


def test_a_no_shows_its_reason_and_the_next_course(awa, learner):
    course = make_course("suite", skills=(("dw.data-entry", 3),))
    sent = make_referral(make_candidate(learner), state=S.FORWARDED)
    answers.answer(referral=sent, to=S.REFUSED, message="Il manque un niveau.", reason="level")
    page = awa.get(reverse("opportunities:detail", args=[sent.pk])).content.decode()
    assert "Il manque un niveau." in page
    assert reverse("catalogue:course", args=[course.code]) in page


def test_before_it_is_sent_no_stage_is_shown(awa, proposal):
    assert 'aria-current="step"' not in awa.get(reverse("opportunities:detail", args=[proposal.pk])).content.decode()


PROFILE = {
    "country": "SN", "region": "SN-TH", "hours_per_week": "30", "works_remote": "True",
    "equipment": ["phone", "computer"],
    "connectivity": "3", "pay_currency": "XOF", "language_1": "fr", "language_level_1": "5", "is_searchable": "on",
}  # fmt: skip


def test_the_learner_writes_a_profile_and_is_found(awa, learner):
    profile = make_candidate(learner, searchable=False)
    assert awa.post(reverse("opportunities:profile"), PROFILE).status_code == 302
    profile.refresh_from_db()
    assert (profile.region, profile.hours_per_week, profile.equipment) == ("SN-TH", 30, ["phone", "computer"])
    assert profile.languages.get().level == 5
    assert "lang:fr:5" in facts_of(profile)


@pytest.mark.parametrize("choice", ["", "keep", "stop"])
def test_whoever_hides_says_what_becomes_of_what_was_sent(awa, learner, choice):
    referral = make_referral(make_candidate(learner), state=S.FORWARDED)
    hidden = {name: value for name, value in PROFILE.items() if name != "is_searchable"}
    page = awa.get(reverse("opportunities:profile")).content.decode()
    assert referral.opportunity.employer.name in page
    answer = awa.post(reverse("opportunities:profile"), {**hidden, "sharing": choice})
    assert answer.status_code == (302 if choice else 422)
    assert CandidateProfile.objects.get().is_searchable == (not choice)
    referral = Referral.objects.with_page_data().get()
    assert bool(of_referral(referral).contact) == (choice != "stop")


def test_whoever_has_sent_nothing_is_asked_nothing(awa, learner):
    make_candidate(learner)
    hidden = {name: value for name, value in PROFILE.items() if name != "is_searchable"}
    assert 'name="sharing"' not in awa.get(reverse("opportunities:profile")).content.decode()
    assert awa.post(reverse("opportunities:profile"), hidden).status_code == 302


def test_what_they_typed_is_kept_when_something_is_wrong(awa):
    page = awa.post(reverse("opportunities:profile"), {**PROFILE, "hours_per_week": "200"})
    assert page.status_code == 422
    assert "Thiès" in page.content.decode()
    assert not CandidateProfile.objects.get().is_searchable


def test_the_learner_sees_who_looked(awa, learner):
    profile = make_candidate(learner)
    employer = make_employer("Teranga Voix")
    record_sights(employer_id=employer.pk, seen={profile.pk: ["skills"]}, channel=SightChannel.PROFILE)
    assert "Teranga Voix" in awa.get(reverse("opportunities:who_saw")).content.decode()


def test_a_learner_sends_five_reports_a_day_and_keeps_what_they_typed(awa, proposal, manager):
    url = reverse("opportunities:report", args=[proposal.pk])
    answers = [awa.post(url, {"text": f"On me demande {number} F."}) for number in range(8)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 3
    assert "On me demande 7 F." in answers[-1].text
    assert AuditEvent.objects.filter(verb="report-employer").count() == 5
    assert manager.messages.filter(kind="employer-reported", channel="app").count() == 5


def test_a_report_is_written_down(awa, proposal, manager):
    assert awa.post(reverse("opportunities:report", args=[proposal.pk]), {"text": ""}).status_code == 422
    awa.post(reverse("opportunities:report", args=[proposal.pk]), {"text": "On me demande 5 000 F."})
    assert AuditEvent.objects.filter(verb="report-employer").exists()


def test_queries_do_not_grow_with_the_list(awa, learner, django_assert_num_queries):
    profile = make_candidate(learner)
    make_referral(profile, make_opportunity())
    awa.get(reverse("opportunities:index"))  # the first page of a session writes it
    with CaptureQueriesContext(connection) as few:
        awa.get(reverse("opportunities:index"))
    for _more in range(6):
        make_referral(profile, make_opportunity())
    with django_assert_num_queries(len(few)):
        awa.get(reverse("opportunities:index"))


@pytest.mark.parametrize(("language", "words", "others"), [
    ("fr", "Ordinateur personnel", "Own computer"), ("en", "Own computer", "Ordinateur personnel"),
])  # fmt: skip
def test_choices_speak_the_readers_language(awa, proposal, language, words, others):
    """Not that of whoever opened the first page after the start."""
    with translation.override(language):
        page = awa.get(reverse("opportunities:profile")).content.decode()
    assert words in page
    assert others not in page


@pytest.mark.parametrize("name", ["index", "profile", "who_saw"])
def test_one_link_of_the_menu_says_where_they_are(awa, proposal, name):
    menu = awa.get(reverse(f"opportunities:{name}")).content.decode().partition("</nav>")[0]
    assert menu.count("aria-current") == 1


SENT = {"hours_per_week": "12", "country": "SN", "region": "SN-DK", "works_remote": "True", "works_on_site": "False",
        "connectivity": "3", "equipment": ["computer"], "language_1": "fr", "language_level_1": "4"}  # fmt: skip


def test_the_page_before_the_yes_shows_the_very_values(awa, proposal):
    CandidateProfile.objects.update(hours_per_week=31, connectivity=None)
    page = awa.get(reverse("opportunities:detail", args=[proposal.pk])).content.decode()
    assert "31 h par semaine" in page
    assert "(Saisie de données, " in page
    assert "non précisé" in page
    assert 'name="hours_per_week" value="31"' in page


def test_what_is_corrected_beside_the_yes_is_what_goes(awa, proposal):
    seen = terms_agreed.seen_of(proposal)
    awa.post(reverse("opportunities:consent", args=[proposal.pk]), {**SENT, "phone": "on", "seen": seen})
    profile = CandidateProfile.objects.get()
    assert (profile.hours_per_week, profile.connectivity, profile.works_on_site) == (12, 3, False)
    assert profile.languages.get().level == 4
    assert Consent.objects.get().fields == ["name", "phone"]


def test_looking_again_sends_nothing(awa, proposal):
    awa.post(reverse("opportunities:consent", args=[proposal.pk]), {**SENT, "look": "1"})
    assert CandidateProfile.objects.get().hours_per_week == 12
    assert not Consent.objects.exists()


def test_a_wrong_value_beside_the_yes_is_named_and_nothing_goes(awa, proposal):
    answer = awa.post(reverse("opportunities:consent", args=[proposal.pk]), {**SENT, "hours_per_week": "999"})
    assert answer.status_code == 422
    assert "999" in answer.content.decode()
    assert not Consent.objects.exists()


def test_what_waits_for_a_word_of_theirs_is_listed(awa, learner):
    make_candidate(learner, hours_per_week=None)
    opportunity = make_opportunity()
    page = awa.get(reverse("opportunities:index")).content.decode()
    assert opportunity.title in page
    assert "20 h par semaine" in page
    assert "pas encore indiqué" in page

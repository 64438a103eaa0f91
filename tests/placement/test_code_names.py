"""Each employer knows a person under a code name of its own, and under another one after they hid or withdrew."""

import csv
from collections.abc import Iterable

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from lms.accounts.models import AuditEvent, OutboundMessage
from placement import employer_urls, employer_views
from placement.code_name_words import NAMES
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, CodeName, PersonNote, Referral, Shortlisted
from placement.services import code_names as naming
from placement.services import disclosure, profiles, proposals, referrals
from placement.services.code_names import code_names, person_named
from tests.factories.placement import code_name, make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


def body(response) -> str:
    return response.content.decode()


def names_on(client, names: Iterable[str]) -> set[str]:
    """Which of the names does a search page, the shortlist or its file say?"""
    pages = [client.get(reverse(f"placement:{page}")) for page in ("search", "shortlist", "export_shortlist")]
    text = "".join((b"".join(page.streaming_content) if page.streaming else page.content).decode() for page in pages)
    return {name for name in names if name in text}


def hide_and_show(profile) -> None:
    for is_searchable in (False, True):
        profiles.update_profile(profile=profile, languages={"fr": 4}, is_searchable=is_searchable)


def test_two_employers_have_no_name_in_common(claire, rival, employer):
    people = [make_candidate() for _ in range(12)]
    other = rival_of(rival)
    mine = {code_name(person, employer) for person in people}
    theirs = {code_name(person, other) for person in people}
    assert len(mine) == len(theirs) == 12
    assert mine.isdisjoint(theirs)
    assert names_on(claire, mine | theirs) == mine
    assert names_on(rival, mine | theirs) == theirs
    assert not {person.pseudonym for person in people} & (mine | theirs)


def test_no_employer_calls_somebody_by_the_programmes_name_for_another(employer, monkeypatch):
    """Who hears of Ibis-200 must know which person is meant."""
    person, other = make_candidate(), make_candidate()
    CandidateProfile.objects.filter(pk=other.pk).update(pseudonym="Ibis-200")
    names = iter(["Ibis-200", "Ibis-201"])
    monkeypatch.setattr("placement.services.code_names.new_name", lambda round_number: next(names))
    assert code_name(person, employer) == "Ibis-201"


def rival_of(client):
    from placement.models import Employer

    return Employer.objects.get(contacts__user=client.session["_auth_user_id"])


def test_a_name_is_a_word_and_a_number_and_stays(employer):
    person = make_candidate()
    name = code_name(person, employer)
    word, number = name.split("-")
    assert word in NAMES
    assert number.isdigit()
    assert code_name(person, employer) == name
    assert CodeName.objects.count() == 1


def test_the_same_name_everywhere(claire, employer, employer_user):
    """Search, page, shortlist, file, referral, e-mail."""
    person = make_candidate()
    opportunity = make_opportunity(employer)
    name = code_name(person, employer)
    assert f"<h2>{name}</h2>" in body(claire.get(reverse("placement:search")))
    assert f"<h1>{name}</h1>" in body(claire.get(reverse("placement:profile", args=[name])))
    claire.post(reverse("placement:toggle_shortlist", args=[name]), {"wanted": "1"})
    assert name in body(claire.get(reverse("placement:shortlist")))
    sheet = claire.get(reverse("placement:export_shortlist")).content.decode("utf-8-sig")
    rows = list(csv.reader(sheet.splitlines(), delimiter=";"))
    assert rows[1][0] == name
    page = claire.post(reverse("placement:request_referral", args=[name]), {"opportunity": opportunity.pk}, follow=True)
    assert name in body(page)
    referral = make_referral(person, opportunity, state=S.FORWARDED, fields=())
    assert referral.code_name == name
    assert f"<title>{name} " in body(claire.get(reverse("placement:referral", args=[referral.pk])))
    letter = OutboundMessage.objects.filter(user=employer_user, channel="email").latest("pk")
    assert name in letter.body


def test_after_hiding_every_employer_knows_somebody_else(claire, employer):
    person = make_candidate()
    old, elsewhere = code_name(person, employer), code_name(person, other := make_employer())
    Shortlisted.objects.create(employer=employer, profile=person)
    hide_and_show(person)
    new = code_name(person, employer)
    assert new != old
    assert code_name(person, other) not in {old, elsewhere, new}
    assert names_on(claire, {old, new}) == {new}
    assert not Shortlisted.objects.exists(), "the list would tell the new name by the place of the old one"
    gone = claire.get(reverse("placement:profile", args=[old]))
    assert gone.status_code == 404
    assert "n’est plus disponible" in body(gone)
    assert new not in body(gone)


def test_after_a_withdrawal_only_this_employer_gets_another_name(claire, employer, employer_user):
    person, other = make_candidate(), make_employer()
    opportunity = make_opportunity(employer)
    old, elsewhere = code_name(person, employer), code_name(person, other)
    proposals.request_referral(opportunity=opportunity, profile=person, actor=employer_user)
    referral = make_referral(person, opportunity, state=S.FORWARDED)
    referrals.withdraw(referral=referral, user=person.user)
    new = code_name(person, employer)
    assert new != old
    assert code_name(person, other) == elsewhere
    history = body(claire.get(reverse("placement:referral", args=[referral.pk])))
    assert old in history
    assert new not in history, "the history of the old name leads to the new one"
    assert new not in body(claire.get(reverse("placement:referrals")))
    page = body(claire.get(reverse("placement:profile", args=[new])))
    assert old not in page
    assert reverse("placement:referral", args=[referral.pk]) not in page
    asked = claire.post(reverse("placement:request_referral", args=[new]), {"opportunity": opportunity.pk}, follow=True)
    assert old not in body(asked)
    assert reverse("placement:referral", args=[referral.pk]) not in body(asked)


def test_another_yes_to_the_same_employer_keeps_the_name(employer):
    person = make_candidate()
    first = make_referral(person, make_opportunity(employer), state=S.FORWARDED)
    make_referral(person, make_opportunity(employer), state=S.FORWARDED)
    name = code_name(person, employer)
    referrals.withdraw(referral=first, user=person.user)
    assert code_name(person, employer) == name
    hide_and_show(person)
    assert code_name(person, employer) == name


def test_asked_before_hiding_and_answered_after_it(claire, employer, employer_user):
    """The yes belongs to the name under which they were asked: the two names do not meet in one list."""
    person, opportunity = make_candidate(), make_opportunity(employer)
    old = code_name(person, employer)
    proposals.request_referral(opportunity=opportunity, profile=person, actor=employer_user)
    hide_and_show(person)
    referral = Referral.objects.get(opportunity=opportunity)
    assert referral.code_name == old
    new = code_name(person, employer)
    page = body(claire.get(reverse("placement:profile", args=[new])))
    assert reverse("placement:referral", args=[referral.pk]) not in page


def test_no_name_twice_within_an_employer(employer, monkeypatch):
    drawn = iter(["Ibis-200", "Ibis-200", "Ibis-200", "Rosier-300"])
    monkeypatch.setattr("placement.services.code_names.new_name", lambda round_number: next(drawn))
    one, two = make_candidate(), make_candidate()
    assert code_name(one, employer) == "Ibis-200"
    assert code_name(two, employer) == "Rosier-300"
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeName.objects.create(employer=employer, profile=make_candidate(), name="Ibis-200")


def test_a_name_that_ended_is_given_to_nobody(employer, monkeypatch):
    one, two = make_candidate(), make_candidate()
    old = code_name(one, employer)
    hide_and_show(one)
    drawn = iter([old, "Rosier-300"])
    monkeypatch.setattr("placement.services.code_names.new_name", lambda round_number: next(drawn))
    assert code_name(two, employer) == "Rosier-300"


def test_many_names_cost_few_queries(employer, django_assert_max_num_queries):
    people = [make_candidate() for _ in range(8)]
    with django_assert_max_num_queries(4):
        code_names(employer.pk, [person.pk for person in people])
    with django_assert_max_num_queries(1):
        code_names(employer.pk, [person.pk for person in people])


def test_an_employer_finds_by_code_name_only_its_own(claire, rival, employer):
    person = make_candidate()
    name = code_name(person, employer)
    find = reverse("placement:find")
    typed = f" {name.lower().replace('-', ' ')} "
    assert claire.get(find, {"name": typed}).headers["Location"] == reverse("placement:profile", args=[name])
    missed = rival.get(find, {"name": name}, follow=True)
    assert "Aucune personne de ce nom" in body(missed)
    assert rival.get(reverse("placement:profile", args=[name])).status_code == 404
    assert claire.get(reverse("placement:profile", args=[person.pseudonym])).status_code == 404
    assert "Aucune personne de ce nom" in body(claire.get(find, {"name": person.pseudonym}, follow=True))
    hide_and_show(person)
    assert "n’est plus disponible" in body(claire.get(find, {"name": name}, follow=True))


def test_a_manager_finds_the_person_behind_any_code_name(manager, sign_in, employer):
    person, other = make_candidate(), make_employer("Kerbrat Services")
    old = code_name(person, employer)
    hide_and_show(person)
    desk = sign_in(manager)
    for name in (old, code_name(person, employer), code_name(person, other), person.pseudonym):
        page = body(desk.get(reverse("placement_code_names"), {"name": name.lower()}))
        assert person.user.get_full_name() in page
    assert AuditEvent.objects.filter(actor=manager, verb="look-up-code-name").count() == 4
    page = body(desk.get(reverse("placement_code_names"), {"name": "Personne-1"}))
    assert "Personne ne porte ce nom de code" in page


def test_person_named_knows_what_became_of_a_name(employer):
    person = make_candidate()
    name = code_name(person, employer)
    row = person_named(employer.pk, name)
    assert (row.profile, row.ended_at) == (person, None)
    assert person_named(employer.pk, "Baobab") is None


PATHS = [path.name for path in employer_urls.urlpatterns if "<slug:code_name>" in str(path.pattern) and path.name]


@pytest.mark.parametrize("name", PATHS)
def test_whoever_hides_while_an_employer_writes_about_them_leaves_nothing_there(claire, employer, name, monkeypatch):
    """What is written after they left would tell who the new name is. A new page about a person is tried here too."""
    person, opportunity = make_candidate(), make_opportunity(employer=employer)
    old, real = code_name(person, employer), employer_views.record_people
    colleague = PersonNote.objects.create(employer=employer, profile=person, text="Soigneuse.")

    def hides(**kwargs):
        profiles.update_profile(profile=person, languages={}, is_searchable=False)
        return real(**kwargs)

    monkeypatch.setattr(employer_views, "record_people", hides)
    path = next(path for path in employer_urls.urlpatterns if path.name == name)
    numbers = {"pk": colleague.pk} if "pk" in path.pattern.converters else {}
    form = {"text": "Soigneuse.", "wanted": "1", "opportunity": opportunity.pk}
    answer = claire.post(reverse(f"placement:{name}", kwargs={"code_name": old, **numbers}), form)
    if answer.status_code == 405:
        return  # writes nothing
    for model in (PersonNote, Shortlisted, Referral):
        assert not model.objects.filter(profile=person).exists()
    assert list(CodeName.objects.values_list("name", flat=True)) == [old]


def test_a_page_whose_name_ends_while_it_is_made_shows_no_other_name(claire, employer, monkeypatch):
    person = make_candidate()
    old, real = code_name(person, employer), disclosure.findable_of

    def ends(*args, **kwargs):
        found = real(*args, **kwargs)
        naming.end_names(profile_id=person.pk)
        return found

    monkeypatch.setattr(disclosure, "findable_of", ends)
    answer = claire.get(reverse("placement:profile", args=[old]))
    assert answer.status_code == 404
    new = CodeName.objects.get(ended_at=None).name
    assert new not in answer.content.decode()

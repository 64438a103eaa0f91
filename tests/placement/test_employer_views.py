import csv
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent
from placement.enums import ReferralState as S
from placement.enums import Vetting
from placement.models import Employer, Opportunity, ProfileView, Referral, Shortlisted
from placement.services import referrals
from tests.factories.courses import make_skill
from tests.factories.people import make_user
from tests.factories.placement import ENTRY, make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def body(response):
    return response.content.decode()


class TestSearch:
    url = property(lambda self: reverse("placement:search"))

    def test_cards_carry_code_names_only(self, claire):
        profile = make_candidate()
        page = body(claire.get(self.url))
        assert profile.pseudonym in page
        assert profile.user.full_name not in page
        assert profile.user.username not in page
        assert profile.user.certificates.get().code not in page

    @pytest.mark.parametrize(
        ("query", "is_found"),
        [
            ({}, True),
            ({"skill": f"{ENTRY}:2"}, True),
            ({"skill": f"{ENTRY}:3"}, False),
            ({"lang": "fr:3"}, True),
            ({"lang": "fr:4"}, False),
            ({"hours": "25"}, True),
            ({"hours": "30"}, False),
            ({"country": "SN"}, True),
            ({"country": "CI"}, False),
            ({"region": "dakar"}, True),
            ({"region": "Thiès"}, False),
            ({"equip": "phone"}, True),
            ({"equip": "computer"}, False),
            ({"line": "2"}, True),
            ({"line": "4"}, False),
            ({"place": "remote"}, True),
            ({"skill": "no such; thing"}, False),
            ({"page": "x", "for": "y", "hours": "'"}, False),
        ],
    )
    def test_each_filter_keeps_and_drops(self, claire, query, is_found):
        profile = make_candidate()
        assert (profile.pseudonym in body(claire.get(self.url, query))) is is_found

    def test_hidden_and_revoked_people_are_not_found(self, claire):
        hidden = make_candidate(searchable=False)
        assert hidden.pseudonym not in body(claire.get(self.url))

    def test_an_empty_result_says_what_to_loosen(self, claire):
        make_candidate()
        page = body(claire.get(self.url, {"country": "SN", "hours": "40"}))
        assert '<a class="chip" href="?country=SN">sans ' in page
        assert '<li><a href="?hours=40">' not in page

    @pytest.mark.parametrize(
        ("query", "is_open"),
        [({}, False), ({"country": "SN"}, False), ({"hours": "20"}, True), ({"region": "dakar"}, True),
         ({"equip": "phone"}, True), ({"line": "1"}, True)],
    )  # fmt: skip
    def test_folded_filters_open_when_one_of_them_is_set(self, claire, query, is_open):
        make_candidate()
        folded = body(claire.get(self.url, query)).partition('id="region"')[0]
        assert folded.rpartition("<details")[2].startswith(" open") is is_open

    def test_a_chosen_opening_gives_the_order(self, claire, employer):
        opening = make_opportunity(employer, skills=[(ENTRY, 2, True)])
        weak, strong = make_candidate(skills=[(ENTRY, 1)]), make_candidate(skills=[(ENTRY, 2)])
        page = body(claire.get(self.url, {"for": opening.pk}))
        assert page.index(strong.pseudonym) < page.index(weak.pseudonym)

    def test_another_employers_opening_gives_no_order(self, claire):
        opening = make_opportunity()
        make_candidate()
        assert opening.title not in body(claire.get(self.url, {"for": opening.pk}))

    def test_htmx_gets_the_part_only(self, claire):
        page = body(claire.get(self.url, headers={"HX-Request": "true"}))
        assert page.lstrip().startswith('<div class="split"')
        assert "<html" not in page

    def test_five_and_sixty_people_cost_the_same(self, claire, employer):
        make_opportunity(employer)
        claire.get(self.url)  # the first page of a session writes it
        counts = []
        for number in (5, 55):
            for _one in range(number):
                make_candidate()
            for query in ({}, {"for": employer.opportunities.get().pk}):
                with CaptureQueriesContext(connection) as queries:
                    claire.get(self.url, query)
                counts.append(len(queries))
        assert counts[:2] == counts[2:]
        assert max(counts) <= 22

    def test_pages_hold_twenty(self, claire):
        for _one in range(21):
            make_candidate()
        assert body(claire.get(self.url)).count('class="card person"') == 20
        assert body(claire.get(self.url, {"page": 2})).count('class="card person"') == 1

    def test_the_address_keeps_only_what_was_chosen(self, claire):
        for _one in range(21):
            make_candidate()
        asked = {"skill": ["", f"{ENTRY}:2", ""], "lang": "", "hours": "", "region": ""}
        answer = claire.get(self.url, asked, headers={"HX-Request": "true"})
        assert answer.headers["HX-Push-Url"] == f"{self.url}?skill=dw.data-entry%3A2"
        assert 'href="?skill=dw.data-entry%3A2&amp;page=2"' in body(answer)
        assert claire.get(self.url, {"lang": ""}, headers={"HX-Request": "true"}).headers["HX-Push-Url"] == self.url

    def test_nobody_found_leaves_no_empty_group_and_says_the_region_as_typed(self, claire):
        page = body(claire.get(self.url, {"region": "Île d’Or"}))
        assert "Île d’Or <span" in page
        assert not re.search(r"<fieldset><legend>[^<]*</legend>\s*</fieldset>", page)
        assert 'role="group"' not in page


class TestProfile:
    def test_opening_it_is_written_down_once(self, claire, employer):
        profile = make_candidate()
        for _twice in range(2):
            page = body(claire.get(reverse("placement:profile", args=[profile.pseudonym])))
        assert profile.user.full_name not in page
        assert profile.user.certificates.get().code not in page
        assert ProfileView.objects.get().employer == employer

    def test_no_proof_link_with_an_opening_either(self, claire, employer):
        make_opportunity(employer)
        profile = make_candidate()
        page = body(claire.get(reverse("placement:profile", args=[profile.pseudonym])))
        assert "/verify/" not in page.split("<main")[1].split("</main>")[0]

    def test_a_hidden_person_is_not_there(self, claire):
        profile = make_candidate(searchable=False)
        assert claire.get(reverse("placement:profile", args=[profile.pseudonym])).status_code == 404

    def test_asking_for_an_introduction(self, claire, employer):
        profile, opening = make_candidate(), make_opportunity(employer)
        url = reverse("placement:introduce", args=[profile.pseudonym])
        claire.post(url, {"opportunity": opening.pk})
        referral = Referral.objects.get()
        assert (referral.state, referral.asked_by_employer) == (S.SUGGESTED, True)
        assert profile.user.full_name not in body(claire.get(reverse("placement:referral", args=[referral.pk])))

    def test_asking_for_another_employers_opening(self, claire):
        profile, opening = make_candidate(), make_opportunity()
        url = reverse("placement:introduce", args=[profile.pseudonym])
        assert claire.post(url, {"opportunity": opening.pk}).status_code == 404
        assert claire.post(url, {"opportunity": "x"}).status_code == 404


class TestShortlist:
    def test_add_export_and_take_off(self, claire, employer):
        profile = make_candidate(region=" =HYPERLINK()")
        url = reverse("placement:toggle_shortlist", args=[profile.pseudonym])
        claire.post(url, {"wanted": "1"})
        sheet = claire.get(reverse("placement:export_shortlist"))
        rows = list(csv.reader(body(sheet).lstrip("\ufeff").splitlines(), delimiter=";"))
        assert rows[1][0] == profile.pseudonym
        assert rows[1][1].startswith("'")
        assert profile.user.full_name not in body(sheet)
        assert AuditEvent.objects.filter(verb="export-shortlist").exists()
        claire.post(url, {"wanted": "0"})
        assert not Shortlisted.objects.exists()

    def test_the_count_beside_the_results_follows(self, claire):
        url = reverse("placement:toggle_shortlist", args=[make_candidate().pseudonym])
        for page, is_told in ((reverse("placement:search"), True), (reverse("placement:shortlist"), False)):
            headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
            answer = body(claire.post(url, {"wanted": "1"}, headers=headers))
            assert ("hx-swap-oob" in answer) == is_told
            assert ("(1)" in answer) == is_told

    def test_the_card_under_the_drawer_follows(self, claire):
        person = make_candidate().pseudonym
        url = reverse("placement:toggle_shortlist", args=[person])
        drawer = body(claire.get(reverse("placement:profile", args=[person]), headers={"HX-Request": "true"}))
        assert 'name="drawer"' in drawer
        assert f'id="keep-{person}"' not in drawer
        for data, forms in (({"drawer": "1"}, 2), ({}, 1)):
            answer = body(claire.post(url, {"wanted": "1", **data}, headers={"HX-Request": "true"}))
            assert answer.count("<form") == forms
            assert answer.count(f'id="keep-{person}"') == 1
            assert answer.count("hx-swap-oob") == forms - 1

    def test_it_never_leads_off_the_site(self, claire):
        url = reverse("placement:toggle_shortlist", args=[make_candidate().pseudonym])
        answer = claire.post(url, {"wanted": "1", "next": "https://evil.example/"})
        assert answer.headers["Location"] == reverse("placement:shortlist")

    def test_each_employer_has_its_own(self, claire, rival):
        profile = make_candidate()
        claire.post(reverse("placement:toggle_shortlist", args=[profile.pseudonym]), {"wanted": "1"})
        assert profile.pseudonym not in body(rival.get(reverse("placement:shortlist")))

    def test_who_hides_leaves_the_list_and_the_sheet(self, claire):
        profile = make_candidate()
        claire.post(reverse("placement:toggle_shortlist", args=[profile.pseudonym]), {"wanted": "1"})
        profile.tokens.all().delete()
        assert profile.pseudonym not in body(claire.get(reverse("placement:shortlist")))
        assert profile.pseudonym not in body(claire.get(reverse("placement:export_shortlist")))


OPENING = {
    "title": "Saisie de factures", "kind": "job", "place": "remote", "hours_per_week": "20", "seats": "2",
    "pay_currency": "XOF", "pay_period": "month", "connectivity": "2", "language_1": "fr", "language_level_1": "3",
    "skill_level_1": "2", "skill_essential_1": "on",
}  # fmt: skip


class TestOpenings:
    def test_an_empty_form_chooses_nothing_for_the_employer(self, claire):
        page = body(claire.get(reverse("placement:new_opportunity")))
        assert "---------" not in page
        assert not re.search(r'name="skill_essential_\d"[^>]*checked', page)

    def test_a_country_outside_the_list_survives_an_edit(self, claire, employer):
        row = make_opportunity(employer, country="US", place="on-site")
        url = reverse("placement:edit_opportunity", args=[row.pk])
        assert '<option value="US" selected>' in body(claire.get(url))
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "place": "on-site", "country": "US"}
        assert claire.post(url, data).status_code == 302
        row.refresh_from_db()
        assert row.country == "US"

    def test_write_and_open(self, claire, employer):
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "open": "1"}
        answer = claire.post(reverse("placement:new_opportunity"), data)
        opening = Opportunity.objects.get()
        assert answer.headers["Location"] == reverse("placement:opportunity", args=[opening.pk])
        assert (opening.employer, opening.state, opening.title) == (employer, "open", "Saisie de factures")
        assert opening.skills.get().level == 2
        assert opening.languages.get().language == "fr"

    @pytest.mark.parametrize(
        "wrong",
        [{"title": ""}, {"skill_1": ""}, {"pay_min": "9", "pay_max": "3"}, {"place": "on-site"}, {"seats": "-1"}],
    )
    def test_mistakes_are_said_and_typed_text_kept(self, claire, wrong):
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "description": "Relire trois fois", **wrong}
        page = claire.post(reverse("placement:new_opportunity"), data)
        assert page.status_code == 422
        assert "Relire trois fois" in body(page)
        assert not Opportunity.objects.exists()

    def test_change_close_and_see_who_fits(self, claire, employer):
        opening, profile = make_opportunity(employer), make_candidate()
        page = body(claire.get(reverse("placement:opportunity", args=[opening.pk])))
        assert profile.pseudonym in page
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "title": "Autre titre"}
        claire.post(reverse("placement:edit_opportunity", args=[opening.pk]), data)
        claire.post(reverse("placement:opportunity_state", args=[opening.pk]), {"state": "closed"})
        opening.refresh_from_db()
        assert (opening.titles["fr"], opening.titles["en"], opening.state) == ("Autre titre", "Invoice entry", "closed")
        assert opening.title in body(claire.get(reverse("placement:opportunities")))

    @pytest.mark.parametrize("field", ["seats", "hours_per_week"])
    def test_a_number_out_of_range_is_said_at_its_field(self, claire, field):
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, field: "0"}
        page = claire.post(reverse("placement:new_opportunity"), data)
        assert page.status_code == 422
        assert f'href="#id_{field}"' in body(page)
        assert "opportunity_h" not in body(page)  # the name of a constraint of the database

    def test_a_last_day_that_is_past_is_said(self, claire, employer):
        yesterday = timezone.localdate() - timedelta(days=1)
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "closes_on": yesterday.isoformat()}
        assert claire.post(reverse("placement:new_opportunity"), data).status_code == 422
        row = make_opportunity(employer, state="closed", closes_on=yesterday)
        edit = reverse("placement:edit_opportunity", args=[row.pk])
        assert claire.post(edit, data).status_code == 302  # an old opening keeps its day
        assert claire.post(edit, {**data, "open": "1"}).status_code == 422
        claire.post(reverse("placement:opportunity_state", args=[row.pk]), {"state": "open"})
        row.refresh_from_db()
        assert row.state == "closed"

    def test_its_people_are_links_and_ending_it_is_a_second_step(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        page = body(claire.get(reverse("placement:opportunity", args=[referral.opportunity_id])))
        assert f'<a href="{reverse("placement:referral", args=[referral.pk])}">' in page
        assert page.index("<details") < page.index('value="closed"') < page.index("</details>")


class TestReferrals:
    def test_the_inbox_and_the_page_show_what_was_agreed(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        name = referral.profile.user.full_name
        assert name in body(claire.get(reverse("placement:referrals")))
        page = body(claire.get(reverse("placement:referral", args=[referral.pk])))
        assert name in page
        assert referral.profile.user.certificates.get().code in page
        assert Referral.objects.get().state == S.SEEN

    def test_after_withdrawal_nothing_personal_is_left(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        referrals.withdraw(referral=referral, user=referral.profile.user)
        for url in (reverse("placement:referrals"), reverse("placement:referral", args=[referral.pk])):
            page = body(claire.get(url))
            assert referral.profile.pseudonym in page
            assert referral.profile.user.full_name not in page
            assert referral.profile.user.certificates.get().code not in page

    def test_a_proposal_that_nobody_asked_for_is_not_there(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer))
        assert claire.get(reverse("placement:referral", args=[referral.pk])).status_code == 404

    def test_answer_in_the_page_and_without_a_script(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        url = reverse("placement:answer", args=[referral.pk])
        wrong = claire.post(url, {"answer": "offer", "message": ""}, headers={"HX-Request": "true"})
        assert wrong.status_code == 422
        part = claire.post(url, {"answer": "offer", "message": "90 000 FCFA"}, headers={"HX-Request": "true"})
        assert 'id="referral"' in body(part)
        assert "<html" not in body(part)
        assert Referral.objects.get().state == S.OFFER
        assert claire.post(url, {"answer": "question", "message": "?"}).status_code == 302
        assert Referral.objects.get().state == S.OFFER

    def test_a_no_needs_a_reason(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        assert claire.post(reverse("placement:answer", args=[referral.pk]), {"answer": "refused"}).status_code == 422
        assert Referral.objects.get().state == S.FORWARDED

    def test_queries_do_not_grow_with_the_inbox(self, claire, employer, django_assert_num_queries):
        opening = make_opportunity(employer)
        make_referral(opportunity=opening, state=S.FORWARDED)
        claire.get(reverse("placement:referrals"))
        with CaptureQueriesContext(connection) as few:
            claire.get(reverse("placement:referrals"))
        for _more in range(6):
            make_referral(opportunity=opening, state=S.FORWARDED)
        with django_assert_num_queries(len(few)):
            claire.get(reverse("placement:referrals"))


@pytest.mark.parametrize("name", ["opportunities", "shortlist"])
def test_queries_of_a_list_do_not_grow_with_its_rows(claire, employer, name):
    counts = []
    for more in (2, 6):
        for _one in range(more):
            make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
            Shortlisted.objects.create(employer=employer, profile=make_candidate())
        claire.get(reverse(f"placement:{name}"))
        with CaptureQueriesContext(connection) as queries:
            claire.get(reverse(f"placement:{name}"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestRefusals:
    @pytest.mark.parametrize(
        ("method", "name"),
        [("get", "opportunity"), ("get", "edit_opportunity"), ("post", "edit_opportunity"),
         ("post", "opportunity_state"), ("get", "referral"), ("post", "answer"), ("post", "started")],
    )  # fmt: skip
    def test_another_employers_rows_are_not_there(self, rival, employer, method, name):
        opening = make_opportunity(employer)
        referral = make_referral(opportunity=opening, state=S.FORWARDED)
        key = opening.pk if "opportunity" in name else referral.pk
        answer = getattr(rival, method)(reverse(f"placement:{name}", args=[key]), {"state": "closed", "answer": "x"})
        assert answer.status_code == 404
        opening.refresh_from_db()
        assert opening.state == "open"

    PAGES = ("search", "shortlist", "export_shortlist", "opportunities", "new_opportunity", "referrals")

    @pytest.mark.parametrize("name", PAGES)
    def test_learners_trainers_and_managers_have_no_such_page(self, name, learner, trainer, manager, sign_in):
        for person in (learner, trainer, manager):
            assert sign_in(person).get(reverse(f"placement:{name}")).status_code == 404

    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("vetting", [Vetting.WAITING, Vetting.SUSPENDED])
    def test_employers_that_are_not_checked_are_told_so(self, name, vetting, sign_in):
        user = make_employer(vetting=vetting).contacts.get().user
        answer = sign_in(user).get(reverse(f"placement:{name}"))
        assert answer.headers["Location"] == reverse("placement:home")
        assert sign_in(user).get(reverse("placement:home")).status_code == 200

    @pytest.mark.parametrize("name", PAGES)
    def test_signed_out_people_sign_in_first(self, client, name):
        assert "login" in client.get(reverse(f"placement:{name}")).headers["Location"]

    def test_an_employer_account_without_an_employer_sees_nothing(self, sign_in):
        lonely = make_user("seul", Role.EMPLOYER)
        assert sign_in(lonely).get(reverse("placement:search")).status_code == 404


class TestJoining:
    FORM = {
        "name": "Teranga Voix", "country": "SN", "contact_name": "Claire Morel",
        "contact_email": "claire@example.org", "pledge": "on",
    }  # fmt: skip

    def test_a_request_waits_for_the_manager(self, client, manager):
        client.post(reverse("placement:home"), self.FORM)
        employer = Employer.objects.get()
        assert (employer.vetting, employer.contact_email) == (Vetting.WAITING, "claire@example.org")
        assert employer.no_fee_pledge_at
        assert manager.messages.filter(kind="employer-asked").exists()

    @pytest.mark.parametrize("missing", ["name", "pledge", "contact_email"])
    def test_what_is_missing_is_said(self, client, missing):
        page = client.post(reverse("placement:home"), {**self.FORM, missing: ""})
        assert page.status_code == 422
        assert "Claire Morel" in body(page)
        assert not Employer.objects.exists()

    def test_few_people_are_not_counted_in_public(self, client):
        make_candidate()
        assert "can be found today" not in body(client.get("/en/employers/"))


@pytest.mark.parametrize("pay", [10_000, 90_000])
def test_her_pay_floor_cannot_be_guessed_from_what_an_employer_sees(claire, employer, pay):
    """The same page whether the pay is under or over what she asks for: nothing to learn by editing it."""
    asking = make_candidate(pay_floor=50_000)
    opportunity = make_opportunity(employer, pay_min=pay, pay_max=pay, pay_period="month")
    url = reverse("placement:profile", args=[asking.pseudonym])
    with_floor = body(claire.get(url, {"for": opportunity.pk}))
    type(asking).objects.update(pay_floor=None)
    without = body(claire.get(url, {"for": opportunity.pk}))
    assert TOKEN.sub("", without) == TOKEN.sub("", with_floor)

import csv
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent
from placement.employer_views import REQUESTS_PER_NETWORK
from placement.enums import ReferralState as S
from placement.enums import Vetting
from placement.models import Employer, Referral, SearchEntry, Shortlisted, Sight
from placement.services.indexing import take_out
from tests.factories.people import make_user
from tests.factories.placement import ENTRY, code_name, make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def body(response):
    return response.content.decode()


class TestSearch:
    url = property(lambda self: reverse("placement:search"))

    def test_cards_carry_code_names_only(self, claire):
        profile = make_candidate()
        page = body(claire.get(self.url))
        assert code_name(profile) in page
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
        assert (code_name(profile) in body(claire.get(self.url, query))) is is_found

    def test_hidden_and_revoked_people_are_not_found(self, claire):
        hidden = make_candidate(searchable=False)
        assert code_name(hidden) not in body(claire.get(self.url))

    def test_an_empty_result_says_what_to_loosen(self, claire):
        make_candidate()
        page = body(claire.get(self.url, {"country": "SN", "hours": "40"}))
        assert '<a class="chip" href="?country=SN">sans ' in page
        assert '<li><a href="?hours=40">' not in page

    @pytest.mark.parametrize(
        ("query", "is_open"),
        [({}, False), ({"country": "SN"}, False), ({"hours": "20"}, True), ({"region": "SN-DK"}, False),
         ({"equip": "phone"}, True), ({"line": "1"}, True)],
    )  # fmt: skip
    def test_folded_filters_open_when_one_of_them_is_set(self, claire, query, is_open):
        make_candidate()
        folded = body(claire.get(self.url, query)).partition('id="f-hours')[0]
        assert folded.rpartition("<details")[2].startswith(' id="more-conditions" open') is is_open

    def test_a_chosen_opportunity_gives_the_order(self, claire, employer):
        opportunity = make_opportunity(employer, skills=[(ENTRY, 2, True)])
        weak, strong = make_candidate(skills=[(ENTRY, 1)]), make_candidate(skills=[(ENTRY, 2)])
        page = body(claire.get(self.url, {"for": opportunity.pk}))
        assert page.index(code_name(strong)) < page.index(code_name(weak))

    def test_another_employers_opportunity_gives_no_order(self, claire):
        opportunity = make_opportunity()
        make_candidate()
        assert opportunity.title not in body(claire.get(self.url, {"for": opportunity.pk}))

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
                claire.get(self.url, query)  # whom they see for the first time is written down
                with CaptureQueriesContext(connection) as queries:
                    claire.get(self.url, query)
                counts.append(len(queries))
        assert counts[:2] == counts[2:]
        assert max(counts) <= 28

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

    @pytest.mark.parametrize("query", ["line=²", "hours=²", "hours=٣", "lang=fr:²", "skill=:", "line=" + "9" * 60])
    def test_a_number_that_is_none_is_held_by_nobody(self, claire, query):
        assert claire.get(f"{self.url}?{query}").status_code == 200

    def test_nobody_found_leaves_no_empty_group_and_says_the_region_as_typed(self, claire):
        page = body(claire.get(self.url, {"region": "Île d’Or"}))
        assert "Île d’Or <span" in page
        assert not re.search(r"<fieldset><legend>[^<]*</legend>\s*</fieldset>", page)
        assert 'role="group"' not in page


class TestProfile:
    def test_opening_it_is_written_down_once(self, claire, employer):
        profile = make_candidate()
        for _twice in range(2):
            page = body(claire.get(reverse("placement:profile", args=[code_name(profile)])))
        assert profile.user.full_name not in page
        assert profile.user.certificates.get().code not in page
        assert Sight.objects.get(channel="profile").employer == employer

    def test_no_proof_link_with_an_opportunity_either(self, claire, employer):
        make_opportunity(employer)
        profile = make_candidate()
        page = body(claire.get(reverse("placement:profile", args=[code_name(profile)])))
        assert "/verify/" not in page.split("<main")[1].split("</main>")[0]

    def test_a_hidden_person_is_not_there(self, claire):
        profile = make_candidate(searchable=False)
        assert claire.get(reverse("placement:profile", args=[code_name(profile)])).status_code == 404

    def test_asking_for_a_referral(self, claire, employer):
        profile, opportunity = make_candidate(), make_opportunity(employer)
        url = reverse("placement:request_referral", args=[code_name(profile)])
        claire.post(url, {"opportunity": opportunity.pk})
        referral = Referral.objects.get()
        assert (referral.state, referral.asked_by_employer) == (S.PROPOSED, True)
        assert profile.user.full_name not in body(claire.get(reverse("placement:referral", args=[referral.pk])))

    def test_asking_for_another_employers_opening(self, claire):
        profile, opportunity = make_candidate(), make_opportunity()
        url = reverse("placement:request_referral", args=[code_name(profile)])
        assert claire.post(url, {"opportunity": opportunity.pk}).status_code == 404
        assert claire.post(url, {"opportunity": "x"}).status_code == 404


class TestShortlist:
    def test_add_export_and_take_off(self, claire, employer):
        profile = make_candidate(country="=HYPERLINK()"[:2])
        url = reverse("placement:toggle_shortlist", args=[code_name(profile)])
        claire.post(url, {"wanted": "1"})
        sheet = claire.get(reverse("placement:export_shortlist"))
        rows = list(csv.reader(body(sheet).lstrip("\ufeff").splitlines(), delimiter=";"))
        assert rows[1][0] == code_name(profile)
        assert rows[1][1].startswith("'")
        assert profile.user.full_name not in body(sheet)
        assert AuditEvent.objects.filter(verb="export-shortlist").exists()
        claire.post(url, {"wanted": "0"})
        assert not Shortlisted.objects.exists()

    def test_the_count_beside_the_results_follows(self, claire):
        url = reverse("placement:toggle_shortlist", args=[code_name(make_candidate())])
        for page, is_told in ((reverse("placement:search"), True), (reverse("placement:shortlist"), False)):
            headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
            answer = body(claire.post(url, {"wanted": "1"}, headers=headers))
            assert ("hx-swap-oob" in answer) == is_told
            assert ("(1)" in answer) == is_told

    def test_the_card_under_the_drawer_follows(self, claire):
        person = code_name(make_candidate())
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
        url = reverse("placement:toggle_shortlist", args=[code_name(make_candidate())])
        answer = claire.post(url, {"wanted": "1", "next": "https://evil.example/"})
        assert answer.headers["Location"] == reverse("placement:shortlist")

    def test_each_employer_has_its_own(self, claire, rival):
        profile = make_candidate()
        claire.post(reverse("placement:toggle_shortlist", args=[code_name(profile)]), {"wanted": "1"})
        assert code_name(profile) not in body(rival.get(reverse("placement:shortlist")))

    def test_who_hides_leaves_the_list_and_the_sheet(self, claire):
        profile = make_candidate()
        claire.post(reverse("placement:toggle_shortlist", args=[code_name(profile)]), {"wanted": "1"})
        assert "(1)" in body(claire.get(reverse("placement:search")))
        take_out(SearchEntry.objects.filter(pk=profile.pk))
        assert "(0)" in body(claire.get(reverse("placement:search")))
        assert code_name(profile) not in body(claire.get(reverse("placement:shortlist")))
        assert code_name(profile) not in body(claire.get(reverse("placement:export_shortlist")))


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
        opportunity = make_opportunity(employer)
        referral = make_referral(opportunity=opportunity, state=S.FORWARDED)
        key = opportunity.pk if "opportunity" in name else referral.pk
        answer = getattr(rival, method)(reverse(f"placement:{name}", args=[key]), {"state": "closed", "answer": "x"})
        assert answer.status_code == 404
        opportunity.refresh_from_db()
        assert opportunity.state == "open"

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
    def test_what_is_missing_is_reported(self, client, missing):
        page = client.post(reverse("placement:home"), {**self.FORM, missing: ""})
        assert page.status_code == 422
        assert "Claire Morel" in body(page)
        assert not Employer.objects.exists()

    @pytest.mark.parametrize(
        ("field", "typed"),
        [("contact_email", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 30}.org"),
         ("website", f"https://example.org/{'x' * 200}"), ("contact_name", "Claire \u202eleroM")],
    )  # fmt: skip
    def test_what_no_row_can_hold_is_reported_at_its_field(self, client, field, typed):
        page = client.post(reverse("placement:home"), {**self.FORM, field: typed})
        assert page.status_code == 422
        assert field in page.context["form"].errors

    def test_addresses_that_somebody_invents_do_not_fill_the_list(self, client):
        for place in range(REQUESTS_PER_NETWORK + 1):
            page = client.post(reverse("placement:home"), {**self.FORM, "contact_email": f"c{place}@example.org"})
        assert (page.status_code, Employer.objects.count()) == (422, REQUESTS_PER_NETWORK)
        assert "Claire Morel" in body(page)
        assert page.context["form"].non_field_errors()

    def test_few_people_are_not_counted_in_public(self, client):
        make_candidate()
        assert "can be found today" not in body(client.get("/en/employers/"))


@pytest.mark.parametrize("pay", [10_000, 90_000])
def test_their_pay_floor_cannot_be_guessed_from_what_an_employer_sees(claire, employer, pay):
    """The same page whether the pay is under or over what they ask for: nothing to learn by editing it."""
    asking = make_candidate(pay_floor=50_000)
    opportunity = make_opportunity(employer, pay_min=pay, pay_max=pay, pay_period="month")
    url = reverse("placement:profile", args=[code_name(asking)])
    with_floor = body(claire.get(url, {"for": opportunity.pk}))
    type(asking).objects.update(pay_floor=None)
    without = body(claire.get(url, {"for": opportunity.pk}))
    assert TOKEN.sub("", without) == TOKEN.sub("", with_floor)

"""A learner's certificates, their PDF, and the check that anybody can make."""

import pytest
from django.core.cache import caches

from certificates import services
from certificates.codes import format_code, new_code
from certificates.models import Certificate
from lms.lib.leases import MAX_TRIES
from tests.factories.certificates import make_certificate

pytestmark = pytest.mark.pages


@pytest.fixture
def certificate(learner, monkeypatch) -> Certificate:
    monkeypatch.setattr("certificates.pdf.render_pdf", lambda words: b"%PDF-1.7 words")
    made = make_certificate(learner)
    services.generate_pdf(certificate_id=made.pk)
    made.refresh_from_db()
    return made


class TestMine:
    def test_it_lists_their_own_with_code_and_download(self, sign_in, learner, certificate):
        page = sign_in(learner).get("/fr/certificates/")
        assert format_code(certificate.code) in page.text
        assert f"/fr/certificates/{certificate.code}.pdf" in page.text
        assert page["Cache-Control"] == "private, no-store"

    def test_the_link_to_share_is_shown_without_its_scheme(self, sign_in, learner, certificate):
        page = sign_in(learner).get("/fr/certificates/")
        address = certificate.public_url.removeprefix("http://").removeprefix("https://")
        assert f'<a href="{certificate.public_url}">{address}</a>' in page.text.replace("<wbr>", "")

    def test_a_pdf_in_the_making_says_so(self, sign_in, learner):
        make_certificate(learner)
        page = sign_in(learner).get("/en/certificates/")
        assert "being generated" in page.text

    def test_a_pdf_that_was_given_up_promises_nothing_and_says_what_to_do(self, sign_in, learner):
        certificate = make_certificate(learner)
        Certificate.objects.filter(pk=certificate.pk).update(tries=MAX_TRIES)
        page = sign_in(learner).get("/fr/certificates/")
        assert "centre de formation" in page.text
        assert "dans quelques minutes" not in page.text
        assert format_code(certificate.code) in page.text
        assert ".pdf" not in page.text

    def test_nothing_yet_leads_to_their_courses(self, sign_in, learner):
        assert "/fr/learn/" in sign_in(learner).get("/fr/certificates/").text

    def test_a_revoked_one_says_why_and_offers_no_pdf(self, sign_in, learner, manager, certificate):
        services.revoke(certificate=certificate, reason="Nom faux", by=manager)
        page = sign_in(learner).get("/fr/certificates/")
        assert "Nom faux" in page.text
        assert ".pdf" not in page.text

    def test_strangers_sign_in_first(self, client, db):
        assert client.get("/fr/certificates/").status_code == 302

    def test_the_number_of_queries_does_not_grow(self, sign_in, learner, django_assert_num_queries):
        client = sign_in(learner)
        for code in ("a", "b", "c", "d", "e", "f"):
            make_certificate(learner, code)
        client.get("/fr/certificates/")
        with django_assert_num_queries(6):  # three of them for the next step
            client.get("/fr/certificates/")


class TestDownload:
    def test_the_learner_gets_their_file(self, sign_in, learner, certificate):
        response = sign_in(learner).get(f"/fr/certificates/{certificate.code}.pdf")
        assert b"".join(response.streaming_content) == b"%PDF-1.7 words"
        assert response["Content-Type"] == "application/pdf"
        assert "attachment" in response["Content-Disposition"]
        assert response["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("person", ["stranger", "trainer", "employer_user", "manager"])
    def test_nobody_else_does(self, request, sign_in, person, certificate):
        other = request.getfixturevalue(person)
        assert sign_in(other).get(f"/fr/certificates/{certificate.code}.pdf").status_code == 404


class TestCheck:
    def test_the_qr_opens_the_register(self, client, certificate):
        page = client.get(f"/v/{certificate.code}")
        assert page.status_code == 200
        assert "Awa Ndiaye" in page.text
        assert "authentique" in page.text
        assert page["X-Robots-Tag"] == "noindex"

    def test_a_typed_code_is_forgiving(self, client, certificate):
        typed = format_code(certificate.code).lower().replace("-", " ")
        page = client.get("/en/verify/", {"code": typed}, follow=True)
        assert "genuine and valid" in page.text

    def test_a_revoked_certificate_says_so_and_why(self, client, manager, certificate):
        services.revoke(certificate=certificate, reason="Nom faux", by=manager)
        page = client.get(f"/fr/verify/{certificate.code}/")
        assert "Nom faux" in page.text
        assert "authentique et valable" not in page.text

    def test_a_well_formed_code_of_nobody_may_be_false(self, client, db):
        page = client.get("/en/verify/", {"code": new_code()})
        assert page.status_code == 404
        assert "It may be a fake" in page.text

    def test_a_typing_mistake_is_told_apart_and_kept(self, client, certificate):
        page = client.get("/en/verify/", {"code": "7K3M-C9X"})
        assert page.status_code == 404
        assert 'value="7K3M-C9X"' in page.text
        assert "16 characters" in page.text

    @pytest.mark.parametrize("code", ["<script>", "%00", "A" * 65, "é" * 10])
    def test_rubbish_is_refused_quietly(self, client, db, code):
        assert client.get(f"/v/{code}").status_code == 404

    def test_guessing_is_slowed_down_but_real_codes_still_answer(self, client, certificate):
        caches["shared"].clear()
        answers = [client.get(f"/v/{new_code()}").status_code for _ in range(61)]
        assert answers[:60] == [404] * 60
        assert answers[60] == 429
        assert client.get(f"/v/{certificate.code}").status_code == 200

    def test_typing_mistakes_are_no_guesses(self, client, certificate):
        caches["shared"].clear()
        mistyped = certificate.code[:-1]
        assert {client.get(f"/v/{mistyped}").status_code for _ in range(61)} == {404}
        assert client.get(f"/v/{new_code()}").status_code == 404

    def test_it_costs_three_queries(self, client, certificate, django_assert_num_queries):
        with django_assert_num_queries(3):
            client.get(f"/v/{certificate.code}")


class TestRevoke:
    def test_a_manager_withdraws_with_a_reason(self, site, sign_in, manager, certificate):
        client = sign_in(manager)
        url = f"/cms/certificates/{certificate.pk}/revoke/"
        assert client.get(url).status_code == 200
        assert client.post(url, {"reason": ""}).status_code == 200
        assert client.post(url, {"reason": "Nom faux"}).status_code == 302
        certificate.refresh_from_db()
        assert certificate.revoked_by == manager

    @pytest.mark.parametrize("person", ["learner", "trainer", "employer_user"])
    def test_others_may_not(self, request, site, sign_in, person, certificate):
        url = f"/cms/certificates/{certificate.pk}/revoke/"
        response = sign_in(request.getfixturevalue(person)).post(url, {"reason": "Nom faux"})
        assert response.status_code in (302, 403, 404)
        certificate.refresh_from_db()
        assert certificate.revoked_at is None

    def test_the_register_is_read_only(self, site, sign_in, manager, certificate):
        client = sign_in(manager)
        page = client.get("/cms/snippets/certificates/certificate/")
        assert page.status_code == 200
        assert "Awa Ndiaye" in page.text
        assert client.get("/cms/snippets/certificates/certificate/add/").status_code in (302, 403)


class TestDrawAgain:
    @pytest.fixture
    def given_up(self, learner) -> Certificate:
        made = make_certificate(learner)
        Certificate.objects.filter(pk=made.pk).update(tries=MAX_TRIES, last_error="OSError: disk full")
        return made

    def test_a_manager_finds_it_reads_why_and_has_it_generated(self, site, sign_in, manager, given_up, monkeypatch):
        monkeypatch.setattr("certificates.pdf.render_pdf", lambda words: b"%PDF-1.7 words")
        client = sign_in(manager)
        url = f"/cms/certificates/{given_up.pk}/generate-again/"
        assert url in client.get("/cms/snippets/certificates/certificate/?pdf=given-up").text
        assert "disk full" in client.get(url).text
        assert client.post(url).status_code == 302
        assert services.generate_pdf(certificate_id=given_up.pk)
        assert url not in client.get("/cms/snippets/certificates/certificate/").text

    def test_the_filter_leaves_out_what_has_its_pdf(self, site, sign_in, manager, certificate):
        assert "Awa Ndiaye" not in sign_in(manager).get("/cms/snippets/certificates/certificate/?pdf=given-up").text

    @pytest.mark.parametrize("person", ["learner", "trainer", "employer_user"])
    def test_others_may_not(self, request, site, sign_in, person, given_up):
        sign_in(request.getfixturevalue(person)).post(f"/cms/certificates/{given_up.pk}/generate-again/")
        given_up.refresh_from_db()
        assert given_up.tries == MAX_TRIES

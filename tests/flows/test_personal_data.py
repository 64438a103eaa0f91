"""A copy of everything about one person: every table that the privacy data map names is in it, or says why not."""

import io
import json
import zipfile
from itertools import count

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone, translation

from lms.accounts import exports
from lms.accounts.column_words import WORDS
from lms.accounts.models import AuditEvent, DataExport, OutboundMessage, User
from lms.accounts.personal_data import NOT_GIVEN, TABLES, rows_of
from lms.accounts.services import record
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.models import ThreadMessage
from placement.services import threads
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_opportunity, make_referral
from tests.test_privacy_map import PERSONAL

numbers = count()
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def archive(user: User) -> tuple[dict, str, list[str]]:
    with translation.override("fr"), zipfile.ZipFile(io.BytesIO(exports.archive(user))) as file:
        assert file.testzip() is None
        data = json.loads(file.read("data.json"))
        return data["tables"], file.read("index.html").decode(), file.namelist()


@pytest.fixture
def person(db):
    return make_user(f"own-{next(numbers)}")


class TestLaw:
    def test_every_table_with_personal_data_is_given_or_says_why_not(self):
        """A new one: ``register`` in the app's ``personal_data``, or ``register_not_given`` with a reason."""
        known = set(TABLES) | set(NOT_GIVEN)
        assert (PERSONAL & MODELS.keys()) - known == set(), "nobody said whether people are given it"
        assert known - PERSONAL == set(), "no personal data, or not in docs/privacy-data-map.md"
        assert set(TABLES) & set(NOT_GIVEN) == set()
        assert all(len(reason) > 20 for reason in NOT_GIVEN.values())

    @pytest.mark.parametrize("label", list(TABLES))
    def test_every_column_is_given_or_kept_back(self, label):
        table = TABLES[label]
        columns = {field.name for field in table.model._meta.concrete_fields}
        named = [*table.columns, *table.kept_back]
        assert set(named) == columns, f"{set(named) ^ columns}: say whether people are given it"
        assert len(named) == len(set(named))

    def test_every_column_has_a_word(self):
        used = {name for table in TABLES.values() for name in (*table.columns, *table.extras)}
        assert used | {"verb", "by_you", "at", "fields", "role"} == set(WORDS)

    def test_no_column_names_another_person(self):
        to_people = [
            f"{label}.{name}"
            for label, table in TABLES.items()
            for name in table.columns
            if getattr(table.model._meta.get_field(name), "related_model", None) is User
        ]
        assert to_people == []

    @pytest.mark.django_db
    @pytest.mark.parametrize("label", list(TABLES))
    def test_the_way_to_the_person_is_one(self, label):
        assert list(rows_of(TABLES[label], make_user(f"own-{next(numbers)}"))) == [] or label == "accounts.User"


@pytest.mark.django_db
class TestContent:
    def test_it_holds_a_whole_story_and_nobody_else(self, world):
        """The learner of the world: courses, tests, certificates, placement, talks."""
        user = world.learner
        mine = threads.write(referral=world.hired, by=ActorKind.LEARNER, text="MARQUE à moi", key="a")
        theirs = threads.write(referral=world.hired, by=ActorKind.EMPLOYER, actor=world.employer_user,
                               text="MARQUE à vous", key="b")  # fmt: skip
        held = threads.write(referral=world.hired, by=ActorKind.EMPLOYER, actor=world.employer_user,
                             text="MARQUE retenue", key="c")  # fmt: skip
        ThreadMessage._base_manager.filter(pk=held.pk).update(for_learner=False)
        assert mine.pk != theirs.pk
        certificate = user.certificates.first()
        stored = storages["private"].save("certificates/x.pdf", ContentFile(b"%PDF-1.7 x"))
        type(certificate)._base_manager.filter(pk=certificate.pk).update(pdf=stored, pdf_sha256="7c3b3a1f1b1a3c5d")
        record(actor=world.manager, verb="look-up-code-name", target=world.profile)
        tables, page, _names = archive(user)
        for label in ("courses.Enrolment", "assessments.Attempt", "assessments.Response", "certificates.Certificate",
                      "placement.CandidateProfile", "placement.Referral", "placement.Consent", "placement.Offer",
                      "placement.ThreadMessage", "placement.Outcome", "accounts.OutboundMessage"):  # fmt: skip
            assert tables[label], label
        for text in (user.full_name, user.username, certificate.code, "MARQUE à moi", "MARQUE à vous"):
            assert text in page + json.dumps(tables, ensure_ascii=False)
        assert "MARQUE retenue" not in page
        assert any(row["verb"] == "look-up-code-name" and not row["by_you"] for row in tables["accounts.AuditEvent"])
        others = User.objects.exclude(pk=user.pk).exclude(full_name="")
        known = json.dumps({k: v for k, v in tables.items() if k != "accounts.OutboundMessage"}, ensure_ascii=False)
        assert [each.full_name for each in others if each.full_name in known] == []
        assert [each.username for each in others if f'"{each.username}"' in known] == []

    def test_secrets_are_not_in_it(self, site):
        user = make_user(f"own-{next(numbers)}", phone="+221771234567")
        OutboundMessage.objects.create(key="k", user=user, channel="sms", kind="sign-in-code", body="MARQUE 123456",
                                       language="fr")  # fmt: skip
        tables, page, _names = archive(user)
        assert user.password not in page + json.dumps(tables)
        assert "MARQUE" not in page
        assert "+221771234567" in page

    def test_hostile_text_is_shown_as_text(self, site):
        user = make_user(f"own-{next(numbers)}", full_name="<script>alert(1)</script>")
        assert "<script" not in archive(user)[1]

    def test_the_certificates_come_as_files(self, site, monkeypatch):
        person = make_candidate()
        certificate = person.user.certificates.get()
        type(certificate)._base_manager.update(pdf="certificates/x.pdf")
        monkeypatch.setattr("certificates.personal_data.intact_pdf", lambda row: b"%PDF-1.7 x")
        assert f"certificates/passerelle-{certificate.printed_code}.pdf" in archive(person.user)[2]

    def test_the_opportunity_is_told_by_its_title(self, site):
        referral = make_referral(state=S.FORWARDED, opportunity=make_opportunity(titles={"fr": "Relecture"}))
        tables, page, _names = archive(referral.profile.user)
        assert "Relecture" in page
        assert tables["placement.Referral"][0]["state"] == S.FORWARDED


@pytest.mark.django_db
class TestAsking:
    def test_asked_made_found_again_downloaded_and_gone(
        self, sign_in, person, site, django_capture_on_commit_callbacks
    ):
        awa = sign_in(person)
        url = reverse("accounts:data")
        assert "Préparer une copie" in awa.get(url).text
        awa.post(url)
        awa.post(url)
        export = DataExport.objects.get(about=person)
        file = reverse("accounts:data_file", args=[export.pk])
        assert "en préparation" in awa.get(url).text
        assert awa.get(file).status_code == 404
        assert exports.make(export.pk)
        assert not exports.make(export.pk)
        page = awa.get(url).text
        assert file in page
        got = awa.get(file)
        assert "attachment" in got.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(b"".join(got.streaming_content))) as packed:
            assert {"data.json", "index.html", "style.css"} <= set(packed.namelist())
            assert 'lang="fr"' in packed.read("index.html").decode()
        assert person.messages.filter(kind="data-export", channel="app").count() == 1
        assert AuditEvent.objects.filter(verb="export-data", actor=person).count() == 1
        DataExport.objects.update(asked_at=timezone.now() - exports.KEPT)
        assert awa.get(file).status_code == 404
        assert storages["private"].exists(export.path)
        with django_capture_on_commit_callbacks(execute=True):
            assert exports.purge(timezone.now()) == 1
        assert not storages["private"].exists(export.path)

    def test_nobody_else_gets_it(self, sign_in, person):
        export = exports.ask(about=person, by=person)
        assert exports.make(export.pk)
        for other in (make_user(f"own-{next(numbers)}", "manager"), make_user(f"own-{next(numbers)}")):
            assert sign_in(other).get(reverse("accounts:data_file", args=[export.pk])).status_code == 404

    def test_three_a_day(self, person):
        for _number in range(exports.MOST_A_DAY):
            assert exports.make(exports.ask(about=person, by=person).pk)
        with pytest.raises(exports.AskedOftenError):
            exports.ask(about=person, by=person)

    def test_a_failure_is_tried_again_later(self, person, monkeypatch):
        export = exports.ask(about=person, by=person)
        monkeypatch.setattr(exports, "archive", lambda user: 1 / 0)
        assert not exports.make(export.pk)
        export.refresh_from_db()
        assert (export.last_error, export.made_at, export.lease_until) == ("ZeroDivisionError", None, None)

    def test_a_file_that_a_dead_worker_left_is_replaced(self, person):
        export = exports.ask(about=person, by=person)
        storages["private"].save(export.path, ContentFile(b"half"))
        assert exports.make(export.pk)
        with storages["private"].open(export.path) as file:
            assert zipfile.is_zipfile(file)

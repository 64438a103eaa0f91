"""Two accounts of one person become one, and are taken apart again: nothing is lost on the way there or back."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assessments.models import Attempt
from certificates import services as certificates
from certificates.models import Certificate
from courses.models import Cohort, CohortMember, Course, Enrolment, StepProgress
from lms.accounts import directory, merge_advice, merge_rules, merging
from lms.accounts.backends import AccountBackend
from lms.accounts.enums import MergeOutcome, Role, UndoOutcome
from lms.accounts.imports import make_plan
from lms.accounts.merge_rules import RELATIONS, MergeRefusedError
from lms.accounts.models import (
    AccountMerge,
    AuditEvent,
    ConsentRecord,
    MergedRow,
    OutboundMessage,
    SeparatePeople,
    SignInCard,
    User,
)
from lms.accounts.visibility import visible_to
from lms.lib import sweeps
from placement.enums import ReferralState
from placement.models import CandidateProfile, Consent, Referral, Shortlisted
from placement.services.profiles import ensure_profile
from tests.factories.assessments import make_assessment
from tests.factories.people import PASSWORD, make_user
from tests.factories.placement import give_certificate, make_candidate, make_employer, make_opportunity, make_referral
from tests.factories.runs import import_learners

pytestmark = pytest.mark.django_db

NOT_COMPARED = {"accounts.AccountMerge", "accounts.MergedRow", "accounts.AuditEvent", "accounts.Heartbeat",
                "sessions.Session", "lms.FailedRow"}  # fmt: skip
"""What a merge writes about itself."""
DERIVED = {"placement.SearchEntry": {"changed"}, "placement.CandidateProfile": {"indexed_at"}}


def snapshot() -> Counter[str]:
    """Every row of every table, as text."""
    found: Counter[str] = Counter()
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if label in NOT_COMPARED or model._meta.proxy or not model._meta.managed:
            continue
        for data in serializers.serialize("python", model._base_manager.all()):
            for name in DERIVED.get(label, ()):
                data.pop(name, None)
                data["fields"].pop(name, None)
            found[json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True, default=str)] += 1
    return found


# --- the registry


def named(model: Any, field: Any) -> str:
    return f"{model._meta.label}.{field.name}"


def pointing_at(target: type) -> set[str]:
    return {
        named(field.model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and not field.many_to_many and field.related_model is target
    }


def test_every_relation_to_a_person_says_how_it_moves():
    """A new foreign key to a person: say in the app's ``merging.py`` what becomes of it."""
    assert pointing_at(User) - set(RELATIONS) == set()


def test_what_hangs_on_a_row_that_may_be_joined_says_it_too():
    for relation in list(RELATIONS.values()):
        if relation.combine:
            assert pointing_at(relation.model) - set(RELATIONS) == set()


def test_no_relation_is_named_that_is_not_there():
    joined = {each.model for each in RELATIONS.values() if each.combine}
    known = set.union(pointing_at(User), *(pointing_at(model) for model in joined))
    assert set(RELATIONS) - known == set()


def test_tables_that_services_lock_are_locked_by_a_merge_too():
    assert [merge_rules.paths(apps.get_model(label)) for label in ("courses.Enrolment", "assessments.Attempt")] == [
        ["user"], ["enrolment__user"],
    ]  # fmt: skip


# --- a pair with everything

KINDS = [
    "phone", "email", "same course", "own course", "completed", "steps", "attempt", "open attempt", "certificate",
    "group", "own group", "consent", "message", "profile", "referral", "shortlist", "card",
]  # fmt: skip
SEEN = timezone.now() - timedelta(days=40)


def shared() -> dict[str, Any]:
    course = Course.objects.create(code=f"c{uuid4().hex[:8]}", titles={"fr": "Saisie"}, hours=3)
    return {
        "course": course, "group": Cohort.objects.create(name="Groupe"), "employer": make_employer(),
        "assessment": make_assessment(code=f"a{uuid4().hex[:8]}"), "step": uuid4(),
    }  # fmt: skip


def enrolment_of(user: User, course: Course) -> Enrolment:
    return Enrolment.objects.get_or_create(user=user, course=course)[0]


def add_attempt(user: User, world: dict[str, Any], *, is_open: bool) -> None:
    enrolment = enrolment_of(user, world["course"])
    number = enrolment.attempts.filter(assessment=world["assessment"]).count() + 1
    ended = {} if is_open else {"submitted_at": SEEN, "score": 70, "passed": True}
    Attempt.objects.create(
        enrolment=enrolment, assessment=world["assessment"], step_key=world["step"], number=number, seed=1,
        language="fr", **ended,
    )  # fmt: skip


def populate(user: User, kinds: set[str], world: dict[str, Any]) -> None:
    number = user.pk % 1000
    if "phone" in kinds:
        user.phone, user.phone_verified_at = f"+22177{user.pk:07d}", SEEN
    if "email" in kinds:
        user.email = f"p{user.pk}@example.org"
    user.last_login = SEEN
    user.save()
    if kinds & {"same course", "completed", "steps"}:
        enrolment = enrolment_of(user, world["course"])
        if "steps" in kinds:
            StepProgress.objects.create(enrolment=enrolment, step_key=world["step"], kind="lesson")
            StepProgress.objects.create(enrolment=enrolment, step_key=uuid4(), kind="lesson")
        if "completed" in kinds:
            Enrolment.objects.filter(pk=enrolment.pk).update(completed_at=SEEN + timedelta(hours=number))
            if "certificate" in kinds:
                certificates.issue(enrolment_id=enrolment.pk)
    if "own course" in kinds:
        give_certificate(user)
    if "attempt" in kinds:
        add_attempt(user, world, is_open=False)
        add_attempt(user, world, is_open=False)
    if "open attempt" in kinds:
        add_attempt(user, world, is_open=True)
    if "group" in kinds:
        CohortMember.objects.create(cohort=world["group"], user=user)
    if "own group" in kinds:
        CohortMember.objects.create(cohort=Cohort.objects.create(name="Autre"), user=user)
    if "consent" in kinds:
        ConsentRecord.objects.create(user=user, purpose="account", wording="2026-11")
    if "message" in kinds:
        OutboundMessage.objects.create(
            key=uuid4().hex, user=user, channel="app", kind="news", language="fr", body=".", sent_at=SEEN
        )
    if "profile" in kinds:
        ensure_profile(user=user).languages.get_or_create(language="fr", defaults={"level": 3})
    if "referral" in kinds:
        make_referral(make_candidate(user), make_opportunity(world["employer"]), state=ReferralState.CONSENTED)
    if "shortlist" in kinds:
        Shortlisted.objects.create(employer=world["employer"], profile=ensure_profile(user=user), added_by=None)
    if "card" in kinds:
        SignInCard.objects.create(user=user, secret_hash=uuid4().hex, expires_at=timezone.now())


def pair(kept_kinds: set[str], merged_kinds: set[str]) -> tuple[User, User, User, dict[str, Any]]:
    world, mark = shared(), uuid4().hex[:6]
    kept = make_user(f"awa.{mark}", full_name="Awa N’Diaye")
    merged = make_user(f"ndiaye.{mark}", full_name="NDIAYE Awa")
    populate(kept, kept_kinds, world)
    populate(merged, merged_kinds, world)
    return kept, merged, make_user(f"fatou.{mark}", Role.MANAGER), world


@given(kept=st.sets(st.sampled_from(KINDS)), merged=st.sets(st.sampled_from(KINDS)))
@settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_undoing_brings_back_every_row(kept, merged):
    with transaction.atomic():
        stays, goes, by, _world = pair(kept, merged)
        for user in (stays, goes):  # derived rows, as the sweep leaves them
            merge_rules.AFTERWARDS[0](user)
        before = snapshot()
        row = merging.merge(kept=stays, merged=goes, by=by)
        assert count_of(before) == count_of(snapshot())  # nothing is deleted
        assert merging.undo(merge=row, by=by) == []
        after = snapshot()
        assert (before - after, after - before) == (Counter(), Counter())
        transaction.set_rollback(True)


def count_of(rows: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, count in rows.items():
        model = json.loads(text)["model"]
        if model != "placement.candidatetoken":
            found[model] += count
    return found


def test_what_both_hold_comes_together():
    kept, merged, by, world = pair(set(KINDS) - {"referral"}, set(KINDS))
    row = merging.merge(kept=kept, merged=merged, by=by)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert not merged.is_active
    assert merged.merged_into == kept
    enrolment = kept.enrolments.get(course=world["course"])
    assert list(enrolment.attempts.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert enrolment.steps.count() == 3  # one was done twice
    assert Certificate.objects.filter(user=merged).count() == 0
    assert kept.certificates.filter(course=world["course"]).count() == 2
    assert Consent.objects.get().user == kept
    assert Referral.objects.get().profile.user == kept
    assert kept.consents.count() == 2
    assert visible_to(by).filter(pk=merged.pk).count() == 0
    left = {line.model for line in row.rows.filter(outcome=MergeOutcome.APART)}
    assert left == {"courses.Enrolment", "courses.StepProgress", "courses.CohortMember", "assessments.Attempt",
                    "certificates.Certificate", "placement.CandidateProfile", "placement.CandidateLanguage",
                    "placement.Shortlisted"}  # fmt: skip
    assert AuditEvent.objects.filter(verb="merge-accounts", actor=by).count() == 2


def test_the_certificate_follows_a_course_that_only_one_completed():
    kept, merged, by, _world = pair({"same course"}, {"completed", "certificate"})
    certificate = Certificate.objects.get()
    printed = (certificate.code, certificate.holder_name)
    merging.merge(kept=kept, merged=merged, by=by)
    certificate.refresh_from_db()
    assert certificate.enrolment == kept.enrolments.get()
    assert (certificate.code, certificate.holder_name, certificate.user) == (*printed, kept)
    assert certificate.enrolment.completed_at is not None
    assert not certificates.completed_without_certificate().exists()  # no second one is issued
    assert certificates.find_certificate(certificate.code) == certificate


def test_it_takes_over_the_number_that_it_lacks():
    kept, merged, by, _world = pair({"email"}, {"phone", "email"})
    number, address = merged.phone, kept.email
    merging.merge(kept=kept, merged=merged, by=by)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.phone, kept.phone_verified_at, kept.email) == (number, SEEN, address)
    assert (merged.phone, merged.email != "") == (None, True)


def test_the_old_user_name_and_number_lead_to_the_account_that_stays(rf):
    kept, merged, by, _world = pair({"phone"}, {"phone"})
    kept.set_password("4826")
    kept.save()
    merging.merge(kept=kept, merged=merged, by=by)
    sign_in = AccountBackend().authenticate
    assert sign_in(None, username=merged.username, password="4826") == kept
    assert sign_in(None, phone=merged.phone, password="4826") == kept
    assert sign_in(None, username=merged.username, password=PASSWORD) is None
    answer = Client().post("/fr/accounts/login/", {"login": merged.username, "password": PASSWORD})
    assert kept.username in answer.content.decode()
    answer = Client().post("/fr/accounts/login/", {"login": merged.username, "password": "autre chose"})
    assert kept.username not in answer.content.decode()


def test_a_list_of_learners_leads_to_the_account_that_stays():
    """With the number, or the name, of the account that was merged away: no second account, and nothing refused."""
    kept, merged, by, _world = pair({"phone"}, {"phone"})
    User.objects.filter(pk=merged.pk).update(full_name="Awa Diop")
    User.objects.filter(pk__in=[kept.pk, merged.pk]).update(created_by=by)
    number = User.objects.get(pk=merged.pk).phone
    merging.merge(kept=kept, merged=merged, by=by)
    Cohort.objects.create(name="Thiès")
    run = import_learners(f"Nom complet;Téléphone;Groupe\nAwa Diop;{number};Thiès\nDIOP Awa;;Thiès", by)
    assert (run.left_out, list(run.rows.values_list("outcome", "user"))) == (0, [("known", kept.pk)] * 2)
    assert CohortMember.objects.get().user == kept
    plan = make_plan([["Nom complet", "Téléphone"], ["Awa Diop", "+221770000123"]], by)
    assert [row.possible_duplicates for row in plan.rows] == [[kept]], (
        "another number under the old name: shown before it is made"
    )


def test_a_number_that_nobody_proved_captures_no_import():
    """Who signed up with another's number, and was merged, does not get what is meant for its owner."""
    kept, merged, by, _world = pair({"phone"}, {"phone"})
    User.objects.filter(pk=merged.pk).update(created_by=None, phone_verified_at=None)
    User.objects.filter(pk=kept.pk).update(created_by=by)
    number = merged.phone
    merging.merge(kept=kept, merged=User.objects.get(pk=merged.pk), by=by)
    run = import_learners(f"Nom complet;Téléphone\nKhady Sow;{number}", by)
    assert run.rows.get().outcome == "created"
    assert User.objects.get(phone=number).full_name == "Khady Sow"


def test_the_old_name_and_number_are_found_wherever_somebody_is_named():
    kept, merged, by, _world = pair({"phone"}, {"phone"})
    User.objects.filter(pk=merged.pk).update(full_name="Khady Diop", created_by=by)
    merging.merge(kept=kept, merged=User.objects.get(pk=merged.pk), by=by)
    mine = visible_to(by)
    for text in (merged.username, merged.phone, "diop khady"):
        assert directory.find_person(mine, text) == kept
        assert list(mine.filter(directory.people_matching(text))) == [kept]
    assert directory.find_person(mine, "Khady") is None


# --- two people of one name


def test_two_people_of_one_name_are_marked_so_and_taken_back(sign_in, manager):
    one, two, three = (make_user(f"awa{n}", full_name=name) for n, name in enumerate(["Awa Sow", "SOW Awa", "Awa Sów"]))
    client, address = sign_in(manager), "/cms/merges/duplicates/"
    assert client.get(address).content.decode().count("awa1") == 1
    compare = f"/cms/merges/of/{one.pk}/{two.pk}/"
    assert "separate/" in client.get(compare).content.decode()
    for pair_ in ((one, two), (one, three), (three, two), (two, one)):
        client.post(f"/cms/merges/of/{pair_[0].pk}/{pair_[1].pk}/separate/")
        page = client.get(address).content.decode()
        assert "awa0, awa1" in page
    assert SeparatePeople.objects.count() == 3, "either way round is the same two"
    assert "/of/" not in page, "each two of them were said to be others: the name is not listed"
    assert any("deux personnes" in each.text for each in merge_advice.warnings(one, two))
    assert "separate/" not in client.get(compare).content.decode()
    row = SeparatePeople.objects.get(first=one, second=two)
    client.post(f"/cms/merges/separate/{row.pk}/take-back/")
    page = client.get(address).content.decode()
    assert f"/of/{one.pk}/{two.pk}/" in page
    assert f"/of/{one.pk}/{three.pk}/" not in page
    verbs = Counter(AuditEvent.objects.filter(actor=manager).values_list("verb", flat=True))
    assert (verbs["say-separate"], verbs["take-back-separate"]) == (6, 2)


def test_a_new_account_of_the_name_is_listed_again(sign_in, manager):
    one, two = (make_user(f"awa{n}", full_name="Awa Sow") for n in range(2))
    merging.separate(one=two, other=one, by=manager)
    assert "/of/" not in sign_in(manager).get("/cms/merges/duplicates/").content.decode()
    make_user("awa.new", full_name="Sow, Awa")
    assert "/of/" in sign_in(manager).get("/cms/merges/duplicates/").content.decode()
    with pytest.raises(MergeRefusedError):
        merging.separate(one=one, other=one, by=manager)


def test_its_sessions_end(sign_in):
    kept, merged, by, _world = pair(set(), set())
    client = sign_in(merged)
    assert client.get("/fr/learn/").status_code == 200
    merging.merge(kept=kept, merged=merged, by=by)
    assert client.get("/fr/learn/").status_code == 302


def test_what_changed_since_is_left_and_reported():
    kept, merged, by, _world = pair(set(), {"phone", "own group"})
    number = merged.phone
    row = merging.merge(kept=kept, merged=merged, by=by)
    User.objects.filter(pk=kept.pk).update(phone="+221770009999")
    CohortMember.objects.filter(user=kept).delete()
    make_user("autre", phone=number)
    left = {line.model: line.undone for line in merging.undo(merge=row, by=by)}
    assert left["courses.CohortMember"] == UndoOutcome.GONE
    assert left["accounts.User"] in {UndoOutcome.CHANGED, UndoOutcome.TAKEN}
    kept.refresh_from_db()
    assert kept.phone == "+221770009999"
    merged.refresh_from_db()
    assert (merged.is_active, merged.merged_into) == (True, None)


def test_an_account_is_open_after_an_undo_in_which_its_number_was_taken():
    kept, merged, by, _world = pair(set(), {"phone"})
    number = merged.phone
    row = merging.merge(kept=kept, merged=merged, by=by)
    User.objects.filter(pk=kept.pk).update(phone=None)
    make_user("autre", phone=number)
    line = MergedRow.objects.get(merge=row, model="accounts.User", key=str(merged.pk))
    line.before = dict(sorted(line.before.items()))  # PostgreSQL keeps keys in an order of its own
    line.save()
    merging.undo(merge=row, by=by)
    merged.refresh_from_db()
    assert (merged.is_active, merged.merged_into, merged.phone) == (True, None, None)


def test_merges_are_undone_in_the_order_backwards():
    one, two, by, _world = pair({"phone"}, {"email"})
    three = make_user("trois", full_name="Awa Ndiaye")
    first = merging.merge(kept=two, merged=one, by=by)
    second = merging.merge(kept=three, merged=two, by=by)
    one.refresh_from_db()
    assert one.in_use == three
    with pytest.raises(MergeRefusedError):
        merging.undo(merge=first, by=by)
    assert merging.undo(merge=second, by=by) == []
    assert merging.undo(merge=first, by=by) == []
    with pytest.raises(MergeRefusedError):
        merging.undo(merge=first, by=by)


def test_after_its_time_the_personal_data_goes_and_the_records_stay():
    kept, merged, by, _world = pair({"phone", "email"}, {"phone", "email", "own course", "card"})
    name, number = merged.full_name, merged.phone
    row = merging.merge(kept=kept, merged=merged, by=by)
    assert sweeps.run(merging.CLOSE) == 0
    AccountMerge.objects.filter(pk=row.pk).update(undo_until=timezone.now() - timedelta(seconds=1))
    assert sweeps.run(merging.CLOSE) == 1
    merged.refresh_from_db()
    assert (merged.full_name, merged.phone, merged.email, merged.cards.count()) == ("", None, "", 0)
    ledger = json.dumps(list(MergedRow.objects.filter(merge=row).values_list("before", "after")), default=str)
    assert name not in ledger
    assert number not in ledger
    assert kept.certificates.count() == 1
    row.refresh_from_db()
    with pytest.raises(MergeRefusedError):
        merging.undo(merge=row, by=by)
    assert sweeps.run(merging.CLOSE) == 0


KEPT_FOR_THE_RECORD = {  # tables in which words of the person may stand after the closing, and why
    "accounts.OutboundMessage",  # what was sent to them: it went to the account that stays
    "certificates.Certificate",  # the name that was printed
    "accounts.User",  # the other accounts; the closed one is looked at by itself
}  # fmt: skip


def test_no_table_keeps_personal_data_of_the_closed_account():
    """Every table of every app and library is read: a new one that copies a name or a number is found here."""
    kept, merged, by, _world = pair({"phone", "email"}, set(KINDS))
    secret = {"name": "Zzébulon Qwxyz", "user": f"zzebulon.{merged.pk}", "mail": f"zz{merged.pk}@zz.example"}
    merged.full_name, merged.username, merged.email = secret["name"], secret["user"], secret["mail"]
    merged.phone_typed, number = "77-99 88 77", merged.phone[4:]
    merged.save()
    EmailAddress.objects.create(user=merged, email=secret["mail"], verified=True, primary=True)
    Authenticator.objects.create(user=merged, type="totp", data={"secret": secret["user"]})
    SeparatePeople.objects.create(first=min(merged, by, key=id_of), second=max(merged, by, key=id_of), by=by)
    row = merging.merge(kept=kept, merged=merged, by=by)
    AccountMerge.objects.filter(pk=row.pk).update(undo_until=timezone.now() - timedelta(seconds=1))
    assert sweeps.run(merging.CLOSE) == 1
    found = [
        f"{model._meta.label} {data['pk']}: {word}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in KEPT_FOR_THE_RECORD
        for data in serializers.serialize("python", model._base_manager.all())
        for word in (*secret.values(), number, "77-99 88 77")
        if word in json.dumps(data, cls=DjangoJSONEncoder, default=str, ensure_ascii=False)
    ]
    assert found == []
    (closed,) = serializers.serialize("python", User.objects.filter(pk=merged.pk))
    text = json.dumps(closed, cls=DjangoJSONEncoder, default=str, ensure_ascii=False)
    assert [word for word in (*secret.values(), number, "77-99 88 77", "zzebulon") if word in text] == []


SAMPLES: dict[str, Any] = {  # columns of a person that tell of them, each with something to erase
    "username": "zzebulon", "full_name": "Zzébulon Qwxyz", "phone": "+221779988776", "phone_verified_at": SEEN,
    "phone_typed": "77-99 88 77", "email": "zz@zz.example", "country": "SN", "time_zone": "Africa/Dakar",
    "data_saver": "on", "bundle_price": 500, "bundle_megabytes": 1500,
}  # fmt: skip
WRITTEN_ANEW = {"password", "name_key", "username_key", "sort_key"}  # by ``set_unusable_password``, by ``write_keys``
STAYS_CLOSED = {
    "id": "the records name it",
    "is_active": "the account is closed", "merged_into": "the account in use",
    "role": "decides which rules its records follow", "is_staff": "never of a learner",
    "is_superuser": "never of a learner", "is_demo": "demo content is taken away by it",
    "created_by": "who vouched for it", "date_joined": "when records began", "last_login": "when records ended",
    "language": "of two values, and its messages are written in it", "sms_stopped": "of a number that is gone",
    "must_change_pin": "of a PIN that is gone", "session_epoch": "how often its sessions were ended",
}  # fmt: skip
"""Columns of a person that the closing leaves as they are, and why they tell nothing of the person."""


def test_a_closed_account_is_erased_column_by_column():
    """A new column of a person: erase it in ``erase_closed_account``, or say above why it may stay."""
    columns = {each.name for each in User._meta.concrete_fields}
    assert SAMPLES.keys() | WRITTEN_ANEW | STAYS_CLOSED.keys() == columns
    assert len(SAMPLES) + len(WRITTEN_ANEW) + len(STAYS_CLOSED) == len(columns), "a column is named twice"
    kept, merged, by, _world = pair(set(), set())
    row = merging.merge(kept=kept, merged=merged, by=by)
    for name, value in SAMPLES.items():  # after the merge, which moves some of them
        setattr(merged, name, value)
    merged.is_active, merged.merged_into = False, kept
    merged.save()
    before = User.objects.get(pk=merged.pk)
    AccountMerge.objects.filter(pk=row.pk).update(undo_until=timezone.now() - timedelta(seconds=1))
    assert sweeps.run(merging.CLOSE) == 1
    after = User.objects.get(pk=merged.pk)
    erased = SAMPLES.keys() | WRITTEN_ANEW
    assert [name for name in erased if getattr(after, name) == getattr(before, name)] == []
    assert {getattr(after, name) for name in SAMPLES} <= {"", None, f"merged.{merged.pk}"}


def id_of(user: User) -> int:
    return user.pk


def test_what_stays_and_tells_of_the_person_is_erased():
    """Each table with a key to a person: moved, erased, or a history that holds no word of theirs."""
    history = {name for name, each in RELATIONS.items() if each.why_not and not each.is_erased}
    told = {
        f"{name}: {field.name}"
        for name in history
        if RELATIONS[name].field.related_model is User
        for field in RELATIONS[name].model._meta.concrete_fields
        if field.get_internal_type() in {"EmailField", "FileField"} or "phone" in field.name
    }
    others = {"certificates.Certificate.revoked_by: pdf", "wagtailcore.UploadedFile.uploaded_by_user: file"}
    assert told <= others, "a picture, a number or an address of theirs: is_erased=True"


@pytest.mark.parametrize("make", [
    lambda: (make_user("a"), make_user("b", Role.TRAINER)),
    lambda: (make_user("a"), make_user("b", is_superuser=True)),
    lambda: (make_user("a", is_active=False), make_user("b")),
    lambda: (make_user("a"), make_user("b", merged_into=make_user("c"), is_active=False)),
    lambda: (make_user("a"),) * 2,
])  # fmt: skip
def test_what_stops_a_merge(make, manager):
    kept, merged = make()
    with pytest.raises(MergeRefusedError):
        merging.merge(kept=kept, merged=merged, by=manager)
    assert not AccountMerge.objects.exists()


def test_two_open_referrals_to_one_opportunity_stop_it(manager):
    opportunity = make_opportunity()
    one, two = (
        make_referral(make_candidate(), opportunity, state=ReferralState.CONSENTED).profile.user for _person in range(2)
    )
    assert any(each.stops for each in merge_advice.warnings(one, two))
    with pytest.raises(MergeRefusedError):
        merging.merge(kept=one, merged=two, by=manager)


def test_an_account_with_too_many_rows_is_not_merged(manager, monkeypatch):
    monkeypatch.setattr(merging, "MOST_ROWS", 1)
    kept, merged, _by, _world = pair(set(), {"consent", "own group"})
    with pytest.raises(MergeRefusedError):
        merging.merge(kept=kept, merged=merged, by=manager)
    assert CandidateProfile.objects.count() == 0

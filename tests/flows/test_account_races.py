"""Merges of accounts, numbers that change hands, codes of a second factor: each against what meets it on its rows."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.form_keys import issue_key
from assessments.models import Attempt, Grade
from assessments.selectors import AttemptNotFoundError
from assessments.services import regrade, save_response, start, submit
from assessments.services.saving import AttemptClosedError
from certificates import services as certificates
from courses import services as courses
from courses.models import Enrolment
from courses.services import enrol, finish_course, mark_step_done
from lms.accounts import exports, merge_rules, merging, second_factor, services
from lms.accounts.adapter import AccountAdapter
from lms.accounts.enums import MergeOutcome, Role
from lms.accounts.merge_rules import RELATIONS, MergeRefusedError
from lms.accounts.models import AccountMerge, AuditEvent, DataExport, MergedRow, OutboundMessage, User
from lms.lib import locks, runs, sweeps
from lms.lib.models import FailedRow
from lms.lib.seams.sign_in import LoginStageKey
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Consent
from placement.services import indexing, referrals
from placement.services.transitions import TransitionError
from tests.accounts.soft_key import SoftKey
from tests.assessments.helpers import answer_all, begin, right_fields, wrong_fields
from tests.assessments.test_services import correct
from tests.factories.assessments import assessment_page, make_assessment, make_in_both_languages
from tests.factories.courses import make_course, make_enrolment, step_keys
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_opportunity, make_referral, offer_work
from tests.factories.runs import check_import, work_off
from tests.flows.test_pairs import as_read
from tests.flows.test_races import errors, slowly, together

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "+221771234567"


# --- two of the team


@pytest.fixture
def managers(db) -> list[User]:
    return [make_user(f"gestion.{number}", Role.MANAGER) for number in (1, 2)]


@pytest.fixture
def pair(db, trainer) -> tuple[User, User]:
    kept = make_user("awa.ndiaye", full_name="Awa Ndiaye", created_by=trainer)
    merged = make_user("awa.ndiaye2", full_name="NDIAYE Awa", phone=NUMBER, phone_verified_at=timezone.now())
    return kept, merged


@pytest.mark.parametrize("crossed", [False, True])
def test_two_managers_merge_one_pair_at_once(pair, managers, crossed, monkeypatch):
    """One of them, whichever account each wants to keep; nothing is moved twice."""
    kept, merged = pair
    slowly(monkeypatch, "lms.accounts.merging.rows_held", seconds=0.15)
    other = {"kept": merged, "merged": kept} if crossed else {"kept": kept, "merged": merged}
    results = together(
        lambda: merging.merge(kept=kept, merged=merged, by=managers[0]),
        lambda: merging.merge(**other, by=managers[1]),
    )
    assert [type(error) for error in errors(results)] == [MergeRefusedError]
    merge = AccountMerge.objects.get()
    assert set(User.objects.values_list("pk", "merged_into")) >= {
        (merge.merged_id, merge.kept_id),
        (merge.kept_id, None),
    }
    assert User.objects.filter(phone=NUMBER).count() == 1


def test_three_accounts_are_merged_round_at_once(managers):
    """A into B, B into C, C into A: no two wait for each other, and no account leads to itself."""
    people = [make_user(f"awa.{number}", full_name="Awa Ndiaye") for number in range(3)]
    results = together(
        *(partial(merging.merge, kept=people[number - 1], merged=people[number], by=managers[0]) for number in range(3))
    )
    assert {type(error) for error in errors(results)} <= {MergeRefusedError}
    for user in User.objects.filter(merged_into__isnull=False).select_related("merged_into"):
        assert user.merged_into != user
        assert not user.is_active
    assert User.objects.filter(pk__in=[each.pk for each in people], is_active=True).exists()


def test_two_undo_a_merge_at_once(pair, managers, monkeypatch):
    kept, merged = pair
    merge = merging.merge(kept=kept, merged=merged, by=managers[0])
    slowly(monkeypatch, "lms.accounts.merging.put_back", seconds=0.05)
    results = together(*(partial(merging.undo, merge=merge, by=by) for by in managers))
    assert [type(error) for error in errors(results)] == [MergeRefusedError]
    assert AuditEvent.objects.filter(verb="undo-merge").count() == 2  # one for each of the two people
    merged.refresh_from_db()
    assert (merged.phone, merged.is_active) == (NUMBER, True)


@pytest.mark.parametrize("restored", [False, True])
def test_a_merge_is_undone_while_its_time_ends(pair, managers, restored, monkeypatch):
    """The clock has seen the merge stand, and waits for the account: it erases nothing of what was given back. Nor does
    the way back from a backup, which erases again what had been erased since.
    """
    kept, merged = pair
    merge = merging.merge(kept=kept, merged=merged, by=managers[0])
    slowly(monkeypatch, "lms.accounts.merging.put_back", seconds=0.15)
    later = timezone.now() + timedelta(days=merging.UNDO_DAYS, minutes=1)
    hashes = {merging.erasure_hash(merged)}
    again, by_time = lambda: merging.erase_again(hashes), lambda: sweeps.run(merging.CLOSE, now=later)
    results = together(lambda: merging.undo(merge=merge, by=managers[0]), *2 * [again if restored else by_time])
    assert {type(error) for error in errors(results)} <= {MergeRefusedError}
    merge.refresh_from_db()
    merged.refresh_from_db()
    assert (merge.undone_at is None) != (merge.closed_at is None)
    assert (merged.full_name == "") == (merge.closed_at is not None)


# --- a merge, or its end, and the person who goes on meanwhile

Act = Callable[[], Any]


class Life:
    """What the account holds that will be closed, as requests read it before the merge."""

    def __init__(self, user: User, kept: User, *, shared: bool) -> None:
        self.user, self.kept = user, kept
        self.course = make_course("saisie", lessons=2)
        questions = [make_in_both_languages("single", code="q")[0]]
        self.assessment = make_assessment(self.course, questions=questions, max_attempts=0, pause_minutes=0)
        self.enrolment = make_enrolment(user, self.course)
        if shared:
            make_enrolment(kept, self.course)
            make_candidate(kept)
        self.attempt = begin(Enrolment.objects.get(pk=self.enrolment.pk), self.assessment)
        answer_all(user, self.attempt)
        self.referral = make_referral(make_candidate(user), state=S.PROPOSED)
        self.offer = make_referral(self.referral.profile, make_opportunity(), state=S.FORWARDED)
        offer_work(self.offer)
        self.referral, self.offer = (as_read(each) for each in (self.referral, self.offer))

    def acts(self) -> dict[str, Act]:
        attempt, item = self.attempt, self.attempt.items.get()
        fresh = Enrolment.objects.get(pk=self.enrolment.pk)
        stale = Attempt.objects.get(pk=attempt.pk)
        other = make_course("autre", lessons=1)
        page = assessment_page(self.assessment)
        profile = CandidateProfile.objects.get(user=self.user)
        keys = step_keys(self.course)
        return {
            "step": lambda: mark_step_done(enrolment=fresh, step_key=keys[0], kind="lesson"),
            "finish": lambda: finish_course(enrolment=fresh),
            "submit": lambda: submit(attempt=stale),
            "save": lambda: save_response(
                user=self.user, attempt_id=attempt.pk, position=1, key=issue_key(), raw=right_fields(item)
            ),
            "start": lambda: start(enrolment=fresh, page=page, language="fr"),
            "enrol": lambda: enrol(user=self.user, course=other, language="fr"),
            "consent": lambda: referrals.consent(referral=self.referral, user=self.user, fields=["phone"]),
            "accept": lambda: referrals.accept_offer(referral=self.offer, user=self.user),
            "index": lambda: indexing.index_profile(profile=profile),
        }


SLOW = [  # where each act waits while it holds its rows
    "courses.services.done_keys",
    "assessments.services.grades.items_with_answers",
    "assessments.services.saving.newest_of",
    "assessments.services.starting.check_may_start",
    "courses.services.cohort_for",
    "placement.services.notices.announce",
    "placement.services.indexing.tokens_of",
]
REFUSED = (TransitionError, AttemptNotFoundError, AttemptClosedError)  # the page says so


def left_behind(merged: User) -> list[str]:
    """Rows of the closed account that a merge moves, and that no ledger explains."""
    apart = set(MergedRow.objects.filter(outcome=MergeOutcome.APART).values_list("model", "key"))
    found = []
    for relation in RELATIONS.values():
        parent = relation.field.related_model
        rests = [""] if parent is User else [f"__{path}" for path in merge_rules.paths(parent)]
        for rest in [] if relation.why_not else rests:
            rows = relation.model._base_manager.filter(**{f"{relation.field.name}{rest}": merged})
            found += [f"{relation.name} {row.pk}" for row in rows if (row._meta.label, str(row.pk)) not in apart]
    return found


def all_at_once(acts: dict[str, Act], other: Act, *, first: bool) -> dict[str, Any]:
    """What came out of each act, and of ``other`` under "", which begins a moment before or after all of them."""
    found: dict[str, Any] = {}

    def keep(name: str, work: Act) -> None:
        try:
            found[name] = work()
        except Exception as error:  # noqa: BLE001  (what we look for)
            found[name] = error

    wait = 0.08
    works = [partial(keep, name, later(wait, act) if first else act) for name, act in acts.items()]
    together(*works, partial(keep, "", other if first else later(wait, other)))
    return found


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("shared", [False, True])
def test_learning_goes_on_while_accounts_are_merged(site, pair, managers, shared, first, monkeypatch):
    """What they do in the account that is just being closed is refused, or found in the one that stays."""
    kept, merged = pair
    life = Life(merged, kept, shared=shared)
    acts = life.acts()
    for target in ["lms.accounts.merging.rows_held"] if first else SLOW:
        slowly(monkeypatch, target, seconds=0.2)
    found = all_at_once(acts, partial(merging.merge, kept=kept, merged=merged, by=managers[0]), first=first)
    assert [error for error in errors(list(found.values())) if not isinstance(error, REFUSED)] == []
    assert sweeps.run(merging.SETTLE) == 0, "requests may still be under way"
    assert sweeps.run(merging.SETTLE, now=timezone.now() + merging.SETTLED_AFTER + timedelta(seconds=1)) == 1
    assert not FailedRow.objects.exists()
    assert left_behind(merged) == []
    enrolment = Enrolment.objects.get(user=kept, course=life.course)
    assert not isinstance(found["step"], Exception)
    assert step_keys(life.course)[0] in courses.done_keys(enrolment)
    assert Attempt.objects.get(pk=life.attempt.pk).enrolment == enrolment
    assert Grade.objects.filter(attempt=life.attempt.pk).count() == 1
    assert life.attempt.step_key in courses.done_keys(enrolment)
    assert Enrolment.objects.filter(user=kept, course__code="autre").exists()
    given = [name for name in ("consent", "accept") if not isinstance(found[name], Exception)]
    assert given
    assert Consent.objects.filter(user=kept).count() == Consent.objects.count()
    merging.undo(merge=AccountMerge.objects.get(), by=managers[1])
    assert Enrolment.objects.filter(user=merged, course=life.course).count() == 1


@pytest.mark.parametrize("first", [True, False])
def test_learning_goes_on_while_a_merge_is_undone(site, pair, managers, first, monkeypatch):
    """What they did in either account stays theirs; the two never wait for each other."""
    kept, merged = pair
    life = Life(merged, kept, shared=True)
    merge = merging.merge(kept=kept, merged=merged, by=managers[0])
    life.user = kept
    life.enrolment = Enrolment.objects.get(user=kept, course=life.course)
    life.referral, life.offer = (as_read(each) for each in (life.referral, life.offer))
    for target in ["lms.accounts.merging.put_back"] if first else SLOW:
        slowly(monkeypatch, target, seconds=0.02 if first else 0.2)
    found = all_at_once(life.acts(), partial(merging.undo, merge=merge, by=managers[1]), first=first)
    assert [error for error in errors(list(found.values())) if not isinstance(error, REFUSED)] == []
    assert Attempt.objects.get(pk=life.attempt.pk).enrolment.user == merged
    assert Grade.objects.filter(attempt=life.attempt).count() == 1
    both = Enrolment.objects.filter(course=life.course)  # the step is where the attempt was then
    assert life.attempt.step_key in frozenset.union(*(courses.done_keys(each) for each in both))
    assert step_keys(life.course)[0] in courses.done_keys(life.enrolment)


def later(seconds: float, work: Callable[[], Any]) -> Callable[[], Any]:
    def wait() -> Any:
        time.sleep(seconds)
        return work()

    return wait


@pytest.mark.parametrize("shared", [False, True])
def test_an_older_attempt_is_marked_again_while_accounts_are_merged(site, pair, managers, trainer, shared, monkeypatch):
    kept, merged = pair
    life = Life(merged, kept, shared=shared)
    answer_all(merged, life.attempt, wrong_fields)
    handed_in = submit(attempt=life.attempt)
    correct(handed_in)
    stale, theirs = (
        Attempt.objects.get(pk=handed_in.pk),
        Enrolment.objects.filter(user=kept, course=life.course).first(),
    )
    slowly(monkeypatch, "lms.accounts.merging.rows_held", seconds=0.2)
    results = together(
        lambda: merging.merge(kept=kept, merged=merged, by=managers[0]),
        later(0.05, lambda: regrade(attempt=stale, by=trainer)),
        later(0.05, lambda: finish_course(enrolment=theirs or stale.enrolment)),
    )
    assert errors(results) == []
    assert Grade.objects.filter(attempt=handed_in).count() == 2


def test_a_certificate_is_issued_while_accounts_are_merged(site, pair, managers, monkeypatch):
    kept, merged = pair
    course = make_course("une", lessons=1)
    enrolment = make_enrolment(merged, course)
    mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind="lesson")
    slowly(monkeypatch, "lms.accounts.merging.rows_held", seconds=0.2)
    results = together(
        lambda: merging.merge(kept=kept, merged=merged, by=managers[0]),
        later(0.05, lambda: certificates.issue(enrolment_id=enrolment.pk)),
    )
    assert errors(results) == []
    sweeps.run(merging.SETTLE, now=timezone.now() + merging.SETTLED_AFTER + timedelta(seconds=1))
    assert left_behind(merged) == []
    assert kept.certificates.count() == 1


def test_a_relation_that_a_merge_moves_is_not_read_with_the_lock():
    """Or the row seems gone to whoever waited for the merge: see ``locks.JOINED``."""
    moved = {name for name, each in RELATIONS.items() if not each.why_not}
    assert locks.JOINED & moved == {"assessments.Attempt.enrolment"}  # whose key ``grades.lock`` compares
    with pytest.raises(ValueError, match="may change"):
        locks.locked(CandidateProfile.objects.select_related("user"))


# --- numbers that change hands


def signed_up(number: str = NUMBER) -> User:
    return services.sign_up(full_name="Awa Ndiaye", phone=number, pin="739154", language="fr")


def test_two_imports_claim_one_number_at_once(site, trainer, managers, monkeypatch):
    """The stranger yields once, is told once, and one account has the number; no other row is lost."""
    squatter = signed_up()
    tables = [f"Nom complet;Téléphone\n{name};77 123 45 67\n{other};\n" for name, other in
              (("Fatou Sow", "Binta Ba"), ("Khady Fall", "Coumba Sy"))]  # fmt: skip
    started = [check_import(table, by) for table, by in zip(tables, [trainer, managers[0]], strict=True)]
    for run in started:
        runs.confirm(run)
    slowly(monkeypatch, "lms.accounts.services.release_numbers", seconds=0.2)
    assert errors(together(*(partial(work_off, run) for run in started))) == []
    for run in started:
        run.refresh_from_db()
        assert run.state == runs.RunState.DONE
    squatter.refresh_from_db()
    assert squatter.phone is None
    assert User.objects.filter(phone=NUMBER).count() == 1
    assert User.objects.filter(full_name__in=["Binta Ba", "Coumba Sy"]).count() == 2
    assert OutboundMessage.objects.filter(kind="number-released", channel="app").count() == 1


@pytest.mark.parametrize("by_code", [False, True])
def test_a_number_is_proved_and_given_away_at_once(site, trainer, by_code, monkeypatch, rf):
    """Either they proved it and keep it, or it is gone: nobody counts as proved without a number, or loses the PIN."""
    squatter = signed_up()
    seen = User.objects.get(pk=squatter.pk)
    request = rf.get("/")
    if by_code:
        request._login_stage = SimpleNamespace(key=LoginStageKey.LOGIN_BY_CODE.value)
    adapter = AccountAdapter(request)
    slowly(monkeypatch, "lms.accounts.services.record", seconds=0.2)
    results = together(
        lambda: services.release_numbers(numbers=[NUMBER], by=trainer),
        later(0.05, lambda: adapter.set_phone_verified(seen, NUMBER)),
    )
    assert errors(results) == []
    squatter.refresh_from_db()
    assert (squatter.phone is None) == (squatter.phone_verified_at is None)
    assert squatter.has_usable_password() == (squatter.phone is None or not by_code)


# --- one code, typed twice


def test_one_code_of_an_app_is_typed_on_two_phones_at_once(trainer, monkeypatch):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(trainer, secret)
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    rows = [Authenticator.objects.get() for _phone in range(4)]
    slowly(monkeypatch, "lms.accounts.second_factor.step_of", seconds=0.1)
    results = together(*(partial(second_factor.use_code, row, code) for row in rows))
    assert errors(results) == []
    assert sorted(results) == [False, False, False, True]


def test_a_passkey_and_its_copy_at_once(trainer, monkeypatch):
    made = SoftKey("localhost").registration("YQ", "https://localhost", counter=4)
    row = WebAuthn.add(trainer, "x", made).instance
    rows = [Authenticator.objects.get(pk=row.pk) for _copy in range(4)]
    slowly(monkeypatch, "lms.accounts.second_factor.locked", seconds=0.1)
    results = together(*(partial(second_factor.use_counter, each, 5) for each in rows))
    assert errors(results) == []
    assert sorted(results) == [False, False, False, True]


def test_the_last_two_factors_are_removed_at_once(trainer, settings, monkeypatch):
    """Each is not the last while the other is there: whoever must have a factor keeps one."""
    settings.SECOND_FACTOR_REQUIRED = True
    made = [SoftKey("localhost").registration("YQ", "https://localhost") for _key in range(2)]
    rows = [WebAuthn.add(trainer, "x", one).instance for one in made]
    slowly(monkeypatch, "lms.accounts.second_factor.may_remove", seconds=0.2)

    def remove(row: Authenticator) -> None:
        with second_factor.removing(row):
            row.delete()

    results = together(*(partial(remove, row) for row in rows))
    assert [type(error) for error in errors(results)] == [ValidationError]
    assert second_factor.factors(trainer).count() == 1


def test_one_recovery_code_is_typed_on_two_phones_at_once(trainer, monkeypatch):
    """allauth locks the row: its next version must too."""
    first = RecoveryCodes.activate(trainer)
    one, other = first.get_unused_codes()[:2]
    slowly(monkeypatch, "allauth.mfa.recovery_codes.internal.auth.compare_user_code", seconds=0.02)
    phones = [RecoveryCodes(Authenticator.objects.get(type="recovery_codes")) for _phone in range(4)]
    typed = [one, one, other, one]
    results = together(*(partial(phone.validate_code, code) for phone, code in zip(phones, typed, strict=True)))
    assert errors(results) == []
    assert results.count(True) == 2
    assert not {one, other} & set(RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes())


# --- a copy of one's data


def test_a_copy_of_the_data_is_asked_for_many_times_at_once(db, monkeypatch):
    """Each is minutes of the worker: more than a few a day are refused."""
    awa = make_user("awa")
    slowly(monkeypatch, "lms.accounts.exports.kept")
    results = together(*[partial(exports.ask, about=awa, by=awa)] * 5)
    assert errors(results) == []
    assert DataExport.objects.count() == 1

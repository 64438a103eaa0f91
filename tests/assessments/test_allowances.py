"""One more attempt or more time for one learner: who may give it, what it does, and what it never does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from assessments.enums import AllowanceKind, Purpose, ShowAnswers
from assessments.models import Allowance, Attempt
from assessments.selectors import may_see_answers
from assessments.services import AttemptRefusedError, submit
from assessments.services.allowances import MOST_ATTEMPTS, give, take_back
from courses.enums import CourseRoleKind
from courses.roles import give_role
from lms.accounts.enums import Role
from lms.accounts.erasing import erase
from lms.accounts.models import AuditEvent, OutboundMessage
from tests.assessments.helpers import answer_all, begin, right_fields, wrong_fields
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_cohort, make_enrolment
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db

ATTEMPT, TIME = AllowanceKind.ATTEMPT, AllowanceKind.TIME


@pytest.fixture
def exam(course):
    """One question, one attempt, twenty minutes."""
    return make_assessment(course, questions=[make_question(code="q1")], max_attempts=1, time_limit_minutes=20)


def give_to(enrolment, exam, by, kind=ATTEMPT, minutes=0, key=None) -> Allowance:
    return give(
        enrolment=enrolment, assessment=exam, kind=kind, minutes=minutes, reason="Coupure de courant", by=by,
        key=key or uuid4(),
    )  # fmt: skip


def fail_once(enrolment, exam) -> Attempt:
    attempt = begin(enrolment, exam)
    answer_all(enrolment.user, attempt, wrong_fields)
    return submit(attempt=attempt)


class TestOneMoreAttempt:
    def test_it_is_used_once(self, enrolment, exam, trainer):
        fail_once(enrolment, exam)
        with pytest.raises(AttemptRefusedError):
            begin(enrolment, exam)
        given = give_to(enrolment, exam, trainer)
        again = fail_once(enrolment, exam)
        given.refresh_from_db()
        assert (again.number, given.attempt) == (2, again)
        with pytest.raises(AttemptRefusedError):
            begin(enrolment, exam)

    def test_it_is_given_once_for_a_form(self, enrolment, exam, trainer):
        fail_once(enrolment, exam)
        key = uuid4()
        assert give_to(enrolment, exam, trainer, key=key) == give_to(enrolment, exam, trainer, key=key)
        assert OutboundMessage.objects.filter(kind="allowance-given").count() == 1

    def test_it_is_not_given_in_vain(self, enrolment, exam, trainer, course):
        """With an attempt left, where there is no limit, after a pass, and more often than that."""
        free = make_assessment(code="libre", questions=[make_question(code="q2")])
        with pytest.raises(ValidationError, match="as often as one likes"):
            give_to(enrolment, free, trainer)
        with pytest.raises(ValidationError, match="Still has an attempt left"):
            give_to(enrolment, exam, trainer)
        for _number in range(MOST_ATTEMPTS):
            fail_once(enrolment, exam)
            give_to(enrolment, exam, trainer)
        with pytest.raises(ValidationError, match="Still has an attempt left"):
            give_to(enrolment, exam, trainer)
        attempt = begin(enrolment, exam)
        with pytest.raises(ValidationError, match="the most"):
            give_to(enrolment, exam, trainer)
        answer_all(enrolment.user, attempt, right_fields)
        submit(attempt=attempt)
        with pytest.raises(ValidationError, match="passed"):
            give_to(enrolment, exam, trainer)

    def test_a_lower_limit_later_takes_nothing_away(self, enrolment, exam, trainer):
        exam.max_attempts = 3
        exam.save(update_fields=["max_attempts"])
        for _number in range(3):
            fail_once(enrolment, exam)
        exam.max_attempts = 1
        exam.save(update_fields=["max_attempts"])
        give_to(enrolment, exam, trainer)
        assert begin(enrolment, exam).number == 4

    def test_the_key_stays_closed_while_another_attempt_may_come(self, enrolment, exam, trainer):
        """Shown when all attempts are used: not while one more was given, nor while that one is open."""
        exam.show_answers, exam.purpose = ShowAnswers.SUBMITTED, Purpose.CERTIFYING
        exam.save(update_fields=["show_answers", "purpose"])
        first = fail_once(enrolment, exam)
        first.assessment.refresh_from_db()
        assert may_see_answers(first)
        give_to(enrolment, exam, trainer)
        assert not may_see_answers(first)
        second = begin(enrolment, exam)
        assert not may_see_answers(first)
        submit(attempt=second)
        assert may_see_answers(first)


class TestMoreTime:
    def test_in_the_next_attempt(self, enrolment, exam, trainer):
        given = give_to(enrolment, exam, trainer, TIME, 10)
        attempt = begin(enrolment, exam)
        given.refresh_from_db()
        assert attempt.deadline_at - attempt.started_at == timedelta(minutes=30)
        assert given.attempt == attempt

    def test_in_the_attempt_that_is_open(self, enrolment, exam, trainer):
        attempt = begin(enrolment, exam)
        before = attempt.deadline_at
        given = give_to(enrolment, exam, trainer, TIME, 10)
        attempt.refresh_from_db()
        assert attempt.deadline_at - before == timedelta(minutes=10)
        assert given.attempt == attempt
        with pytest.raises(ValidationError, match="used"):
            take_back(allowance=given, by=trainer)

    def test_at_most_as_much_again(self, enrolment, exam, trainer):
        give_to(enrolment, exam, trainer, TIME, 15)
        with pytest.raises(ValidationError, match="Given so far: 15 min"):
            give_to(enrolment, exam, trainer, TIME, 6)
        begin(enrolment, exam)
        give_to(enrolment, exam, trainer, TIME, 5)
        with pytest.raises(ValidationError, match="Given so far: 20"):
            give_to(enrolment, exam, trainer, TIME, 1)

    def test_not_without_a_limit(self, enrolment, trainer):
        free = make_assessment(code="libre", questions=[make_question(code="q2")])
        with pytest.raises(ValidationError, match="no time limit"):
            give_to(enrolment, free, trainer, TIME, 5)


def test_what_is_taken_back_is_no_more(enrolment, exam, trainer):
    fail_once(enrolment, exam)
    given = give_to(enrolment, exam, trainer)
    take_back(allowance=given, by=trainer)
    take_back(allowance=given, by=trainer)
    with pytest.raises(AttemptRefusedError):
        begin(enrolment, exam)
    verbs = AuditEvent.objects.filter(target=f"assessments.Allowance:{given.pk}").order_by("pk")
    assert list(verbs.values_list("verb", "actor")) == [
        ("give-attempt", trainer.pk), ("take-back-allowance", trainer.pk),
    ]  # fmt: skip
    kinds = OutboundMessage.objects.filter(user=enrolment.user).order_by("created_at").values_list("kind", flat=True)
    assert list(kinds) == ["allowance-given", "allowance-taken-back"]


def test_the_learner_reads_it_in_words(enrolment, exam, trainer, learner, sign_in):
    fail_once(enrolment, exam)
    client, page = sign_in(learner), "/fr/learn/saisie/test/evaluation/"
    assert "Vous avez utilisé votre" in client.get(page).content.decode()
    give_to(enrolment, exam, trainer)
    give_to(enrolment, exam, trainer, TIME, 10)
    text = client.get(page).content.decode()
    assert "Vous avez un essai de plus." in text
    assert "Vous avez 10\u00a0minutes de plus pour votre prochain essai." in text
    assert "<dt>Essais restants</dt><dd>1</dd>" in text
    assert "Coupure" not in text


def test_no_certificate_tells_of_it(enrolment, exam, trainer):
    """It proves what it says by the same questions and marks: nothing of it is frozen or shown."""
    from certificates.models import Certificate, SkillEvidence

    names = {field.name for model in (Certificate, SkillEvidence) for field in model._meta.get_fields()}
    assert not any("allowance" in name or "minutes" in name for name in names)
    assert Allowance._meta.get_field("attempt").remote_field.get_accessor_name() == "allowances"


def test_an_erased_account_keeps_no_reason(enrolment, exam, trainer):
    given = give_to(enrolment, exam, trainer, TIME, 5)
    erase(user=enrolment.user, by=None)
    given.refresh_from_db()
    assert given.reason == ""


class TestPages:
    @pytest.fixture
    def group(self, learner, stranger, course, enrolment, exam):
        """Led by somebody without a role in the course; the stranger is in it too, and not on the course yet."""
        leads = make_user("leads", Role.TRAINER, all_courses=False, full_name="Lea Diop")
        return make_cohort(learner, stranger, trainers=(leads,), courses=(course,), name="Matin")

    @pytest.fixture
    def leads(self, group):
        return group.trainers.get()

    def address(self, learner) -> str:
        return reverse("learner_allowances", args=[learner.pk])

    def form(self, exam, course, **more):
        return {
            "assessment": f"{course.pk}-{exam.pk}", "kind": "time", "minutes": "10", "reason": "Coupure de courant",
            "key": str(uuid4()), **more,
        }  # fmt: skip

    def test_the_trainer_of_the_group_gives_and_takes_back(self, leads, learner, exam, course, sign_in):
        client = sign_in(leads)
        assert exam.titles["fr"] in client.get(self.address(learner)).content.decode()
        assert client.post(self.address(learner), self.form(exam, course)).status_code == 302
        given = Allowance.objects.get()
        assert (given.minutes, given.by) == (10, leads)
        text = client.get(self.address(learner)).content.decode()
        assert "Coupure de courant" in text
        assert "Lea Diop" in text
        back = reverse("allowance_take_back", args=[learner.pk, given.pk])
        assert client.post(back, follow=True).status_code == 200
        given.refresh_from_db()
        assert given.taken_back_by == leads

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("reason", "", "Champ requis"),
            ("minutes", "", "Dites combien de minutes"),
            ("minutes", "21", "autant que la limite de temps"),
            ("assessment", "9-9", "Sélectionnez un choix valide"),
            ("kind", "attempt", "Il reste un essai"),
        ],
    )
    def test_a_refusal_keeps_what_was_typed(self, leads, learner, exam, course, sign_in, field, value, words):
        answer = sign_in(leads).post(self.address(learner), self.form(exam, course, **{field: value}))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text.replace("\u202f", " ")
        assert Allowance.objects.count() == 0
        assert field == "reason" or "Coupure de courant" in text

    def test_others_find_nothing(self, leads, learner, stranger, exam, course, enrolment, sign_in, employer_user):
        """Not an author who leads no group of theirs, nor a trainer who made the account and teaches them nothing."""
        given = give_to(enrolment, exam, leads, TIME, 5)
        author = make_user("author", Role.TRAINER, all_courses=False)
        give_role(course=course, user=author, role=CourseRoleKind.AUTHOR, by=None)
        maker = make_user("maker", Role.TRAINER, all_courses=False)
        type(learner).objects.filter(pk=learner.pk).update(created_by=maker)
        back = reverse("allowance_take_back", args=[learner.pk, given.pk])
        assert sign_in(author).get(self.address(learner)).status_code == 404
        assert sign_in(author).post(back).status_code == 404
        assert sign_in(maker).post(self.address(learner), self.form(exam, course)).status_code == 422
        assert sign_in(maker).post(back).status_code == 404
        assert "<option" not in sign_in(maker).get(self.address(learner)).content.decode()
        for user in (learner, employer_user):
            assert sign_in(user).get(self.address(learner)).status_code == 403
        assert Allowance.objects.count() == 1

    def test_to_the_chosen_of_a_group(self, leads, group, learner, stranger, exam, course, enrolment, sign_in):
        """Who cannot have it is named with the reason; the others get it, once for a form."""
        make_enrolment(stranger, course)
        fail_once(enrolment, exam)
        client, address = sign_in(leads), reverse("cohort_allowances", args=[group.pk])
        first = client.post(address, {"learner": [learner.pk, stranger.pk], "course": course.code})
        assert first.status_code == 200
        people = f"{learner.pk},{stranger.pk}"
        assert people in first.content.decode()
        form = self.form(exam, course, kind="attempt", people=people)
        text = client.post(address, form, follow=True).content.decode()
        assert [row.enrolment.user for row in Allowance.objects.all()] == [learner]
        assert f"{stranger.full_name}\u00a0: Il reste un essai" in text.replace("\u202f", " ")
        client.post(address, form)
        assert Allowance.objects.count() == 1
        text = client.post(address, {"course": course.code}).content.decode()
        assert "Cochez les personnes" in text

    def test_the_page_of_the_learner_leads_there(self, leads, learner, exam, enrolment, sign_in):
        give_to(enrolment, exam, leads, TIME, 5)
        text = sign_in(leads).get(reverse("courses_learner", args=[learner.pk])).content.decode()
        assert self.address(learner) in text
        assert "Coupure de courant" in text

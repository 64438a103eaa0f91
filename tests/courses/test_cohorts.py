from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from courses import services
from courses.cohorts import add_members, cohorts_of, enrol_members, members_of, progress_table, remove_members
from courses.models import CohortMember, Enrolment, LessonPage
from courses.services import EnrolmentRefusedError, enrol, enrol_many
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.visibility import visible_to
from lms.lib.runs import ROWS_AT_ONCE
from tests.factories.courses import BOTH, course_page, make_cohort, make_course, make_enrolment, step_keys
from tests.factories.people import make_user
from tests.writes import rows_by_transaction


@pytest.fixture
def course(db):
    return make_course(lessons=2)


@pytest.fixture
def cohort(learner, trainer, course):
    return make_cohort(learner, trainers=(trainer,), courses=(course,))


def test_a_trainer_sees_their_groups_and_a_manager_all(cohort, trainer, manager, learner, employer_user):
    other = make_user("autre", Role.TRAINER)
    assert list(cohorts_of(trainer)) == [cohort] == list(cohorts_of(manager))
    assert not cohorts_of(other).exists()
    assert not cohorts_of(learner).exists()
    assert not cohorts_of(employer_user).exists()


def test_a_trainer_sees_the_accounts_of_their_groups(cohort, trainer, learner, stranger):
    assert list(visible_to(trainer)) == [learner]


def test_the_table_counts_each_step(cohort, course, learner):
    enrolment = make_enrolment(learner, course)
    services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind="lesson")
    table = progress_table(cohort, course, members_of(cohort))
    assert table.lines[0].marks == (True, False)
    assert (table.by_step, table.finished) == ([1, 0], 0)


def test_the_table_costs_the_same_for_many(cohort, course, django_assert_max_num_queries):
    for number in range(8):
        user = make_user(f"l{number}")
        CohortMember.objects.create(cohort=cohort, user=user)
        make_enrolment(user, course)
    progress_table(cohort, course, members_of(cohort))
    with django_assert_max_num_queries(6):
        assert len(progress_table(cohort, course, members_of(cohort)).lines) == 9


def test_add_members_takes_names_and_phones_and_enrols(cohort, course, manager):
    one, two = make_user("binta", phone="+221771234567", phone_verified_at=timezone.now()), make_user("coumba")
    found, unknown = add_members(cohort=cohort, names=["+221 77 123 45 67", "COUMBA", "nobody"], by=manager)
    assert (found, unknown) == ([one, two], ["nobody"])
    assert Enrolment.objects.filter(course=course).count() == 2
    add_members(cohort=cohort, names=["coumba"], by=manager)
    assert cohort.members.count() == 3


def test_a_trainer_cannot_take_in_a_learner_they_may_not_see(cohort, trainer, stranger):
    assert add_members(cohort=cohort, names=["ines"], by=trainer) == ([], ["ines"])


def test_remove_member_keeps_what_they_learnt(cohort, course, learner, trainer):
    make_enrolment(learner, course)
    assert remove_members(cohort=cohort, user_ids=[learner.pk], by=trainer) == [learner]
    assert remove_members(cohort=cohort, user_ids=[learner.pk], by=trainer) == []
    assert Enrolment.objects.exists()


class TestPages:
    def test_a_trainer_reads_their_group_and_its_csv(self, site, cohort, trainer, sign_in):
        client = sign_in(trainer)
        assert "Awa Ndiaye" in client.get(f"/cms/cohorts/{cohort.pk}/").content.decode()
        assert cohort.name in client.get("/cms/cohorts/").content.decode()
        assert cohort.name in client.get("/cms/").content.decode()
        table = client.get(f"/cms/cohorts/{cohort.pk}/?format=csv")
        assert table["Content-Type"].startswith("text/csv")
        assert "no-store" in table["Cache-Control"]
        assert "Awa Ndiaye" in table.content.decode("utf-8-sig")

    def test_csv_holds_no_formula(self, site, cohort, learner, trainer, sign_in):
        learner.full_name = "=cmd()"
        learner.save()
        table = sign_in(trainer).get(f"/cms/cohorts/{cohort.pk}/?format=csv").content.decode("utf-8-sig")
        assert "'=cmd()" in table

    @pytest.mark.parametrize("path", ["", "edit/", "?format=csv"])
    def test_somebody_elses_group_does_not_exist(self, site, cohort, sign_in, path):
        other = make_user("autre", Role.TRAINER)
        assert sign_in(other).get(f"/cms/cohorts/{cohort.pk}/{path}").status_code == 404

    def test_somebody_elses_member_stays(self, site, cohort, learner, sign_in):
        client = sign_in(make_user("autre", Role.TRAINER))
        assert client.post(f"/cms/cohorts/{cohort.pk}/remove/", {"learner": learner.pk}).status_code == 404
        assert cohort.members.count() == 1

    def test_learners_and_employers_stay_outside(self, site, cohort, learner, employer_user, sign_in):
        for user in (learner, employer_user):
            assert sign_in(user).get(f"/cms/cohorts/{cohort.pk}/").status_code in {302, 403}

    def test_a_trainer_makes_a_group_and_is_in_it(self, site, course, trainer, sign_in):
        response = sign_in(trainer).post("/cms/cohorts/new/", {"name": "Groupe B", "courses": [course.pk]})
        assert response.status_code == 302
        assert cohorts_of(trainer).get().name == "Groupe B"

    def test_wrong_dates_are_told_and_words_kept(self, site, trainer, sign_in):
        data = {"name": "Groupe C", "starts_on": "2026-05-02", "ends_on": "2026-05-01"}
        page = sign_in(trainer).post("/cms/cohorts/new/", data).content.decode()
        assert "Groupe C" in page
        assert not cohorts_of(trainer).exists()

    def test_unknown_names_are_given_back_to_fix(self, site, cohort, trainer, sign_in):
        page = sign_in(trainer).post(f"/cms/cohorts/{cohort.pk}/", {"names": "personne"}).content.decode()
        assert ">\npersonne</textarea>" in page or "personne</textarea>" in page


def test_nine_hundred_names_at_once_are_small_transactions_of_few_queries(cohort, course, manager):
    """What a form of 10,000 characters may hold."""
    cohort.courses.add(make_course("b", lessons=1))
    User.objects.bulk_create(User(username=f"n{number}", username_key=f"n{number}") for number in range(900))
    names = [f"n{number}" for number in range(900)]
    with rows_by_transaction() as written, CaptureQueriesContext(connection) as queries:
        found, unknown = add_members(cohort=cohort, names=names, by=manager)
    assert (len(found), unknown) == (900, [])
    assert max(written) <= ROWS_AT_ONCE
    assert Enrolment.objects.filter(user__username__startswith="n", cohort=cohort).count() == 1800
    writing = [query for query in queries.captured_queries if not query["sql"].startswith("SELECT")]
    assert len(writing) < 300
    assert len(queries) < 4 * 900


CASES = ["open", "closed", "unpublished", "prerequisite", "prerequisite done", "trainer", "enrolled"]


@pytest.mark.parametrize("case", CASES)
def test_many_are_enrolled_by_the_rules_of_one(case, cohort, manager):
    """``enrol_many`` says the rules of ``enrol`` a second time: each case is asked of both."""
    outcomes = []
    for number, many in enumerate([False, True]):
        course = make_course(f"c{number}", lessons=1)
        user = make_user(f"u{number}", Role.TRAINER if case == "trainer" else Role.LEARNER, language="en")
        course.is_open = case != "closed"
        course.save()
        if case == "unpublished":
            course.pages.get().unpublish()
        if case.startswith("prerequisite"):
            first = make_course(f"first{number}", lessons=1)
            course.prerequisites.add(first)
            done = timezone.now() if case.endswith("done") else None
            Enrolment.objects.create(user=user, course=first, completed_at=done)
        if case == "enrolled":
            Enrolment.objects.create(user=user, course=course, language="fr")
        if many:
            enrol_many(users=[user], course=course)
        else:
            with suppress(EnrolmentRefusedError):
                enrol(user=user, course=course, language=user.language)
        rows = Enrolment.objects.filter(user=user, course=course)
        outcomes.append(list(rows.values_list("language", "cohort_id")))
    assert outcomes[0] == outcomes[1]
    assert bool(outcomes[0]) == (case in {"open", "prerequisite done", "enrolled"})


def test_a_course_that_a_group_gets_later_enrols_its_people(cohort, course, learner, trainer, sign_in):
    """It enrolled nobody: they were told to take it, and found nothing."""
    other = make_course("trier", lessons=1)
    client = sign_in(trainer)
    data = {"name": cohort.name, "trainers": [trainer.pk]}
    client.post(f"/cms/cohorts/{cohort.pk}/edit/", data | {"courses": [course.pk, other.pk]})
    assert set(learner.enrolments.values_list("course__code", "cohort")) == {("trier", cohort.pk)}
    with rows_by_transaction() as written:
        for number in range(ROWS_AT_ONCE + 5):
            CohortMember.objects.create(cohort=cohort, user=make_user(f"l{number}"))
        written.clear()
        enrol_members(cohort=cohort, courses=[course, other])
    assert Enrolment.objects.filter(course=course).count() == ROWS_AT_ONCE + 6
    assert max(written) <= ROWS_AT_ONCE


def test_last_activity_is_an_act_of_their_own(cohort, course, learner, manager, client):
    """Being put on a course is none, nor is a mark that a trainer corrected."""
    client.force_login(manager)
    enrol_many(users=[learner], course=course)
    enrolment = learner.enrolments.get()

    def last_act():
        return progress_table(cohort, course, members_of(cohort)).lines[0].last_act

    assert last_act() is None
    assert "aucune visite depuis" in client.get(f"/cms/cohorts/{cohort.pk}/").content.decode()
    week_ago = timezone.now() - timedelta(days=7)
    Enrolment.objects.filter(pk=enrolment.pk).update(last_active_at=week_ago, last_step_key=step_keys(course)[0])
    services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind="assessment", by_learner=False)
    assert last_act() == week_ago
    services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[1], kind="lesson")
    assert last_act() > week_ago


def test_the_table_counts_the_same_for_a_reader_of_another_language(learner, trainer):
    """The English course has no lesson yet: an English reader saw 0 of 0."""
    course = make_course("deux", lessons=2, languages=BOTH)
    LessonPage.objects.descendant_of(course_page(course, "en")).last().unpublish()
    LessonPage.objects.descendant_of(course_page(course, "en")).first().delete()
    course.refresh_from_db()
    cohort = make_cohort(learner, trainers=(trainer,), courses=(course,))
    enrolment = make_enrolment(learner, course)
    services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind="lesson")
    for language in BOTH:
        with translation.override(language):
            table = progress_table(cohort, course, members_of(cohort))
            assert table.lines[0].marks == (True, False)
            assert table.by_step == [1, 0]

"""Answers of a phone with a bad network: drops before, during and after a request, duplicates, late arrivals, two
tabs and ended sessions, none is lost, none counts twice, and the score is that of what was typed last.
"""

import random
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.test import Client

from assessments.form_keys import issue_key, issue_run
from assessments.models import Attempt, Grade, Response
from assessments.services import delivery, submit
from assessments.services.delivery import Fate, deliver
from courses.models import StepProgress
from lms.lib.page_owner import owner_of
from tests.assessments.helpers import begin, right_fields, save, wrong_fields
from tests.factories.assessments import SPECS, make_assessment, make_in_both_languages, make_question

pytestmark = pytest.mark.django_db

ADDRESS = "/fr/offline/answers/"


def counted(run: UUID, number: int) -> str:
    """As the worker counts: the last twelve digits."""
    text = str(run)
    return f"{text[:24]}{int(text[24:], 16) + number:012x}"


def answer_entry(item, key, fields) -> dict:
    return {
        "id": str(key),
        "kind": "answer",
        "attempt": str(item.attempt_id),
        "position": item.position,
        "key": str(key),
        "fields": fields,
    }


def submit_entry(attempt, answers) -> dict:
    return {"id": f"submit-{attempt.pk}", "kind": "submit", "attempt": str(attempt.pk), "answers": answers}


def items_of(attempt) -> list:
    return list(attempt.items.select_related("attempt"))


def fates(user, *entries) -> list[str]:
    return [str(row.fate) for row in deliver(user=user, entries=list(entries))]


# -- one by one


def test_a_run_of_keys_lies_between_what_was_and_what_comes():
    before, run, after = issue_key(), issue_run(), issue_key()
    counts = [UUID(counted(run, number)) for number in (0, 1, 5_000_000)]
    assert [before, *counts, after] == sorted([before, *counts, after])
    assert issue_run(after=after) > after


def test_a_whole_attempt_in_one_request(learner, attempt):
    items = items_of(attempt)
    keys = {item.position: issue_run() for item in items}
    entries = [answer_entry(item, keys[item.position], right_fields(item)) for item in items]
    handed_in = submit_entry(attempt, {str(place): str(key) for place, key in keys.items()})
    assert fates(learner, *entries, handed_in) == ["accepted"] * 3
    attempt.refresh_from_db()
    assert attempt.score == 100
    assert fates(learner, *entries, handed_in) == ["accepted"] * 3, "all of it again"
    assert (Response.objects.count(), Grade.objects.count()) == (2, 1)


def test_nothing_is_handed_in_before_its_answers_are_here(learner, attempt):
    items = items_of(attempt)
    keys = {str(item.position): str(issue_run()) for item in items}
    handed_in = submit_entry(attempt, keys)
    assert fates(learner, handed_in) == ["again"]
    assert fates(learner, answer_entry(items[0], keys["1"], right_fields(items[0])), handed_in) == ["accepted", "again"]
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert fates(learner, answer_entry(items[1], keys["2"], right_fields(items[1])), handed_in) == ["accepted"] * 2


def test_an_older_key_is_overtaken_and_says_so(learner, attempt):
    item = items_of(attempt)[0]
    run = issue_run()
    save(learner, attempt, 1, right_fields(item))
    [outcome] = deliver(user=learner, entries=[answer_entry(item, run, wrong_fields(item))])
    assert outcome.fate is Fate.SUPERSEDED
    assert "newer" in outcome.why
    assert Response.objects.count() == 1


def test_an_answer_after_the_end_is_refused_unless_it_was_here(learner, attempt):
    item = items_of(attempt)[0]
    early, late = issue_run(), issue_run()
    entry = answer_entry(item, early, right_fields(item))
    assert fates(learner, entry) == ["accepted"]
    submit(attempt=attempt)
    assert fates(learner, entry) == ["accepted"]
    [outcome] = deliver(user=learner, entries=[answer_entry(item, late, wrong_fields(item))])
    assert (outcome.fate, "handed in" in outcome.why) == (Fate.REFUSED, True)


def test_nobody_writes_into_an_attempt_of_another(stranger, attempt):
    item = items_of(attempt)[0]
    assert (
        fates(stranger, answer_entry(item, issue_run(), right_fields(item)), submit_entry(attempt, {}))
        == ["refused"] * 2
    )
    attempt.refresh_from_db()
    assert (attempt.submitted_at, Response.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    "entry",
    [None, 7, "x", [], {}, {"kind": "x"}, {"kind": ["answer"]}, {"kind": "answer"}, {"kind": "submit", "attempt": "x"},
     {"kind": "answer", "attempt": str(uuid4()), "position": 10**9, "key": "x", "fields": {}},
     {"kind": "lesson", "course": "x", "step": 3}, {"kind": "submit", "attempt": str(uuid4()), "answers": 3}],
)  # fmt: skip
def test_rubbish_is_refused_and_stops_nothing(learner, attempt, entry):
    item = items_of(attempt)[0]
    good = answer_entry(item, issue_run(), right_fields(item))
    assert fates(learner, entry, good) == ["refused", "accepted"]


STRANGE = [
    None, True, -1, 1.5, 10**400, float("inf"), float("nan"), "", "\x00", "\ud800", "9" * 5000, "²", "x" * 100_000,
    [], ["\x00"], {}, {"\x00": "\ud800"}, {"1": None}, {"9" * 5000: str(uuid4())}, {"99999999999": str(uuid4())},
]  # fmt: skip


def test_nothing_that_a_phone_sends_is_a_fault_of_ours(learner, enrolment, attempt):
    """Each word of each kind of entry, replaced by each strange value, is an answer or refused: never tried again."""
    item = items_of(attempt)[0]
    whole = [
        answer_entry(item, issue_run(), right_fields(item)),
        submit_entry(attempt, {"1": str(uuid4())}),
        {"id": "1", "kind": "lesson", "course": enrolment.course.code, "step": str(uuid4())},
    ]
    changed = [
        {**entry, name: value}
        for entry in whole
        for name in entry
        for value in STRANGE
        if (entry["kind"], name, value) != ("submit", "answers", {})
    ]
    tried_again = [entry for entry in changed if fates(learner, entry) == ["again"]]
    assert [(entry["kind"], entry) for entry in tried_again if entry["kind"] != "submit"] == []
    assert all(entry["answers"] == {"1": str(UUID(entry["answers"]["1"]))} for entry in tried_again), "they wait for it"


@pytest.mark.parametrize("kind", SPECS)
def test_no_field_that_a_phone_sends_is_a_fault_of_ours(learner, enrolment, kind):
    attempt = begin(enrolment, make_assessment(enrolment.course, code="x", questions=[make_question(kind)]))
    item = items_of(attempt)[0]
    names = [*right_fields(item), "x", "\x00", "\ud800"]
    sent = [{name: [text] * times} for name in names for text in STRANGE if isinstance(text, str) for times in (1, 999)]
    assert {fate for fields in sent for fate in fates(learner, answer_entry(item, issue_run(), fields))} <= {
        "accepted", "refused"}  # fmt: skip


@pytest.mark.parametrize("fields", [[], "x", {"choice": "a"}, {"choice": [1]}, None])
def test_damaged_fields_are_refused(learner, attempt, fields):
    assert fates(learner, answer_entry(items_of(attempt)[0], issue_run(), fields)) == ["refused"]


def test_what_fails_is_kept_and_holds_back_its_own_attempt_only(learner, attempt, monkeypatch):
    first, second = items_of(attempt)
    real = delivery.save_response

    def fails(**more):
        if more["position"] == 1:
            raise RuntimeError
        return real(**more)

    monkeypatch.setattr(delivery, "save_response", fails)
    other = begin(attempt.enrolment, make_assessment(attempt.enrolment.course, code="autre", questions=[
        make_in_both_languages("single", code="q9")[0], make_in_both_languages("single", code="q8")[0]]))  # fmt: skip
    told = fates(
        learner,
        answer_entry(first, issue_run(), right_fields(first)),
        answer_entry(second, issue_run(), right_fields(second)),
        submit_entry(attempt, {}),
        answer_entry(items_of(other)[1], issue_run(), right_fields(items_of(other)[1])),
    )
    assert told == ["again", "again", "again", "accepted"]


def test_a_lesson_that_was_read_is_noted_once(learner, enrolment, course):
    from courses.outline import best_outline

    step = best_outline(course).steps[0]
    entry = {"id": "1", "kind": "lesson", "course": course.code, "step": str(step.key)}
    assert fates(learner, entry, entry, {**entry, "step": str(uuid4())}, {**entry, "course": "x"}) == [
        "accepted", "accepted", "refused", "refused"]  # fmt: skip
    assert StepProgress.objects.count() == 1


# -- by HTTP


def test_only_the_owner_of_a_queue_may_send_it(learner, stranger, attempt, sign_in):
    item = items_of(attempt)[0]
    body = {"owner": owner_of(learner), "entries": [answer_entry(item, issue_run(), right_fields(item))]}
    assert Client().post(ADDRESS, body, content_type="application/json").status_code == 403
    assert sign_in(stranger).post(ADDRESS, body, content_type="application/json").status_code == 409
    assert Response.objects.count() == 0
    assert sign_in(learner).post(ADDRESS, body, content_type="application/json").json()["results"][0][1] == "accepted"


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"owner":1}', '{"owner":1,"entries":{}}', "[" * 100_000])
def test_a_damaged_body_is_refused(learner, sign_in, body):
    assert sign_in(learner).post(ADDRESS, body, content_type="application/json").status_code == 422


def test_the_token_says_who_is_here_and_opens_the_door(learner, attempt):
    client = Client(enforce_csrf_checks=True)
    assert client.get("/fr/offline/token/").json()["owner"] == ""
    client.force_login(learner)
    told = client.get("/fr/offline/token/").json()
    body = {"owner": told["owner"], "entries": []}
    assert client.post(ADDRESS, body, content_type="application/json").status_code == 403
    answer = client.post(ADDRESS, body, content_type="application/json", headers={"X-CSRFToken": told["token"]})
    assert answer.json() == {"results": []}


# -- through a bad connection


@dataclass
class Phone:
    """The queue as the worker keeps it: an entry goes only when it was told accepted, superseded or refused."""

    user: object
    attempt: Attempt
    dice: random.Random
    queue: list[dict] = field(default_factory=list)
    refused: list[dict] = field(default_factory=list)
    on_their_way: list[dict] = field(default_factory=list)  # requests that a proxy still holds
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.items = items_of(self.attempt)
        self.runs = {item.position: issue_run() for item in self.items}
        self.count = dict.fromkeys(self.runs, 0)
        self.typed: dict[int, tuple[str, dict]] = {}

    def type(self) -> None:
        item = self.dice.choice(self.items)
        key = counted(self.runs[item.position], self.count[item.position])
        self.count[item.position] += 1
        fields = self.dice.choice([right_fields, wrong_fields])(item)
        self.typed[item.position] = (key, fields)
        self.queue.append(answer_entry(item, key, fields))

    def hand_in(self) -> None:
        self.queue.append(submit_entry(self.attempt, {str(place): key for place, (key, _f) in self.typed.items()}))

    def arrive(self, body: dict):
        return self.client.post(ADDRESS, body, content_type="application/json")

    def send(self, rate: float) -> None:
        """One request of one tab, with whatever a line does to it."""
        body = {"owner": owner_of(self.user), "entries": self.queue[: self.dice.randint(1, 20)]}
        fate = self.dice.random()
        if fate < rate / 4:
            return  # dropped before it left
        if fate < rate / 2:
            self.on_their_way.append(body)  # the phone gave up waiting; a proxy has not
            return
        if self.dice.random() < rate / 4:
            self.client.logout()
        answer = self.arrive(body)
        if self.dice.random() < rate / 3:
            self.on_their_way.append(body)  # it arrives a second time
        if answer.status_code == 403:
            self.client.force_login(self.user)
            return
        if fate < rate * 3 / 4:
            return  # taken, and the answer was lost
        self.learn(answer.json()["results"])

    def learn(self, results: list) -> None:
        told = {name: state for name, state, _why in results}
        self.refused += [entry for entry in self.queue if told.get(entry["id"]) == "refused"]
        self.queue = [entry for entry in self.queue if told.get(entry["id"], "again") == "again"]

    def late(self) -> None:
        if self.on_their_way:
            self.arrive(self.on_their_way.pop(self.dice.randrange(len(self.on_their_way))))

    def two_tabs(self) -> None:
        body = {"owner": owner_of(self.user), "entries": list(self.queue)}
        answers = [self.arrive(body), self.arrive(body)]
        for answer in answers:
            if answer.status_code == 200:
                self.learn(answer.json()["results"])


def walk(user, attempt, seed: int, steps: int = 25, rate: float = 0.6) -> Phone:
    phone = Phone(user, attempt, random.Random(seed))
    phone.client.force_login(user)
    for _step in range(steps):
        phone.dice.choice(
            [phone.type, phone.type, lambda: phone.send(rate), lambda: phone.send(rate), phone.late, phone.two_tabs]
        )()
    phone.hand_in()
    for _step in range(200):
        if not phone.queue:
            break
        phone.dice.choice([lambda: phone.send(rate), phone.late])()
    phone.client.force_login(user)
    while phone.queue:
        before = len(phone.queue)
        phone.send(0)
        assert len(phone.queue) < before, phone.queue
    while phone.on_their_way:
        phone.late()
    return phone


def faults(phone: Phone) -> list[str]:
    """Lost, doubled, or worth something else than what was typed."""
    wrong = []
    for item in phone.items:
        rows = list(Response.objects.filter(item=item).order_by("pk"))
        keys = [str(row.key) for row in rows]
        if len(keys) != len(set(keys)) or keys != sorted(keys):
            wrong.append(f"{item.position}: doubled or out of order {keys}")
        if item.position in phone.typed and (not rows or keys[-1] != phone.typed[item.position][0]):
            wrong.append(f"{item.position}: lost {phone.typed[item.position]}")
    right = sum(
        fields == right_fields(item)
        for item in phone.items
        for _key, fields in [phone.typed.get(item.position, ("", {}))]
    )
    phone.attempt.refresh_from_db()
    expected = 100 * right // len(phone.items)
    if phone.attempt.submitted_at is None or phone.attempt.percent != expected:
        wrong.append(f"score {phone.attempt.score}, typed {expected}")
    if phone.attempt.grades.count() != 1:
        wrong.append(f"{phone.attempt.grades.count()} grades")
    return wrong + [f"refused: {entry}" for entry in phone.refused]


WALKS = 24


def test_no_line_however_bad_loses_or_doubles_an_answer(learner, enrolment, course):
    questions = [make_in_both_languages("single", code=f"w{number}")[0] for number in range(3)]
    assessment = make_assessment(course, questions=questions)
    wrong = []
    for seed in range(WALKS):
        phone = walk(learner, begin(enrolment, assessment), seed)
        wrong += [f"walk {seed}: {fault}" for fault in faults(phone)]
    assert wrong == []
    assert Grade.objects.count() == WALKS

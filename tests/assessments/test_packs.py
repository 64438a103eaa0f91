"""What a phone keeps of a course: small, only what is new, for who is enrolled, and no key that may not be seen."""

import json

import brotli
import pytest
from django.conf import settings

from assessments.enums import EvidenceKind, Purpose
from assessments.models import Attempt
from assessments.services import submit
from courses import packs
from courses.models import LessonPage
from tests.assessments.helpers import answer_all, begin
from tests.factories.assessments import SECRET, SPECS, make_assessment, make_bank, make_in_both_languages, make_question
from tests.factories.courses import make_course, make_enrolment
from tests.factories.publishing import publish

pytestmark = pytest.mark.django_db

PACK = "/fr/offline/pack/saisie/"
ATTEMPTS = "/fr/offline/attempts/saisie/"


@pytest.fixture
def client(learner, sign_in):
    return sign_in(learner)


@pytest.fixture
def course(site):
    return make_course("saisie", lessons=3)


@pytest.fixture
def enrolment(learner, course):
    return make_enrolment(learner, course)


def read(answer) -> dict:
    return json.loads(brotli.decompress(answer.content))


def get_pack(client, **query) -> dict:
    return read(client.get(PACK, query, headers={"accept-encoding": "br"}))


def test_one_answer_holds_all_lessons_packed(client, enrolment):
    answer = client.get(PACK, headers={"accept-encoding": "gzip, br"})
    pack = read(answer)
    assert [page[0] for page in pack["pages"]] == [
        "/fr/learn/saisie/",
        *(f"/fr/learn/saisie/lecon-{n}/" for n in (1, 2, 3)),
    ]
    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.content) <= 2_000
    assert "csrf" not in json.dumps(pack)
    assert enrolment.user.full_name not in json.dumps(pack)


def test_without_brotli_it_is_still_an_answer(client, enrolment):
    assert client.get(PACK).json()["code"] == "saisie"


def test_the_button_says_what_it_weighs(client, enrolment):
    size = len(client.get(PACK, headers={"accept-encoding": "br"}).content)
    page = client.get("/fr/learn/saisie/").content.decode()
    assert f"({size / 1000:.1f}".replace(".", ",") in page
    assert 'hidden data-keep="saisie"' in page


def test_a_phone_is_sent_what_it_does_not_hold(client, enrolment):
    first = get_pack(client)
    held = [page[1] for page in first["pages"]]
    assert client.get(PACK, {"version": first["version"]}).status_code == 204
    page = LessonPage.objects.get(slug="lecon-2")
    page.minutes = 11
    page.save()
    publish(page)
    second = get_pack(client, have=".".join(held), version=first["version"])
    assert [page[0] for page in second["pages"]] == ["/fr/learn/saisie/", "/fr/learn/saisie/lecon-2/"]
    assert len(second["order"]) == 4
    page.unpublish()
    third = get_pack(client, have=".".join(held))
    assert "/fr/learn/saisie/lecon-2/" not in [path for path, _hash in third["order"]]


def test_no_question_of_a_phone_packs_a_long_course_the_slow_way(client, enrolment, monkeypatch):
    """Any list of hashes may be asked for, again and again: a second of work each would hold up everybody."""
    first = get_pack(client)
    asked, compress = [], brotli.compress
    monkeypatch.setattr(brotli, "compress", lambda text, **how: asked.append(how["quality"]) or compress(text, **how))
    for made_up in ("x", "y.z", ".".join(f"{number:08x}" for number in range(500))):
        assert get_pack(client, have=made_up) == first
    assert not [quality for quality in asked if quality > packs.QUICK], "all of it is kept packed"
    monkeypatch.setattr(packs, "SHORT_BYTES", 100)
    assert len(get_pack(client, have=first["pages"][0][1])["pages"]) == 3
    assert asked == [packs.QUICK]


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("purpose", Purpose.values)
def test_no_key_that_may_not_be_seen(client, enrolment, course, kind, purpose):
    """Practice of a bank that certifies too is never told on the phone; what only practises is, as on its page."""
    question = make_question(kind, bank=make_bank("commune", is_shared=True))
    make_assessment(course, code="examen", questions=[question])
    if purpose == Purpose.PRACTICE:
        make_assessment(course, code="exercice", questions=[question], purpose=purpose)
    assert SECRET not in json.dumps(get_pack(client))
    answer = client.post(ATTEMPTS, headers={"accept-encoding": "br"})
    text = brotli.decompress(answer.content).decode()
    assert len(json.loads(text)["attempts"]) == (2 if purpose == Purpose.PRACTICE else 1)
    assert SECRET not in text
    assert '"correct"' not in text
    assert "data-tells" not in text


@pytest.mark.parametrize("kind", SPECS)
def test_practice_of_its_own_bank_is_told_without_a_line(client, enrolment, course, kind):
    question = make_question(kind, bank=make_bank("exercices"))
    make_assessment(course, code="exercice", questions=[question], purpose=Purpose.PRACTICE)
    text = client.post(ATTEMPTS).content.decode()
    assert SECRET in text
    assert text.count("data-tells") == (
        len(SPECS[kind].get("options", (1, 2))) if kind in ("single", "true_false") else 0
    )
    assert "data-over" in text


def test_what_is_timed_or_supervised_stays_at_the_site_and_says_so(client, enrolment, course):
    question = make_in_both_languages("single")[0]
    make_assessment(course, code="a", questions=[question], time_limit_minutes=20)
    make_assessment(course, code="b", questions=[question], evidence=EvidenceKind.SUPERVISED)
    answer = client.post(ATTEMPTS).json()
    assert answer["attempts"] == []
    assert [why for _title, why in answer["refused"]] == [answer["refused"][0][1]] * 2
    assert Attempt.objects.count() == 0


def test_the_open_attempt_comes_along_with_what_was_saved(client, enrolment, course, learner):
    assessment = make_assessment(course, questions=[make_question("short_text")])
    attempt = begin(enrolment, assessment)
    answer_all(learner, attempt)
    kept = client.post(ATTEMPTS).json()["attempts"]
    assert [one["id"] for one in kept] == [str(attempt.pk)]
    assert f"{SECRET}-clavier" in json.dumps(kept), "their own words"
    newest = str(attempt.items.get().responses.get().key)
    assert kept[0]["runs"]["1"] > newest
    submit(attempt=attempt)
    assert client.post(ATTEMPTS).json()["attempts"] == [], "passed: nothing to take again"


def test_no_attempt_is_drawn_where_none_may_start(client, enrolment, course, learner):
    assessment = make_assessment(course, questions=[make_question("short_text")], max_attempts=1)
    submit(attempt=begin(enrolment, assessment))
    answer = client.post(ATTEMPTS).json()
    assert (answer["attempts"], len(answer["refused"])) == ([], 1)


def test_only_who_is_enrolled(client, course):
    assert client.get(PACK).status_code == 302
    assert client.post(ATTEMPTS).status_code == 302
    assert Attempt.objects.count() == 0


def test_the_worker_may_stand_before_each_language(client):
    answer = client.get("/worker.js")
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Content-Type"] == "text/javascript"


def test_all_scripts_of_a_learner_are_small(client):
    """The worker and ``kept.js`` are loaded by those who keep a course."""
    worker = client.get("/worker.js", headers={"accept-encoding": "br"}).content
    phone, kept = (
        brotli.compress((settings.BASE_DIR / f"lms/static/js/{name}.js").read_bytes()) for name in ("phone", "kept")
    )
    assert len(phone) <= 1_550
    assert len(worker) + len(phone) + len(kept) <= 7_400

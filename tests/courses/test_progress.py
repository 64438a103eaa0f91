from uuid import UUID, uuid4

from courses.outline import Module, Outline, Step
from courses.progress import elsewhere, is_complete, measure, next_step, required_keys, share


def step(key: UUID | None = None, kind: str = "lesson", is_required: bool = True, minutes: int = 5) -> Step:
    return Step(key or uuid4(), kind, "T", "t", "/t/", minutes, 1.5, 1, 1, is_required)


def outline(*steps: Step, language: str = "fr") -> Outline:
    return Outline(1, "c", language, 1, "T", "S", (Module(uuid4(), "M", tuple(steps)),))


def test_measure_counts_what_is_done_and_what_is_left():
    first, second = step(), step(minutes=7)
    measured = measure(outline(first, second), {first.key})
    assert (measured.done, measured.total, measured.percent) == (1, 2, 50)
    assert measured.is_started
    assert (measured.minutes_left, measured.kilobytes_left, measured.next) == (7, 1.5, second)


def test_a_course_is_started_once_a_step_was_opened():
    lesson = step()
    assert not measure(outline(lesson), set()).is_started
    assert measure(outline(lesson), set(), lesson.key).is_started


def test_share_is_100_only_when_all_is_done():
    assert [share(0, 0), share(1, 3), share(199, 200), share(3, 3)] == [0, 33, 99, 100]


def test_next_step_stays_where_they_were_until_it_is_done():
    steps = [step() for _ in range(4)]
    assert next_step(steps, set(), steps[2].key) == steps[2]
    assert next_step(steps, {steps[2].key}, steps[2].key) == steps[3]


def test_next_step_comes_back_to_what_was_left_out():
    steps = [step() for _ in range(3)]
    assert next_step(steps, {steps[1].key, steps[2].key}, steps[2].key) == steps[0]
    assert next_step(steps, {s.key for s in steps}) is None


def test_nothing_required_is_never_complete():
    assert not is_complete(set(), {uuid4()})


def test_optional_steps_do_not_count():
    needed, extra = step(), step(is_required=False)
    own = outline(needed, extra)
    assert is_complete(required_keys(own, [own]), {needed.key})


def test_an_unfinished_translation_neither_blocks_nor_gives_the_proof_away():
    lesson, exam, new = step(), step(kind="assessment"), step()
    whole, partial = outline(lesson, exam), outline(lesson, new, language="en")
    assert required_keys(whole, [whole, partial]) == {lesson.key, exam.key}
    assert not is_complete(required_keys(partial, [whole, partial]), {lesson.key, new.key})
    assert elsewhere(partial, [whole, partial], {lesson.key, new.key}) == [exam]

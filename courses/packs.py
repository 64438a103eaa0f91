"""The pages of a course for a phone that is offline: the same for everyone who takes it, so made once and kept packed.

Each page has the hash of what it shows. A phone says which ones it holds and is sent the others. No page holds a form
token, a person, or what may not be seen: a practice question is told at once, one that may certify is never told.
"""

import hashlib
import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import brotli
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses.lessons import lesson_body
from courses.models import Course
from courses.outline import Outline, get_outline, path_of

BEST, QUICK = 11, 5  # brotli's slowest: once for each version of a course, and for what is short
SHORT_BYTES = 20_000  # JSON of a few pages: a thirtieth of a second of the slowest
SHORT = 8  # characters of a hash


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What the worker puts into the frame. ``bar`` stands at the end of the head bar."""

    path: str
    title: str
    back: str
    label: str
    bar: str
    main: str

    @property
    def hash(self) -> str:
        return hash_of([self.path, self.title, self.back, self.label, self.bar, self.main])

    def as_list(self) -> list[str]:
        return [self.path, self.hash, self.title, self.back, self.label, self.bar, self.main]


@dataclass(frozen=True, slots=True)
class Pack:
    code: str
    title: str
    frame: str
    words: dict[str, str]
    pages: tuple[KeptPage, ...]

    @property
    def version(self) -> str:
        return hash_of([self.title, self.frame, self.words, [page.hash for page in self.pages]])

    @property
    def hashes(self) -> frozenset[str]:
        return frozenset(page.hash for page in self.pages)

    def update(self, held: frozenset[str]) -> dict[str, Any]:
        """What a phone that holds the pages with these hashes does not have yet."""
        return {
            "code": self.code,
            "title": self.title,
            "version": self.version,
            "frame": self.frame,
            "words": self.words,
            "order": [[page.path, page.hash] for page in self.pages],
            "pages": [page.as_list() for page in self.pages if page.hash not in held],
        }


def hash_of(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()[:SHORT]


def packed(what: dict[str, Any], *, is_kept: bool = False) -> bytes:
    """As small as can be where it is short or kept for others: whoever asks may ask for any part, again and again."""
    text = json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()
    return brotli.compress(text, quality=BEST if is_kept or len(text) <= SHORT_BYTES else QUICK)


def get_pack(course: Course, language: str, *, on_tap: bool) -> Pack | None:
    """None where the course is not published in that language. ``on_tap``: for phones that save data."""
    key = f"pack:{course.pk}:{course.content_version}:{language}:{on_tap}"
    pack: Pack | None = caches["bodies"].get(key)
    outline = get_outline(course, language) if pack is None else None
    if outline is not None:
        with override(language):
            pack = build(course, outline, on_tap)
        caches["bodies"].set(key, pack)
    return pack


def whole_pack(course: Course, language: str, pack: Pack) -> bytes:
    """All of it, packed; its length is what the button says."""
    key = f"packed:{course.pk}:{course.content_version}:{language}:{pack.version}"
    body: bytes | None = caches["bodies"].get(key)
    if body is None:
        body = packed(pack.update(frozenset()), is_kept=True)
        caches["bodies"].set(key, body)
    return body


def pack_bytes(course: Course, language: str, *, on_tap: bool) -> int:
    pack = get_pack(course, language, on_tap=on_tap)
    return len(whole_pack(course, language, pack)) if pack else 0


def build(course: Course, outline: Outline, on_tap: bool) -> Pack:
    pages = [course_page(outline)]
    steps = outline.steps
    for number, step in enumerate(steps, 1):
        body = lesson_body(course, step, outline.language, on_tap=on_tap) if step.is_lesson else None
        if body is not None:
            context = {"outline": outline, "step": step, "body": body, "next_step": outline.after(step.key)}
            main = render_to_string("offline/lesson.html", context)
            bar = f"{number}/{len(steps)}"
            pages.append(KeptPage(step.path, step.title, outline.path, outline.title, bar, main))
    return Pack(outline.code, outline.title, frame(), words(outline.language), tuple(pages))


def course_page(outline: Outline) -> KeptPage:
    main = render_to_string("offline/course.html", {"outline": outline})
    back = path_of("courses:my_courses", language=outline.language)
    return KeptPage(outline.path, outline.title, back, _("My courses"), "", main)


def frame() -> str:
    """The page around all of them, in the active language."""
    context = {"user": SimpleNamespace(is_learner=True), "page_owner": "@owner@"}
    return render_to_string("offline/frame.html", context)


def words(language: str) -> dict[str, str]:
    """What the script and the worker say."""
    return {
        "asof": _("On this phone, as of"),
        "unsent": _("On this phone, not sent yet:"),
        "send": _("Send now"),
        "sent": _("Everything is sent."),
        "signin": _("Sign in to send them."),
        "login": path_of("account_login", language=language),
        "refused": _("Not taken:"),
        "result": _("Your answers have arrived: see your result"),
        "ok": _("I have read it"),
        "courses": _("My courses"),
        "away": _("This page is not on your phone"),
        "kept": _("Without a network you can open:"),
        "failed": _("Your phone could not keep this. Try again."),
        "out": _("Some answers are only on this phone. Send them before you sign out?"),
        "lose": _("They could not be sent. Sign out all the same and lose them?"),
    }

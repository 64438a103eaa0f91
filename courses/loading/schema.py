"""What the files of a course folder may hold. docs/course-folders.md tells it to those who write them."""

from typing import Annotated, Any, Literal, Self

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    RootModel,
    StringConstraints,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from courses.enums import StepKind
from lms.lib.comparison import UNSTORABLE

MAX_ROWS = 500  # rows of one list


class Strict(BaseModel):
    """Nothing is turned into something else, and no key is passed over."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def schema_problem(what: str, remedy: str) -> PydanticCustomError:
    """A fault that says itself what is wrong."""
    return PydanticCustomError("told", "{what}", {"what": what, "remedy": remedy})


def storable(text: str) -> str:
    if UNSTORABLE.search(text):
        raise schema_problem(_("The text holds an invisible character that cannot be kept"), _("Type the text again"))
    if not text.strip():
        raise schema_problem(_("The text is empty"), _("Write some text, or delete the key"))
    return text


def is_language(code: str) -> str:
    known = [code for code, _name in settings.LANGUAGES]
    if code not in known:
        what = _("Unknown language %(language)s") % {"language": code[:40]}
        raise schema_problem(what, _("Use one of: %(kinds)s") % {"kinds": ", ".join(known)})
    return code


Language = Annotated[str, AfterValidator(is_language)]
Text = Annotated[str, AfterValidator(storable), Field(max_length=20_000)]
Title = Annotated[str, AfterValidator(storable), Field(max_length=200)]
Line = Annotated[str, AfterValidator(storable), Field(max_length=300)]
Titles = Annotated[dict[Language, Title], Field(min_length=1)]
Lines300 = Annotated[dict[Language, Line], Field(min_length=1)]
Texts = Annotated[dict[Language, Text], Field(min_length=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)]
ShortKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=40)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=60)]
Address = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=80)]
SkillCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", max_length=40)]
FileName = Annotated[str, AfterValidator(storable), Field(max_length=250)]
Minutes = Annotated[int, Field(ge=1, le=1000)]
Small = Annotated[int, Field(ge=0, le=32_767)]


def no_flag(value: Any) -> Any:
    """``true`` equals 1 in Python."""
    if isinstance(value, bool):
        raise schema_problem(_("This is not a number"), _("Write digits only, without quotes"))
    return value


Rank = Annotated[Literal[1, 2, 3], BeforeValidator(no_flag)]


def one_or_each(value: Any) -> Any:
    """A text, or one for each language."""
    if isinstance(value, str):
        return storable(value)
    if not isinstance(value, dict) or not value:
        raise schema_problem(
            _("This is not text"), _("Write some text, or one text for each language: {fr: ..., en: ...}")
        )
    for language, text in value.items():
        is_language(language)
        if not isinstance(text, str):
            raise schema_problem(_("This is not text"), _("Put numbers and single words in quotes"))
        storable(text)
    return value


Words = Annotated[str | dict[str, str], PlainValidator(one_or_each)]


class Cover(Strict):
    file: FileName
    alt: Annotated[dict[Language, Line], Field(min_length=1)]


class SkillRow(Strict):
    code: SkillCode
    level: Rank = 1
    lessons: list[Key] = Field(default=[], max_length=MAX_ROWS)


class Step(Strict):
    lesson: Key | None = None
    assessment: Key | None = None

    @model_validator(mode="after")
    def is_one(self) -> Self:
        if (self.lesson is None) == (self.assessment is None):
            raise schema_problem(
                _("A step must be one key and one value"), _("Write - lesson: l1, or - assessment: final")
            )
        return self

    @property
    def kind(self) -> str:
        return StepKind.LESSON if self.lesson else StepKind.ASSESSMENT

    @property
    def named(self) -> str:
        return self.lesson or self.assessment or ""


class Module(Strict):
    key: Key
    title: Titles
    steps: list[Step] = Field(min_length=1, max_length=MAX_ROWS)


class CourseFile(Strict):
    """course.yaml"""

    code: Slug
    title: Titles
    summary: Lines300
    audience: Lines300 | None = None
    outcomes: dict[Language, list[Text]] = {}
    level: Rank = 1
    hours: float = Field(ge=0.05, lt=9_999.95)  # rounded to one digit, and kept in five
    order: Small = 100
    open: bool = True
    prerequisites: list[Slug] = Field(default=[], max_length=MAX_ROWS)
    skills: list[SkillRow] = Field(default=[], max_length=MAX_ROWS)
    image: Cover | None = None
    modules: list[Module] = Field(min_length=1, max_length=MAX_ROWS)


class LessonHead(Strict):
    """The lines between --- and --- at the top of a lesson."""

    title: Title
    key: Key | None = None
    slug: Address | None = None
    summary: Annotated[str, AfterValidator(storable), Field(max_length=200)] | None = None
    minutes: Minutes = 5
    required: bool = True


class SkillName(Strict):
    code: SkillCode
    framework: Literal["digcomp", "digital-work"]
    name: Titles
    description: Texts | None = None
    level_1: Texts | None = None  # what somebody can do who has it at this level
    level_2: Texts | None = None
    level_3: Texts | None = None
    esco_uri: Line | None = None


class SkillFile(RootModel[list[SkillName]]):
    model_config = ConfigDict(strict=True)


def explain(fault: ErrorDetails) -> tuple[str, str]:
    """What is wrong and how to fix it, in the active language."""
    names = [str(part) for part in fault["loc"] if isinstance(part, str) and part != "[key]"]
    key, kind, context = (names[-1] if names else "")[:80], fault["type"], fault.get("ctx", {})
    if kind == "told":
        return (f"{key}: {context['what']}" if key else context["what"]), context["remedy"]
    named = {"key": key, **context}
    if kind == "missing":
        return _("The key “%(key)s” is missing") % named, _("Add a line %(key)s: with its value") % named
    if kind == "extra_forbidden":
        what = _("The key “%(key)s” has no meaning here") % named
        return what, _("Correct its spelling, or delete it")
    what, remedy = _wanted(kind)
    if not what:
        if kind == "literal_error":
            return (
                _("%(key)s has a value that does not exist") % named,
                _("Use one of: %(kinds)s") % {"kinds": context.get("expected", "")},
            )
        if "max_length" in context:
            return _("%(key)s is too long") % named, _("Write %(max_length)s at most") % named
        bounds = {"gt": _("Write a number above %(gt)s"), "ge": _("Write %(ge)s or more"),
                  "lt": _("Write a number below %(lt)s"), "le": _("Write %(le)s or less")}  # fmt: skip
        for name in bounds.keys() & context.keys():  # pydantic names one bound in each error
            return _("%(key)s is too small or too large") % named, bounds[name] % context
        return _("%(key)s is not as expected") % named, _("Compare it with the example course")
    return what % named, remedy


def _wanted(kind: str) -> tuple[str, str]:
    if kind.startswith("string_pattern"):
        return (
            _("%(key)s contains characters other than letters, digits and hyphens"),
            _("Use a-z, 0-9 and - only"),
        )
    if kind == "string_type":
        return _("%(key)s is not text"), _("Put numbers and single words in quotes")
    if kind.startswith("int"):
        return _("%(key)s is not a whole number"), _("Write digits only, without quotes")
    if kind.startswith(("float", "finite")):
        return _("%(key)s is not a number"), _("Write digits only, without quotes")
    if kind.startswith("bool"):
        return _("%(key)s is neither true nor false"), _("Write true or false, without quotes")
    if kind.startswith("list"):
        return _("%(key)s is not a list"), _("Begin each of its lines with “- ”")
    if kind.startswith(("dict", "model")):
        return _("%(key)s does not hold keys and values"), _("Write lines such as title: ...")
    if kind == "too_short":
        return _("%(key)s is empty"), _("Write something under it, or delete it")
    return "", ""

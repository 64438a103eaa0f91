"""What is wrong with a course folder: where, what, and how to mend it. All of it at once, not one by one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """``where`` is a line number or the name of a key; ``remedy`` says what to write instead."""

    file: str
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where}: {self.what}. {self.remedy}."


class ContentError(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))

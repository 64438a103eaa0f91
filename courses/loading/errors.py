"""A course folder that cannot be loaded. All that is wrong with it at once, not one by one."""

from lms.lib.problems import Problem

__all__ = ["ContentError", "Problem"]


class ContentError(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))

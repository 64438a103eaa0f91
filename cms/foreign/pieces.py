"""What foreign HTML is read into: texts, pictures, tables and code, in the order of the source."""

from dataclasses import dataclass

from lms.lib.problems import Problem


@dataclass(frozen=True, slots=True)
class Text:
    html: str


@dataclass(frozen=True, slots=True)
class Picture:
    src: str
    alt: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    code: str


Piece = Text | Picture | Table | Code


@dataclass(frozen=True)
class Document:
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def pictures(self) -> list[Picture]:
        return [piece for piece in self.pieces if isinstance(piece, Picture)]

"""How well labels agree with those of a gold standard: accuracy, macro-F1, Cohen's kappa.

All of it follows from three counts for each label, which add up over several tasks: how often it was right (`gold`),
how often it was given, and how often both. An item without a label counts as an error and stands in no class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

SUBSTANTIAL = Fraction(61, 100)
"""Landis and Koch, The measurement of observer agreement for categorical data, Biometrics 33 (1977), p. 165."""


@dataclass(frozen=True)
class Tally:
    gold: Counter[str]
    given: Counter[str]
    right: Counter[str]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Tally:
        """``pairs``: (gold label, label given or "")."""
        found = list(pairs)
        return cls(
            Counter(gold for gold, _given in found),
            Counter(given for _gold, given in found if given),
            Counter(gold for gold, given in found if gold == given),
        )

    @classmethod
    def from_figures(cls, figures: Mapping[str, int]) -> Tally:
        """Back from ``as_figures``, whatever else stands there."""
        parts: dict[str, Counter[str]] = {"gold": Counter(), "given": Counter(), "right": Counter()}
        for name, count in figures.items():
            part, colon, label = name.partition(":")
            if colon and part in parts:
                parts[part][label] = count
        return cls(**parts)

    def as_figures(self) -> dict[str, int]:
        """Numbers that add up: ``{"gold:spam": 3, ...}``."""
        parts = {"gold": self.gold, "given": self.given, "right": self.right}
        return {f"{part}:{label}": count for part, counts in parts.items() for label, count in sorted(counts.items())}

    @property
    def items(self) -> int:
        return self.gold.total()

    @property
    def accuracy(self) -> Fraction:
        return Fraction(self.right.total(), self.items or 1)

    @property
    def macro_f1(self) -> Fraction:
        """The mean over the labels of 2·right / (gold + given), the harmonic mean of precision and recall: a rare label
        weighs as much as a common one. Labels that neither side has are left out, as scikit-learn does (van Rijsbergen,
        Information Retrieval, 1979, ch. 7; Sokolova and Lapalme, Information Processing & Management 45, 2009).
        """
        labels = self.gold.keys() | self.given.keys()
        each = [Fraction(2 * self.right[label], self.gold[label] + self.given[label]) for label in labels]
        return sum(each, Fraction(0)) / (len(each) or 1)

    @property
    def kappa(self) -> Fraction | None:
        """Agreement beyond chance: (observed - expected) / (1 - expected), Cohen, A coefficient of agreement for
        nominal scales, Educational and Psychological Measurement 20 (1960). ``None`` where one label alone is in use:
        there chance explains all.
        """
        total = self.items or 1
        expected = sum((Fraction(self.gold[label] * self.given[label], total**2) for label in self.gold), Fraction(0))
        return None if expected == 1 else (self.accuracy - expected) / (1 - expected)

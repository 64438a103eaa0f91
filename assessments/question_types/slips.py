"""How many letters are wrong: one left out, one too many, one for another, or two neighbours in the wrong order."""

from __future__ import annotations


def distance(one: str, other: str, *, most: int) -> int:
    """Of two texts, counted up to ``most``; above, ``most + 1``.

    Optimal string alignment (the restricted form of F. Damerau, A technique for computer detection and correction of
    spelling errors, Communications of the ACM 7, 1964): "ca" and "abc" are 3 apart.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, facing in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != facing))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)


def digits_of(text: str) -> str:
    """A wrong digit is another number, never a slip."""
    return "".join(character for character in text if character.isdecimal())

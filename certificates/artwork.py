"""The drawing behind the words of a certificate: a fine-line frame, a rising sun, a footbridge, its river.

Everything is computed here, no picture file, in millimetres from the upper left corner of the sheet. Fine
lines woven into each other are hard to copy by hand and cost almost no ink. It is written as PDF
operators and not as SVG: going through the SVG renderer on every page took 95 of 130 ms, a stream made once
for the process takes none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cache, partial

WIDTH, HEIGHT = 297.0, 210.0

RIVER, SUN = "#0a5c6b", "#f2a33a"
WATER, STONE, DAWN = "#d3e5e8", "#bfd8dc", "#f8d9a6"

FRAME = 11.5
"""Distance of the frame's middle line from the edge of the paper: clear of what office printers cannot reach.
"""

Point = tuple[float, float]
Curve = Callable[[float], Point]


@cache
def river_operators() -> bytes:
    """The whole background as a PDF content stream, in points from the lower left corner."""
    points = 72 / 25.4
    upright = f"{points:.6f} 0 0 {-points:.6f} 0 {HEIGHT * points:.6f} cm 1 J"
    return "\n".join((upright, _sun(), _water(), _bridge(), _frame())).encode("ascii")


MARK_WIDTH, MARK_HEIGHT = 68, 46


def mark_operators() -> bytes:
    """The mark of Passerelle, a footbridge over a wave, from its upper left corner."""
    deck = _path(("3 30 m 65 30 l", "8 30 m 14 6 54 6 60 30 c"), RIVER, 5)
    posts = _path(("22 29 m 22 18 l", "34 29 m 34 13 l", "46 29 m 46 18 l"), RIVER, 3)
    wave = _path(("10 41 m 16 37 20 45 26 41 c 32 37 36 45 42 41 c 48 37 52 45 58 41 c",), SUN, 3)
    return f"1 0 0 -1 0 {MARK_HEIGHT} cm 1 J {deck} {posts} {wave}".encode("ascii")


def _path(curves: Iterable[str], colour: str, width: float) -> str:
    return f"{_rgb(colour)} RG {width:g} w {' '.join(curves)} S"


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[start : start + 2], 16) / 255:.3f}" for start in (1, 3, 5))


def _trace(curve: Curve, start: float, end: float, steps: int) -> str:
    """The curve as cubic pieces that keep its direction at every joint."""
    step = (end - start) / steps
    times = [start + step * index for index in range(steps + 1)]
    points = [curve(time) for time in times]
    slopes = [_slope(curve, time, step) for time in times]
    parts = ["{:.2f} {:.2f} m".format(*points[0])]
    for index in range(steps):
        (x0, y0), (x1, y1) = points[index], points[index + 1]
        (u0, v0), (u1, v1) = slopes[index], slopes[index + 1]
        corners = (x0 + u0 / 3, y0 + v0 / 3, x1 - u1 / 3, y1 - v1 / 3, x1, y1)
        parts.append(" ".join(f"{value:.2f}" for value in corners) + " c")
    return " ".join(parts)


def _slope(curve: Curve, time: float, step: float) -> Point:
    """Movement per step at this time."""
    (x0, y0), (x1, y1) = curve(time - step / 100), curve(time + step / 100)
    return (x1 - x0) * 50, (y1 - y0) * 50


def _line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l"


# The sun, half risen behind the bridge: circles whose radius swings, turned a little each time; its light in
# the water.

SUN_X = WIDTH / 2
BANK = 139.5
"""Height of the far bank, where the sun comes up and the water begins."""


def _sun() -> str:
    inner = (_ring(10.0, 4.0, 9, turn) for turn in range(8))
    outer = (_ring(19.0, 4.0, 18, turn) for turn in range(6))
    light = (_line(SUN_X - half, BANK + drop, SUN_X + half, BANK + drop) for half, drop in _LIGHT)
    return " ".join((_path((*inner, *outer), DAWN, 0.25), _path(light, DAWN, 0.45)))


_LIGHT = ((19.0, 1.8), (12.0, 3.8), (15.0, 6.0), (7.0, 8.4), (3.0, 10.8))
"""Half width and depth of each stroke of light."""


def _ring(radius: float, swing: float, petals: int, turn: int) -> str:
    shift = math.pi * turn / (petals * 4)

    def curve(angle: float) -> Point:
        reach = radius + swing * math.sin(petals * (angle + shift))
        return SUN_X + reach * math.cos(angle), BANK + reach * math.sin(angle)

    return _trace(curve, math.pi, 2 * math.pi, petals * 2)


# The river: waves that come closer together and grow calmer towards the far bank.

SHORE = HEIGHT - FRAME - 3.4
LEFT, RIGHT = FRAME + 3.4, WIDTH - FRAME - 3.4


def _water() -> str:
    return _path((_wave(row / 23) for row in range(24)), WATER, 0.25)


def _wave(near: float) -> str:
    """One wave; `near` goes from 0 at the far bank to 1 at the lower edge."""
    level = BANK + (SHORE - 1.8 - BANK) * near**1.3
    height = 0.1 + 1.3 * near

    def curve(x: float) -> Point:
        turn = 2 * math.pi * (x - LEFT) / (RIGHT - LEFT)
        gust = 0.65 + 0.35 * math.sin(turn * 2 + near * 4)
        return x, level + height * gust * math.sin(turn * 5 + near * 9)

    return _trace(curve, LEFT, RIGHT, 24)


# The bridge: a low deck carried by one arch, drawn with parallel lines.

DECK_RISE, ARCH_RISE, ARCH_HALF = 4.0, 19.0, 92.0


def _bridge() -> str:
    deck = (_trace(partial(_deck, drop), LEFT, RIGHT, 8) for drop in (0.0, 0.7, 1.4))
    ends = SUN_X - ARCH_HALF, SUN_X + ARCH_HALF
    arch = (_trace(partial(_arch, drop), *ends, 8) for drop in (0.0, 0.6, 1.2, 1.8))
    places = (SUN_X + step * 7.5 for step in range(-11, 12))
    hangers = (_line(x, _arch(1.8, x)[1], x, _deck(0.0, x)[1]) for x in places)
    return " ".join((_path((*deck, *arch), STONE, 0.3), _path(hangers, STONE, 0.25)))


def _deck(drop: float, x: float) -> Point:
    return x, BANK - 1.6 + drop - DECK_RISE * math.sin(math.pi * (x - LEFT) / (RIGHT - LEFT))


def _arch(drop: float, x: float) -> Point:
    across = (x - SUN_X) / ARCH_HALF
    return x, BANK + 0.5 + drop - (ARCH_RISE + DECK_RISE) * (1 - across**2)


# The frame: six waves woven on each side between two straight lines, and a rosette in each corner.

SWING, STRANDS = 1.75, 6


def _frame() -> str:
    across = (_strand(WIDTH, HEIGHT, phase, 34, flip=False) for phase in range(STRANDS))
    down = (_strand(HEIGHT, WIDTH, phase, 22, flip=True) for phase in range(STRANDS))
    sides = (_path((*across, *down), RIVER, 0.13), _border(FRAME - 2.6, 0.35), _border(FRAME + 2.6, 0.18))
    return " ".join(sides) + "".join(
        " " + _corner(x, y) for x in (FRAME, WIDTH - FRAME) for y in (FRAME, HEIGHT - FRAME)
    )


def _strand(long: float, short: float, phase: int, halves: int, *, flip: bool) -> str:
    """One wave along both opposite sides, `halves` half waves from corner to corner; one curve piece for
    each.
    """

    def side(level: float) -> Curve:
        def curve(at: float) -> Point:
            turn = math.pi * (halves * (at - FRAME) / (long - 2 * FRAME) + 2 * phase / STRANDS)
            place = at, level + SWING * math.sin(turn)
            return (place[1], place[0]) if flip else place

        return curve

    return " ".join(_trace(side(level), FRAME, long - FRAME, halves * 2) for level in (FRAME, short - FRAME))


def _corner(x: float, y: float) -> str:
    def petal(turn: int, angle: float) -> Point:
        reach = 1.55 + 0.75 * math.sin(8 * angle + turn * math.pi / 2)
        return x + reach * math.cos(angle), y + reach * math.sin(angle)

    petals = (_trace(partial(petal, turn), 0, 2 * math.pi, 24) for turn in range(3))
    square = f"1 g {_rgb(RIVER)} RG .25 w {x - 2.6:.2f} {y - 2.6:.2f} 5.2 5.2 re B"
    heart = f"{_rgb(SUN)} RG .9 w {_line(x, y, x, y)} S"
    return " ".join((square, _path(petals, RIVER, 0.13), heart))


def _border(inset: float, width: float) -> str:
    box = f"{inset:g} {inset:g} {WIDTH - 2 * inset:g} {HEIGHT - 2 * inset:g} re"
    return _path((box,), RIVER, width)

"""Boxes of words as tight as their ink.

The boxes of a document come from its fonts' own measures, which are often wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .model import FetchError

#: Blank rows that may lie inside a word (below the dot of an i), in points; lines of text stand further apart.
_INNER_GAP = 1.4
#: A box grows by at most this part of its height on each side.
_MOST_GROWTH = 0.7
#: Ink is darker than the ground by at least so much, of 255.
_DARKER = 70

_HEADER = re.compile(rb"P5\s+(\d+)\s+(\d+)\s+255\s")


@dataclass(frozen=True)
class Grey:
    """A grey picture, a byte a pixel, row by row."""

    width: int
    height: int
    pixels: bytes


def read_grey(data: bytes) -> Grey:
    """A picture in the format PGM. Raises `FetchError` where it is damaged."""
    header = _HEADER.match(data)
    if header is None:
        raise FetchError(f"page: expected a grey picture (P5), got {data[:12]!r}")
    width, height = int(header[1]), int(header[2])
    pixels = data[header.end() :]
    if len(pixels) != width * height:
        raise FetchError(f"page: expected {width} x {height} pixels, got {len(pixels)}")
    return Grey(width, height, pixels)


def tight(page: Grey, box: tuple[float, float, float, float], dpi: int) -> tuple[int, int, int, int] | None:
    """The box `(x1, y1, x2, y2)` around the ink at a word's box, in whole pixels, the ends exclusive.

    Upwards and downwards it may be larger than the given box, sideways only smaller. `None` where no dark ink is seen.
    """
    x1, x2 = max(0, round(box[0])), min(page.width, max(round(box[0]) + 1, round(box[2])))
    y1, y2 = max(0, round(box[1])), min(page.height, max(round(box[1]) + 1, round(box[3])))
    if x1 >= x2 or y1 >= y2:
        return None
    rows, columns = range(max(0, y1 - 3), min(page.height, y2 + 3)), slice(max(0, x1 - 3), min(page.width, x2 + 3))
    ground = max(max(page.pixels[row * page.width : (row + 1) * page.width][columns]) for row in rows)
    darkest = ground - _DARKER

    def dark(row: int) -> bool:
        return min(page.pixels[row * page.width + x1 : row * page.width + x2]) <= darkest

    inside = [row for row in range(y1, y2) if dark(row)]
    if not inside:
        return None
    gap = max(2, round(_INNER_GAP * dpi / 72))
    growth = round(_MOST_GROWTH * (y2 - y1))
    top = _grown(inside[0], -1, max(0, y1 - growth), gap, dark)
    bottom = _grown(inside[-1], 1, min(page.height - 1, y2 + growth), gap, dark)
    strip = page.pixels[top * page.width : (bottom + 1) * page.width]

    def dark_column(column: int) -> bool:
        return min(strip[column :: page.width]) <= darkest

    left = next(column for column in range(x1, x2) if dark_column(column))
    right = next(column for column in range(x2 - 1, x1 - 1, -1) if dark_column(column))
    return left, top, right + 1, bottom + 1


def _grown(row: int, step: int, last: int, gap: int, dark) -> int:
    """The furthest row with ink that is reached from `row` without crossing more than `gap` blank rows."""
    found, place = row, row
    while place != last and abs(place - found) <= gap:
        place += step
        if dark(place):
            found = place
    return found

"""Reads the text of a picture: PP-OCR's detector and recogniser from rapidocr-onnxruntime, one picture at a time."""

from __future__ import annotations

from dataclasses import dataclass

#: Lines of which the recogniser is less sure are left out.
LEAST_SCORE = 0.5
#: A gap between characters as wide as this part of the line's height separates words.
_GAP = 0.28


@dataclass(frozen=True)
class Character:
    """One character and its box `(x1, y1, x2, y2)` in pixels of the picture that was given."""

    text: str
    box: tuple[float, float, float, float]

    @property
    def centre(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True)
class Line:
    """A line of text as it was recognised, with its characters in order and how sure the recogniser is, in 0...1."""

    text: str
    score: float
    box: tuple[float, float, float, float]
    characters: tuple[Character, ...]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    def words(self) -> list[tuple[str, tuple[float, float, float, float]]]:
        """The words with their boxes, separated at spaces and wide gaps."""
        words: list[list[Character]] = [[]]
        for character in self.characters:
            last = words[-1][-1] if words[-1] else None
            wide = last is not None and character.box[0] - last.box[2] > _GAP * self.height
            if character.text.isspace() or wide:
                words.append([])
            if not character.text.isspace():
                words[-1].append(character)
        return [("".join(c.text for c in word), frame(c.box for c in word)) for word in words if word]


def frame(boxes) -> tuple[float, float, float, float]:
    """The smallest box around boxes."""
    boxes = list(boxes)
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def distance(point: tuple[float, float], box: tuple[float, float, float, float]) -> float:
    """Pixels from a point to a box; 0 inside."""
    x = max(box[0] - point[0], 0, point[0] - box[2])
    y = max(box[1] - point[1], 0, point[1] - box[3])
    return (x * x + y * y) ** 0.5


def text_in(lines: list[Line], region: tuple[float, float, float, float]) -> str:
    """What is read in a region: the characters whose centres are in it; where there are none, the nearest word."""
    found = []
    for line in lines:
        inside = [c for c in line.characters if distance(c.centre, region) == 0]
        text = "".join(c.text for c in inside).strip()
        if text:
            found.append(text)
    if found:
        return " ".join(found)
    centre = (region[0] + region[2]) / 2, (region[1] + region[3]) / 2
    words = [(distance(centre, box), word) for line in lines for word, box in line.words()]
    return min(words)[1] if words else ""


class TextReader:
    """The recogniser with its weights, on `threads` threads. Not for use from two threads at once."""

    def __init__(self, threads: int):
        from rapidocr_onnxruntime import RapidOCR

        self._engine = RapidOCR(intra_op_num_threads=threads, inter_op_num_threads=1)

    def read(self, image) -> list[Line]:
        """The lines of a picture (a Pillow image in RGB), from the top down."""
        import numpy

        pixels = numpy.ascontiguousarray(numpy.asarray(image, dtype=numpy.uint8)[:, :, ::-1])
        found, _ = self._engine(pixels, return_word_box=True, use_cls=False, text_score=LEAST_SCORE)
        lines = []
        for corners, text, score, boxes, letters, *_ in found or []:
            characters = tuple(
                Character(letter, frame((x, y, x, y) for x, y in box)) for letter, box in zip(letters, boxes, strict=True)
            )
            if text.strip():
                lines.append(Line(text.strip(), float(score), frame((x, y, x, y) for x, y in corners), characters))
        return sorted(lines, key=lambda line: (line.box[1], line.box[0]))

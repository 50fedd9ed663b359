"""Reads the text of a picture: PP-OCR's detector and recogniser from rapidocr-onnxruntime, one picture at a time."""

from __future__ import annotations

from dataclasses import dataclass

#: Lines of which the recogniser is less sure are left out.
LEAST_SCORE = 0.5
#: Blank columns as wide as this part of the line's height separate words.
BLANK = 0.22
#: The detector misses text that touches the edge: narrow pictures get a border of their edge's pixels.
NARROW, BORDER = 320, 24
#: Lines of one row stand no further apart than this many heights.
_ROW_GAP = 1.2


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

    def moved(self, by: float) -> Line:
        """The same line, all of its boxes moved right and down by so many pixels."""

        def box(one: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
            return one[0] + by, one[1] + by, one[2] + by, one[3] + by

        return Line(self.text, self.score, box(self.box), tuple(Character(c.text, box(c.box)) for c in self.characters))

    def words(self) -> list[tuple[str, tuple[float, float, float, float]]]:
        """The words with their boxes, separated at spaces."""
        words: list[list[Character]] = [[]]
        for character in self.characters:
            if character.text.isspace():
                words.append([])
            else:
                words[-1].append(character)
        return [("".join(c.text for c in word), frame(c.box for c in word)) for word in words if word]


def separated(characters: list[Character], blanks: list[float]) -> list[Character]:
    """The characters with a space wherever one of `blanks` (the middles of blank columns) lies between two of them.

    The recogniser drops many spaces of English text; where its own space is next to a blank, no second one is set.
    """
    after: set[int] = set()
    for blank in blanks:
        middles = [
            (abs((one.centre[0] + other.centre[0]) / 2 - blank), n)
            for n, (one, other) in enumerate(zip(characters, characters[1:], strict=False))
        ]
        if not middles:
            continue
        place = min(middles)[1]
        if not any(c.text.isspace() for c in characters[max(0, place - 1) : place + 3]):
            after.add(place)
    result = []
    for n, character in enumerate(characters):
        result.append(character)
        if n in after:
            edge = (character.box[2] + characters[n + 1].box[0]) / 2
            result.append(Character(" ", (edge, character.box[1], edge, character.box[3])))
    return result


def rows(lines: list[Line]) -> list[list[tuple[str, tuple[float, float, float, float]]]]:
    """The words of the lines in reading order: lines that stand close beside each other make one row."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.box[0]):
        for row in found:
            last = row[-1]
            shared = min(last.box[3], line.box[3]) - max(last.box[1], line.box[1])
            near = line.box[0] - last.box[2] < _ROW_GAP * min(last.height, line.height)
            if shared > 0.5 * min(last.height, line.height) and near and line.box[0] > last.box[0] + last.height:
                row.append(line)
                break
        else:
            found.append([line])
    found.sort(key=lambda row: (row[0].box[1], row[0].box[0]))
    return [[word for line in row for word in line.words()] for row in found]


def blanks(ink, height: float) -> list[float]:
    """The middles, in pixels, of runs of columns without ink inside a line; `ink` has one truth value a column."""
    middles, start, seen = [], 0, False
    for column, dark in enumerate(ink):
        if not dark:
            continue
        if seen and column - start >= BLANK * height:
            middles.append((start + column) / 2)
        start, seen = column + 1, True
    return middles


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

        edge = BORDER if min(image.size) < NARROW else 0
        pixels = numpy.asarray(image, dtype=numpy.uint8)[:, :, ::-1]
        pixels = numpy.ascontiguousarray(numpy.pad(pixels, ((edge, edge), (edge, edge), (0, 0)), mode="edge"))
        found, _ = self._engine(pixels, return_word_box=True, use_cls=False, text_score=LEAST_SCORE)
        lines = []
        for corners, text, score, boxes, letters, *_ in found or []:
            characters = [
                Character(letter, frame((x, y, x, y) for x, y in edge))
                for letter, edge in zip(letters, boxes, strict=True)
            ]
            box = frame((x, y, x, y) for x, y in corners)
            if not text.strip():
                continue
            gaps = [box[0] + gap for gap in blanks(_ink(pixels, box), box[3] - box[1])]
            characters = separated(characters, gaps)
            text = "".join(character.text for character in characters).strip()
            lines.append(Line(" ".join(text.split()), float(score), box, tuple(characters)).moved(-edge))
        return sorted(lines, key=lambda line: (line.box[1], line.box[0]))


def _ink(pixels, box: tuple[float, float, float, float]):
    """Which columns of a box hold ink: a pixel far from the ground, whose colour is the middle one of the box."""
    import numpy

    x1, y1, x2, y2 = (max(0, round(value)) for value in box)
    grey = pixels[y1 : max(y1 + 1, y2), x1 : max(x1 + 1, x2)].mean(axis=2)
    if grey.size == 0:
        return numpy.zeros(0, dtype=bool)
    away = numpy.abs(grey - numpy.median(grey))
    return (away > 0.35 * max(1.0, float(away.max()))).any(axis=0)

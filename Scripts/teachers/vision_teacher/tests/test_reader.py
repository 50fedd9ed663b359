"""Words from lines: blanks, spaces, rows, and the text of a region. No model is needed."""

import unittest

from vision_teacher.reader import BLANK, Character, Line, blanks, distance, frame, rows, separated, text_in


def line(text: str, x: float = 0, y: float = 0, step: float = 10, height: float = 20) -> Line:
    """A line whose characters are `step` pixels wide."""
    characters = tuple(Character(c, (x + n * step, y, x + (n + 1) * step, y + height)) for n, c in enumerate(text))
    return Line(text, 0.99, frame(c.box for c in characters), characters)


class WordTests(unittest.TestCase):
    def test_words_and_their_boxes(self):
        self.assertEqual(line("ab  c").words(), [("ab", (0, 0, 20, 20)), ("c", (40, 0, 50, 20))])
        self.assertEqual(line("   ").words(), [])

    def test_a_blank_sets_a_space_and_never_two(self):
        for text, blank, expected in (
            ("abcd", 20, "ab cd"),
            ("abcd", 22, "ab cd"),
            ("abcd", 5, "a bcd"),
            ("ab cd", 20, "ab cd"),
            ("ab cd", 28, "ab cd"),
            ("a", 5, "a"),
        ):
            found = separated(list(line(text).characters), [blank])
            self.assertEqual("".join(c.text for c in found), expected, (text, blank))
        self.assertEqual(separated([], [3]), [])

    def test_blanks_are_wide_runs_between_ink(self):
        wide = int(BLANK * 20) + 1
        ink = [False] * 9 + [True] * 5 + [False] * wide + [True] + [False] * (wide - 2) + [True] + [False] * 50
        self.assertEqual(blanks(ink, 20), [14 + wide / 2])
        self.assertEqual(blanks([], 20), [])
        self.assertEqual(blanks([False] * 100, 20), [])


class RowTests(unittest.TestCase):
    def words(self, *lines: Line) -> list[list[str]]:
        return [[word for word, _ in row] for row in rows(list(lines))]

    def test_neighbours_join_and_columns_do_not(self):
        self.assertEqual(self.words(line("one"), line("two", x=45)), [["one", "two"]])
        self.assertEqual(self.words(line("two", x=45, y=3), line("one")), [["one", "two"]])
        self.assertEqual(self.words(line("one"), line("two", x=80)), [["one"], ["two"]])
        self.assertEqual(self.words(line("below", y=25), line("one")), [["one"], ["below"]])
        self.assertEqual(self.words(), [])


class RegionTests(unittest.TestCase):
    def test_characters_in_the_region_otherwise_the_nearest_word(self):
        lines = [line("build reproducibly"), line("below it", y=30)]
        self.assertEqual(text_in(lines, (0, 0, 50, 20)), "build")
        self.assertEqual(text_in(lines, (58, 0, 185, 20)), "reproducibly")
        self.assertEqual(text_in(lines, (0, 0, 50, 60)), "build below")
        self.assertEqual(
            text_in(lines, (300, 31, 310, 49)),
            "it" if distance((305, 40), lines[0].box) > distance((305, 40), lines[1].box) else "reproducibly",
        )
        self.assertEqual(text_in([], (0, 0, 1, 1)), "")

    def test_distance(self):
        self.assertEqual(distance((5, 5), (0, 0, 10, 10)), 0)
        self.assertEqual(distance((13, 14), (0, 0, 10, 10)), 5)


if __name__ == "__main__":
    unittest.main()

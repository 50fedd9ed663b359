"""Pages: boxes of words, the choice of pages, and a real small document where poppler is installed."""

import contextlib
import io
import json
import random
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from fetch_data import ink, pages, tools
from fetch_data.archive import Archive
from fetch_data.command import LOCK
from fetch_data.model import FetchError, Package
from fetch_data.page_catalogue import PAGE_SOURCES, PageSource, Paper
from fetch_data.pages import Page, choose, content, read_boxes, read_papers
from fetch_data.store import Lock

DRAWS = shutil.which("pdftoppm") and shutil.which("pdftotext")


def document(words: int, number: int = 2) -> bytes:
    """A PDF with `number` pages of `words` words, in Helvetica of 10 points."""
    stream = "BT /F 10 Tf 12 TL 40 760 Td " + " ".join(f"(word{n} and) Tj T*" for n in range(words // 2)) + " ET"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    kids = []
    for _ in range(number):
        kids.append(f"{len(objects) + 1} 0 R")
        font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 800]/Resources<</Font<</F {font}>>>>"
            f"/Contents {len(objects) + 2} 0 R>>"
        )
        objects.append(f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream")
    objects[1] = f"<</Type/Pages/Count {number}/Kids[{' '.join(kids)}]>>"
    out, places = b"%PDF-1.4\n", []
    for n, text in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{n} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\n"
    return out + f"{tail}startxref\n{len(out)}\n%%EOF\n".encode()


class BoxTests(unittest.TestCase):
    def word(self, text: str, box=(1, 2, 3, 4)) -> str:
        return '<word xMin="{}" yMin="{}" xMax="{}" yMax="{}">'.format(*box) + text + "</word>"

    def page(self, *words: str) -> str:
        return '<page width="100.0" height="50.5">\n' + "\n".join(words) + "</page>"

    def test_words_and_boxes(self):
        text = (
            self.page(self.word("a&amp;b"), self.word("ﬁnd", (10.5, 2, 20, 9)))
            + self.page()
            + self.page(self.word("x"))
        )
        found = read_boxes(text)
        self.assertEqual([(p.number, len(p.words)) for p in found], [(1, 2), (2, 0), (3, 1)])
        self.assertEqual(found[0].words, (("a&b", (1, 2, 3, 4)), ("find", (10.5, 2, 20, 9))))
        self.assertEqual((found[0].width, found[0].height), (100, 50.5))

    def test_what_cannot_be_seen_is_left_out(self):
        boxes = ((-1, 2, 3, 4), (1, 2, 101, 4), (3, 2, 1, 4), (1, 4, 3, 4), (1, 2, 3, 51))
        words = [self.word("x", box) for box in boxes] + [self.word(" "), self.word("a\x01b"), self.word("�")]
        self.assertEqual(read_boxes(self.page(*words))[0].words, ())

    def test_damaged_text_gives_no_page(self):
        for text in ("", "<page>", '<page width="x" height="1"></page>', self.page(self.word("a"))[:-8]):
            self.assertEqual(read_boxes(text), [])

    def test_the_choice_is_even_and_skips_titles_and_tables(self):
        counts = [5, 100, 100, 5000, 100, 100, 100, 100]
        listed = [Page(n, 1, 1, (("w", (0, 0, 1, 1)),) * count) for n, count in enumerate(counts, start=1)]
        self.assertEqual([page.number for page in choose(listed, 3)], [2, 5, 7])
        self.assertEqual([page.number for page in choose(listed, 99)], [2, 3, 5, 6, 7, 8])
        self.assertEqual(choose([], 3), [])


class InkTests(unittest.TestCase):
    """Boxes around drawn ink, against what was drawn."""

    def page(self, *boxes, width=120, height=90) -> ink.Grey:
        rows = [bytearray(b"\xff" * width) for _ in range(height)]
        for x1, y1, x2, y2 in boxes:
            for row in rows[y1:y2]:
                row[x1:x2] = bytes(x2 - x1)
        return ink.Grey(width, height, b"".join(map(bytes, rows)))

    def test_a_box_grows_and_shrinks_to_its_ink(self):
        letter = (30, 20, 50, 45)
        page = self.page(letter)
        for box in ((30, 20, 50, 45), (20.4, 10, 60, 60), (28, 28, 55, 40.6), (30, 22, 50, 44)):
            self.assertEqual(ink.tight(page, box, 200), letter, box)

    def test_the_dot_of_an_i_belongs_and_the_next_line_does_not(self):
        dot, stem, below = (30, 20, 34, 24), (30, 28, 34, 45), (25, 52, 60, 70)
        page = self.page(dot, stem, below)
        self.assertEqual(ink.tight(page, (28, 28, 40, 46), 200), (30, 20, 34, 45))

    def test_sideways_it_never_grows(self):
        page = self.page((10, 20, 100, 40))
        self.assertEqual(ink.tight(page, (30, 20, 50, 40), 200), (30, 20, 50, 40))

    def test_growth_is_bounded(self):
        page = self.page((30, 0, 33, 90))
        self.assertEqual(ink.tight(page, (28, 40, 40, 50), 200), (30, 33, 33, 58))

    def test_no_ink_no_box(self):
        page = self.page((30, 20, 50, 45))
        for box in ((60, 20, 70, 40), (200, 20, 210, 40), (30, 95, 50, 99)):
            self.assertIsNone(ink.tight(page, box, 200))

    def test_random_boxes_against_a_plain_search(self):
        draw = random.Random(11)
        for number in range(300):
            x1, y1 = draw.randrange(40), draw.randrange(30, 40)
            letter = (x1 + 20, y1, x1 + 20 + draw.randrange(1, 30), y1 + draw.randrange(4, 20))
            box = (letter[0] - draw.random() * 9 - 1, letter[1] + 1, letter[2] + draw.random() * 9 + 1, letter[3] - 1)
            self.assertEqual(ink.tight(self.page(letter), box, 150), letter, f"draw {number}")

    def test_damaged_pictures_are_refused(self):
        for data in (
            b"",
            b"P6 2 2 255 aaaa",
            b"P5 2 2 255 aaa",
            b"P5 2 2 255 aaaaa",
            b"P5 x 2 255 aaaa",
            b"P5 2 2 65535 aaaa",
        ):
            with self.assertRaises(FetchError, msg=data):
                ink.read_grey(data)
        self.assertEqual(ink.read_grey(b"P5\n2 2\n255\nabcd"), ink.Grey(2, 2, b"abcd"))


class CatalogueTests(unittest.TestCase):
    def test_every_package_is_pinned_and_every_split_has_documents(self):
        pinned = {name for name in Lock(LOCK).entries if name.startswith("pages:")}
        self.assertEqual(pinned, {f"pages:{source.name}" for source in PAGE_SOURCES})
        papers = [paper for source in PAGE_SOURCES for paper in source.papers]
        self.assertEqual({paper.split for paper in papers}, {"train", "validation", "test"})
        self.assertEqual(len({paper.name for paper in papers}), len(papers))

    def test_a_missing_or_foreign_document_is_named(self):
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        source = PageSource(
            "s",
            Package("apt", "s", "1"),
            (Paper("p", "a.pdf", "x", "y", 2, 100), Paper("q", "b.pdf", "x", "y", 2, 100)),
        )
        (folder / "a.pdf").write_bytes(b"%PDF-1.4")
        with self.assertRaisesRegex(FetchError, "b.pdf: missing or no PDF"):
            read_papers(source, Archive(folder))
        (folder / "b.pdf").write_bytes(b"MZ")
        with self.assertRaisesRegex(FetchError, "b.pdf: missing or no PDF"):
            read_papers(source, Archive(folder))
        self.assertNotEqual(content({"a": b"1"}), content({"a": b"2"}))

    def test_without_the_program_the_error_says_what_to_do(self):
        with (
            mock.patch.object(tools.shutil, "which", lambda _: None), mock.patch.object(tools.os, "geteuid", lambda: 1),
            self.assertRaisesRegex(FetchError, r"poppler-utils \(apt\): needed to draw .*Hint: apt-get install"),
        ):  # fmt: skip
            tools.require_program("pdftoppm", "poppler-utils", "draw pages")


@unittest.skipUnless(DRAWS, "needs poppler-utils. Hint: Scripts/install-deps.sh --images")
class SessionTests(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "data").mkdir()
        (self.root / "data" / "a.pdf").write_bytes(document(80))
        self.source = PageSource(
            "s", Package("apt", "s-doc", "1"), (Paper("paper", "a.pdf", "CC0-1.0", "a", 5, 72, "test"),)
        )
        self.asked = 0

    def archive(self, package):
        self.asked += 1
        return Archive(self.root / "data"), "1"

    def call(self, relock=(), verify=False):
        said = io.StringIO()
        with (
            mock.patch.object(pages, "PAGE_SOURCES", [self.source]), contextlib.redirect_stderr(said),
            contextlib.redirect_stdout(said),
        ):  # fmt: skip
            session = pages.PageSession(self.root / "cache", Lock(self.root / "lock.json"), set(relock))
            session.downloads.archive = self.archive
            return session.verify([self.source]) if verify else session.fetch([self.source])

    def test_pages_words_and_a_second_call(self):
        self.assertEqual(self.call(relock=["s"]), [])
        folder = self.root / "cache" / "pages"
        records = [json.loads(line) for line in (folder / "pages.jsonl").read_text().splitlines()]
        self.assertEqual(
            [(r["page"], r["width"], r["height"], r["split"]) for r in records],
            [(1, 400, 800, "test"), (2, 400, 800, "test")],
        )
        first = records[0]["words"][0]
        self.assertEqual((first["text"], len(records[0]["words"])), ("word0", 80))
        x1, y1, x2, y2 = first["box"]
        self.assertTrue(39 <= x1 <= 41 and 60 < x2 < 80 and 31 <= y1 <= 35 and 39 <= y2 <= 42, first)
        self.assertEqual(self.call(), [])
        self.assertEqual(self.asked, 1)
        self.assertEqual(self.call(verify=True), [])
        (folder / records[0]["file"]).write_bytes(b"changed")
        self.assertIn("differs from pages.jsonl", self.call(verify=True)[0])

    def test_a_document_without_pages_of_text_is_an_error(self):
        (self.root / "data" / "a.pdf").write_bytes(document(20))
        self.assertIn("no page has 60 to 1500 words", self.call(relock=["s"])[0])

    def test_a_damaged_document_is_an_error_that_names_the_program(self):
        (self.root / "data" / "a.pdf").write_bytes(b"%PDF-1.4 nothing")
        self.assertRegex(self.call(relock=["s"])[0], "s-doc.*pdftotext")


if __name__ == "__main__":
    unittest.main()

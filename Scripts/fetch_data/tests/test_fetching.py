"""Splits, duplicates, and the command as a whole with packages that come, fail, change and come back."""

import argparse
import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from fetch_data import command
from fetch_data.archive import Archive
from fetch_data.model import Asset, Document, FetchError, Package, Source
from fetch_data.split import NearDuplicates, split_of
from fetch_data.store import Lock, read_lines


def words(seed: int, count: int = 120) -> str:
    """Text without structure, different for each seed."""
    return " ".join(f"w{(seed * 7919 + n * n * 31 + n * seed) % 99991}" for n in range(count))


def source(name: str, read=None, domain: str = "d", **options) -> Source:
    reader = read or (lambda archive: (Document(f"{n}", f"g{n // 3}", words(n)) for n in range(60)))
    return Source(name, domain, Package("pip", name, "1"), "a", "l", "about", reader, **options)


class SplitTests(unittest.TestCase):
    def test_a_group_has_one_split_and_it_never_changes(self):
        example = source("example")
        splits = [split_of(example, Document(f"{n}", f"g{n}", "")) for n in range(2000)]
        again = [split_of(example, Document(f"other{n}", f"g{n}", "")) for n in range(2000)]
        self.assertEqual(splits, again)
        # Pinned: another hash or another rule would move documents between the splits of published runs.
        self.assertEqual(
            {n: s for n, s in enumerate(splits[:40]) if s != "train"}, {11: "validation", 35: "validation", 36: "test"}
        )
        for split, low, high in (("test", 60, 140), ("validation", 60, 140)):
            self.assertTrue(low < splits.count(split) < high, f"{split}: {splits.count(split)}")

    def test_held_out_by_hand(self):
        example = source("example", held_out={"persuasion": "test"})
        self.assertEqual(split_of(example, Document("persuasion/01", "persuasion", "")), "test")


class DuplicateTests(unittest.TestCase):
    def test_editions(self):
        seen = NearDuplicates()
        text = words(1, 2000)
        self.assertFalse(seen.is_duplicate(text))
        self.assertFalse(seen.is_duplicate(words(2, 2000)))
        changed = " ".join("changed" if n % 40 == 0 else w for n, w in enumerate(text.split(" ")))
        self.assertTrue(seen.is_duplicate(changed))
        self.assertTrue(seen.is_duplicate(text.upper()))

    def test_short_texts(self):
        seen = NearDuplicates()
        self.assertFalse(seen.is_duplicate("one two"))
        self.assertTrue(seen.is_duplicate("One, two!"))
        self.assertFalse(seen.is_duplicate("one three"))


class CommandTests(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp())
        self.asked: list[str] = []
        self.failing: set[str] = set()

    def call(self, sources, assets=(), relock=(), verify=False, only=()):
        """One call of the command with a fake registry; (exit status, what it said)."""

        def archive(_, package):
            self.asked.append(package.name)
            if package.name in self.failing:
                raise FetchError(f"{package}: download failed: gone")
            return Archive(self.root), package.version

        options = argparse.Namespace(
            cache=self.root / "cache",
            sets=[],
            only=list(only),
            relock=list(relock),
            list=False,
            table=False,
            verify=verify,
        )
        said = io.StringIO()
        with (
            mock.patch.object(command, "SOURCES", list(sources)),
            mock.patch.object(command, "ASSETS", list(assets)),
            mock.patch.object(command, "LOCK", self.root / "lock.json"),
            mock.patch.object(command.Downloads, "archive", archive),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            try:
                status = command.run(options, argparse.ArgumentParser())
            except SystemExit as stopped:
                status = stopped.code
        return status, said.getvalue()

    def documents(self, split, domain="d"):
        return list(read_lines(self.root / "cache" / "text" / domain / f"{split}.jsonl"))

    def test_a_second_call_downloads_nothing_and_verifies(self):
        sources = [source("one")]
        self.assertEqual(self.call(sources, relock=["one"])[0], 0)
        self.assertEqual(self.asked, ["one"])
        before = (self.root / "cache" / "text" / "manifest.json").read_bytes()
        self.assertEqual(self.call(sources)[0], 0)
        self.assertEqual(self.asked, ["one"])
        self.assertEqual((self.root / "cache" / "text" / "manifest.json").read_bytes(), before)
        self.assertEqual(self.call(sources, verify=True)[0], 0)
        ids = [r["id"] for split in ("train", "validation", "test") for r in self.documents(split)]
        self.assertEqual(sorted(ids), sorted(f"one/{n}" for n in range(60)))

    def test_a_package_that_is_gone_leaves_the_others(self):
        sources = [source("gone"), source("here", lambda a: [Document("x", "x", words(77))])]
        self.failing = {"gone"}
        status, said = self.call(sources, relock=["gone", "here"])
        self.assertEqual(status, 1)
        self.assertIn("error: gone (gone 1 (pip)): gone 1 (pip): download failed", said)
        self.assertEqual(sum(len(self.documents(s)) for s in ("train", "validation", "test")), 1)
        self.failing = set()
        self.assertEqual(self.call(sources, relock=["gone"])[0], 0)
        self.assertEqual(self.asked, ["gone", "here", "gone"])

    def test_a_reader_that_fails_leaves_the_others(self):
        def broken(archive):
            yield Document("a", "a", words(1))
            raise IndexError("off the end")

        status, said = self.call([source("bad", broken), source("good")], relock=["bad", "good"])
        self.assertEqual(status, 1)
        self.assertIn("error: bad (bad 1 (pip)): IndexError: off the end", said)
        self.assertFalse((self.root / "cache" / "text" / "sources" / "bad.jsonl").exists())

    def test_changed_content_is_refused(self):
        self.call([source("one")], relock=["one"])
        (self.root / "cache" / "text" / "sources" / "one.jsonl").unlink()
        status, said = self.call([source("one", lambda a: [Document("x", "x", words(5))])])
        self.assertEqual(status, 1)
        self.assertIn("the extracted content differs: expected 60 documents", said)
        self.assertFalse((self.root / "cache" / "text" / "sources" / "one.jsonl").exists())

    def test_a_damaged_cache_is_noticed(self):
        self.call([source("one")], relock=["one"])
        path = self.root / "cache" / "text" / "sources" / "one.jsonl"
        path.write_text(path.read_text()[:-20])
        status, said = self.call([source("one")], verify=True)
        self.assertEqual(status, 1)
        self.assertIn("differs from its pinned checksum", said)
        self.assertEqual(self.call([source("one")])[0], 0)
        self.assertEqual(self.call([source("one")], verify=True)[0], 0)

    def test_many_damaged_documents_are_an_error(self):
        status, said = self.call([source("bad", lambda a: [Document("x", "x", "\ufffd" + words(3))])], relock=["bad"])
        self.assertEqual(status, 1)
        self.assertIn("1 of 1 documents have damaged characters", said)

    def test_held_out_text_wins_over_its_twin_in_training(self):
        read = lambda a: [Document("t", "train-group", words(9)), Document("v", "kept", words(9))]  # noqa: E731
        status, _ = self.call(
            [source("one", read, held_out={"train-group": "train", "kept": "validation"})], relock=["one"]
        )
        self.assertEqual(status, 0)
        self.assertEqual([r["id"] for r in self.documents("validation")], ["one/v"])
        self.assertEqual(self.documents("train"), [])

    def test_assets_are_copied_and_checked(self):
        (self.root / "inside.json").write_text(json.dumps({"a": 1}))
        asset = Asset("tokens", Package("pip", "p", "1"), "l", "about", {"inside.json": "tokenizers/out.json"})
        self.assertEqual(self.call([], [asset], relock=["tokens"])[0], 0)
        self.assertEqual((self.root / "cache" / "tokenizers" / "out.json").read_text(), '{"a": 1}')
        (self.root / "cache" / "tokenizers" / "out.json").unlink()
        (self.root / "inside.json").write_text("{}")
        status, said = self.call([], [asset])
        self.assertEqual(status, 1)
        self.assertIn("tokens:out.json: the extracted content differs", said)
        self.assertFalse((self.root / "cache" / "tokenizers" / "out.json").exists())

    def test_unknown_names_are_refused(self):
        status, said = self.call([source("one")], only=["two"])
        self.assertEqual((status, self.asked), (2, []))
        self.assertIn("no source is called 'two'", said)


class DocumentTests(unittest.TestCase):
    """The real catalogue, its checksums and its document agree."""

    def test_every_source_is_pinned_and_nothing_else(self):
        lock = Lock(command.LOCK)
        names = {s.name for s in command.SOURCES}
        names |= {f"{a.name}:{Path(path).name}" for a in command.ASSETS for path in a.files.values()}
        media = ("clips:", "images:", "pages:", "tasks:")
        self.assertEqual(names, {name for name in lock.entries if not name.startswith(media)})

    def test_the_table_in_the_document_is_the_catalogue(self):
        document = (command.LOCK.parent.parent / "Docs" / "Data.md").read_text(encoding="utf-8")
        self.assertIn(command.table(Lock(command.LOCK)), document, "Hint: Scripts/fetch-data --table")


if __name__ == "__main__":
    unittest.main()

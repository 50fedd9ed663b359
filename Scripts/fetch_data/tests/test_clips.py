"""Sounds: the table of classes, decoding, trimming, splits, and a session with packages that fail and come back."""

import contextlib
import io
import json
import math
import shutil
import struct
import subprocess
import tempfile
import unittest
from array import array
from pathlib import Path
from unittest import mock

from fetch_data import clip_audio, clip_catalogue, clip_command, clip_sample, clips, command, tools
from fetch_data.archive import Archive
from fetch_data.clip_audio import Clip, Unusable, decode, trimmed, write_wav
from fetch_data.clip_catalogue import CLIP_SOURCES, ClipSource, Rule, read_rules
from fetch_data.model import FetchError, Package
from fetch_data.store import Lock


def source(name: str) -> ClipSource:
    return ClipSource(name, Package("apt", f"{name}-data", "1"), "a", (("*", "CC0-1.0"),))


def record(class_name: str, package: str, number: int, **changes) -> dict:
    file = f"{class_name}/{package}__{number}.wav"
    return {
        "file": file, "class": class_name, "package": package, "source": f"usr/{number}/a.ogg", "licence": "CC0-1.0",
        "sample_rate": 16000, "frames": 16000, "sha256": file, **changes,
    }  # fmt: skip


def tone(frequency: float, seconds: float = 0.3, rate: int = 16000) -> array:
    return array("f", (0.5 * math.sin(2 * math.pi * frequency * n / rate) for n in range(int(seconds * rate))))


class TableTests(unittest.TestCase):
    def read(self, text: str) -> list[Rule]:
        path = Path(tempfile.mkdtemp()) / "clips.tsv"
        path.write_text(text)
        return read_rules(path)

    def test_the_real_table_has_enough_classes_of_two_packages(self):
        packages: dict[str, set[str]] = {}
        for rule in read_rules():
            packages.setdefault(rule.class_name, set()).add(rule.source)
        self.assertGreaterEqual(len(packages), clips.FEWEST_CLASSES)
        for class_name, found in packages.items():
            self.assertGreaterEqual(len(found), clips.FEWEST_PACKAGES, class_name)

    def test_every_source_is_used_and_has_a_licence_for_each_rule(self):
        used = {rule.source for rule in read_rules()}
        self.assertEqual(used, {entry.name for entry in CLIP_SOURCES})

    def test_damaged_lines(self):
        for line, complaint in (
            ("dog\ttuxpaint", "expected class, source and pattern"),
            ("dog\ttuxpaint\t*.ogg\t1", "expected class, source and pattern"),
            ("dog \ttuxpaint\t*.ogg", "expected class, source and pattern"),
            ("dog\tnobody\t*.ogg", "got 'nobody'"),
            ("../dog\ttuxpaint\t*.ogg", "expected a class in lower_case"),
            ("Dog\ttuxpaint\t*.ogg", "expected a class in lower_case"),
        ):
            with self.subTest(line), self.assertRaises(FetchError) as raised:
                self.read("# comment\n\n" + line + "\n")
            self.assertIn("clips.tsv:3:", str(raised.exception))
            self.assertIn(complaint, str(raised.exception))

    def test_a_rule_without_files_and_a_file_of_two_classes(self):
        rules = [Rule("dog", "x", "*/dog*", 1), Rule("cat", "x", "*/cat*", 2), Rule("cow", "other", "*/none", 3)]
        self.assertEqual(clips.choose(source("x"), rules, ["a/dog.ogg", "a/cat.ogg", "a/b.ogg"]),
                         {"a/cat.ogg": "cat", "a/dog.ogg": "dog"})  # fmt: skip
        with self.assertRaisesRegex(FetchError, r"x-data 1 \(apt\): line 2 .* matches no file"):
            clips.choose(source("x"), rules, ["a/dog.ogg"])
        with self.assertRaisesRegex(FetchError, "dog by line 1 .* cat by line 2"):
            clips.choose(source("x"), rules, ["a/dog.ogg", "a/cat/dog.ogg", "a/cat"])

    def test_no_source_floods_a_class(self):
        paths = [f"a/dog{n}.ogg" for n in range(500)]
        rules = [Rule("dog", "x", "*/dog*", 1)]
        taken = clips.choose(source("x"), rules, paths)
        self.assertEqual(len(taken), clips.MOST_PER_SOURCE)
        self.assertEqual(taken, clips.choose(source("x"), rules, reversed(paths)))

    def test_names(self):
        self.assertEqual(clips.clip_name("usr/kits/Gimme A Hand 1.0/Cowbell-Hard.wav"), "gimme-a-hand-1-0-cowbell-hard")
        self.assertEqual(clips.clip_name("usr/tilesets/autumn/sounds/rain.ogg"), "autumn-rain")
        self.assertNotIn("/", clips.clip_name("../../é/..ogg"))

    def test_licences(self):
        kit = next(entry for entry in CLIP_SOURCES if entry.name == "hydrogen")
        self.assertEqual(kit.licence("usr/drumkits/circAfrique v4/Djembe1 Bass.wav"), "CC-BY-SA-3.0")
        with self.assertRaisesRegex(FetchError, "no licence is known for usr/drumkits/Other/a.wav"):
            kit.licence("usr/drumkits/Other/a.wav")


class TrimTests(unittest.TestCase):
    def test_silent_ends_go(self):
        # The level at the ends is 61 dB below the peak; inside it stays.
        quiet, loud = 0.0008 * 0.5, 0.5
        sound = [quiet] * 700 + [loud] * 500 + [quiet] * 300 + [-loud] * 400 + [quiet] * 900
        clip = trimmed(16000, array("f", sound))
        self.assertEqual(len(clip.samples), 1200)
        self.assertEqual((clip.samples[0], clip.samples[-1]), (16384, -16384))

    def test_a_level_of_59_decibels_below_stays(self):
        faint = 0.5 * 10 ** (-59 / 20)
        self.assertEqual(len(trimmed(16000, array("f", [faint] * 900 + [0.5] * 500)).samples), 1400)

    def test_ten_seconds_at_most(self):
        self.assertEqual(len(trimmed(16000, array("f", [0.25]) * 200_000).samples), 160_000)

    def test_what_is_left_out(self):
        for samples, rate, complaint in (
            ([], 16000, "silence"),
            ([0.0] * 16000, 16000, "silence"),
            ([1e-6] * 16000, 16000, "silence"),
            ([0.5] * 799, 16000, "ms"),
            ([0.5] * 16000, 15999, "rate 15999"),
            ([0.5] * 16000 + [math.nan], 16000, "not a number"),
            ([math.nan] + [0.5] * 16000, 16000, "not a number"),
            ([0.5] * 16000 + [math.inf], 16000, "not a number"),
        ):
            with self.subTest(complaint), self.assertRaises(Unusable) as raised:
                trimmed(rate, array("f", samples))
            self.assertIn(complaint, str(raised.exception))

    def test_loud_samples_are_clipped(self):
        samples = trimmed(16000, array("f", [1.5, -1.5] * 500)).samples
        self.assertEqual((max(samples), min(samples)), (32767, -32768))


class SplitTests(unittest.TestCase):
    def test_shares_and_disjointness(self):
        records = [record(name, f"p{n % 3}", n) for name in ("a", "b") for n in range(40)]
        clips.assign_splits(records)
        for name in ("a", "b"):
            splits = [r["split"] for r in records if r["class"] == name]
            self.assertEqual([splits.count(s) for s in ("train", "validation", "test")], [28, 6, 6])
        again = [dict(r) for r in reversed(records)]
        clips.assign_splits(again)
        self.assertEqual({r["file"]: r["split"] for r in records}, {r["file"]: r["split"] for r in again})

    def test_a_series_is_in_one_split(self):
        names = [f"{kit}/{drum}-{take}" for kit in "abc" for drum in ("Tom", "Rim", "Low") for take in range(4)]
        records = [record("a", "p", n, source=f"usr/{name}.wav") for n, name in enumerate(names)]
        clips.assign_splits(records)
        splits: dict[str, set[str]] = {}
        for entry in records:
            splits.setdefault(clips.series(entry), set()).add(entry["split"])
        self.assertEqual(len(splits), 9)
        self.assertTrue(all(len(found) == 1 for found in splits.values()), f"{splits}")
        self.assertEqual({s for found in splits.values() for s in found}, {"train", "validation", "test"})

    def test_names_of_series(self):
        for first, second, same in (
            ("k/Cowbell-Hardest.wav", "k/Cowbell-Soft.wav", True),
            ("k/Kick-0.wav", "k/Kick-4.wav", True),
            ("k/bird1_00.ogg", "k/bird1_02.ogg", True),
            ("k/bird1_00.ogg", "k/bird2_00.ogg", False),
            ("k/swordman_ack1.wav", "k/swordman_select5.wav", True),
            ("k/Kick-0.wav", "l/Kick-0.wav", False),
            ("digits/1.g722", "digits/2.g722", False),
        ):
            found = [clips.series(record("a", "p", 0, source=name)) for name in (first, second)]
            self.assertEqual(found[0] == found[1], same, f"{first} {second}")

    def test_small_classes(self):
        for count in range(1, 12):
            records = [record("a", "p", n) for n in range(count)]
            clips.assign_splits(records)
            splits = {r["split"] for r in records}
            self.assertIn("train", splits)
            if count >= clips.FEWEST_TO_SPLIT:
                self.assertEqual(splits, {"train", "validation", "test"}, f"{count} clips")

    def test_the_real_list_is_pinned(self):
        # Another hash or rule would move clips between the splits of published runs.
        records = [record("a", "p", n) for n in range(12)]
        clips.assign_splits(records)
        self.assertEqual([n for n, r in enumerate(records) if r["split"] == "test"], [0, 4])

    def test_checks(self):
        enough = [record(f"c{n}", p, n) for n in range(clips.FEWEST_CLASSES) for p in ("p", "q")]
        clips.check_classes(enough)
        with self.assertRaisesRegex(FetchError, "at least 15 classes, got 14"):
            clips.check_classes(enough[2:])
        with self.assertRaisesRegex(FetchError, "class c0: expected clips of at least 2 packages, got p"):
            clips.check_classes(enough[:1] + enough[2:])

    def test_duplicates(self):
        records = [record("a", "p", n, sha256="same" if n in (3, 5) else str(n)) for n in range(8)]
        kept = clips.without_duplicates(records)
        self.assertEqual([r["file"][-5] for r in kept], list("0123467"))


@unittest.skipUnless(shutil.which("ffmpeg"), "needs ffmpeg")
class DecodeTests(unittest.TestCase):
    def wav(self, samples: array, rate: int = 16000) -> bytes:
        path = Path(tempfile.mkdtemp()) / "a.wav"
        write_wav(path, Clip(rate, array("h", (round(32767 * value) for value in samples))))
        return path.read_bytes()

    def test_a_file_comes_back(self):
        samples = tone(440)
        rate, found = decode("usr/a.wav", self.wav(samples))
        self.assertEqual((rate, len(found)), (16000, len(samples)))
        self.assertLess(max(abs(a - b) for a, b in zip(samples, found, strict=True)), 2e-4)

    def test_channels_are_averaged(self):
        body = struct.pack("<800h", *([16384, 0] * 400))
        form = struct.pack("<IHHIIHH", 16, 1, 2, 16000, 64000, 4, 16)
        head = b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + form
        _, found = decode("a.wav", head + b"data" + struct.pack("<I", len(body)) + body)
        self.assertEqual(len(found), 400)
        self.assertAlmostEqual(found[200], 0.25, places=4)

    def test_raw_g722_is_16_kilohertz(self):
        encoded = subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "wav", "-i", "-", "-f", "g722", "-"],
            input=self.wav(tone(300)), capture_output=True, check=True,
        ).stdout  # fmt: skip
        rate, found = decode("a.g722", encoded)
        self.assertEqual(rate, 16000)
        self.assertAlmostEqual(len(found), 4800, delta=10)

    def test_damaged_files(self):
        whole = self.wav(tone(440))
        for name, data in (("a.wav", b""), ("a.ogg", b"OggS\0\1"), ("a.flac", whole[:50]), ("a.wav", b"\xff" * 300)):
            with self.subTest(name=name, size=len(data)), self.assertRaises(Unusable):
                trimmed(*decode(name, data))
        cut = trimmed(*decode("a.wav", whole[:5000]))
        self.assertLess(len(cut.samples), 4800)


@unittest.skipUnless(shutil.which("ffmpeg"), "needs ffmpeg")
class SessionTests(unittest.TestCase):
    """Two packages of three classes each, from a fake registry."""

    CLASSES = 3

    def setUp(self):
        self.root = Path(tempfile.mkdtemp())
        self.cache = self.root / "cache"
        self.asked: list[str] = []
        self.failing: set[str] = set()
        for number, name in enumerate(("one", "two")):
            for c in range(self.CLASSES):
                for n in range(2):
                    samples = tone(200 + 100 * number + 17 * c + 5 * n, 0.06)
                    clip = Clip(16000, array("h", (round(32767 * v) for v in samples)))
                    write_wav(self.root / f"{name}-data" / f"c{c:02}" / f"{n}.wav", clip)

    def call(self, relock=(), verify=False):
        """One call; (failures, what it said)."""

        def archive(_, package):
            self.asked.append(package.name)
            if package.name in self.failing:
                raise FetchError(f"{package}: download failed: gone")
            return Archive(self.root / package.name), package.version

        names = ("one", "two")
        rules = [Rule(f"c{c:02}", s, f"c{c:02}/*", 1 + c) for s in names for c in range(self.CLASSES)]
        sources = [source(name) for name in names]
        said = io.StringIO()
        with (
            mock.patch.object(clips, "FEWEST_CLASSES", self.CLASSES),
            mock.patch.object(clip_command, "CLIP_SOURCES", sources),
            mock.patch.object(clip_command, "read_rules", lambda: rules),
            mock.patch.object(clip_command.Downloads, "archive", archive),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            session = clip_command.ClipSession(self.cache, Lock(self.root / "lock.json"), set(relock))
            failures = session.verify(sources) if verify else session.fetch(sources)
        return failures, said.getvalue()

    def records(self):
        return [json.loads(line) for line in (self.cache / "clips" / "clips.jsonl").read_text().splitlines()]

    def test_a_second_call_downloads_nothing_and_verifies(self):
        self.assertEqual(self.call(relock=["one", "two"])[0], [])
        before = (self.cache / "clips" / "clips.jsonl").read_bytes()
        self.assertEqual(len(self.records()), 12)
        self.assertEqual(self.call()[0], [])
        self.assertEqual(self.asked, ["one-data", "two-data"])
        self.assertEqual((self.cache / "clips" / "clips.jsonl").read_bytes(), before)
        self.assertEqual(self.call(verify=True)[0], [])
        self.assertIn("| two-data | 1 | a | CC0-1.0 | 6 |", (self.cache / "clips" / "NOTICE.md").read_text())
        self.assertEqual(len((self.cache / "clips" / "classes.txt").read_text().split()), self.CLASSES)

    def test_a_package_that_is_gone_is_named_and_the_next_call_goes_on(self):
        self.failing = {"one-data"}
        failures, _ = self.call(relock=["one", "two"])
        self.assertEqual(failures, ["one (one-data 1 (apt)): one-data 1 (apt): download failed: gone"])
        self.assertFalse((self.cache / "clips" / "clips.jsonl").exists())
        self.failing = set()
        self.assertEqual(self.call(relock=["one"])[0], [])
        self.assertEqual(self.asked, ["one-data", "two-data", "one-data"])

    def test_changed_content_is_refused(self):
        self.call(relock=["one", "two"])
        shutil.rmtree(self.cache)
        (self.root / "one-data" / "c00" / "0.wav").write_bytes(b"changed")
        failures, _ = self.call()
        self.assertIn("clips:one: the extracted content differs", failures[0])

    def test_damaged_sounds_are_dropped_and_told(self):
        (self.root / "one-data" / "c00" / "0.wav").write_bytes(b"RIFF no sound")
        failures, said = self.call(relock=["one", "two"])
        self.assertEqual(failures, [])
        self.assertIn("dropped c00/0.wav: not decoded", said)
        self.assertEqual(len(self.records()), 11)

    def test_a_package_of_damaged_sounds_is_an_error(self):
        for path in (self.root / "one-data").rglob("*.wav"):
            path.write_bytes(b"RIFF no sound")
        self.assertIn("none of 6 sounds can be used", self.call(relock=["one", "two"])[0][0])

    def test_a_damaged_cache_is_noticed_and_mended(self):
        self.call(relock=["one", "two"])
        path = self.cache / "clips" / self.records()[0]["file"]
        data = bytearray(path.read_bytes())
        data[100] ^= 1
        path.unlink()
        path.write_bytes(data)
        self.assertIn("its samples differ", self.call(verify=True)[0][0])
        self.assertEqual(self.call()[0], [])
        self.assertEqual(self.call(verify=True)[0], [])
        (self.cache / "clips" / "sources" / "one.json").write_text('{"clips": [{"fi')
        self.assertIn("one: not fetched", self.call(verify=True)[0][0])
        self.assertEqual(self.call()[0], [])
        self.assertEqual(self.asked, ["one-data", "two-data", "one-data"])

    def test_files_of_classes_that_are_gone_go(self):
        self.call(relock=["one", "two"])
        old = self.cache / "clips" / "old" / "a__b.wav"
        old.parent.mkdir()
        old.write_bytes(b"")
        self.call()
        self.assertFalse(old.parent.exists())


class SampleTests(unittest.TestCase):
    def test_packages_take_turns_and_terms_are_free(self):
        records = [record(c, p, n) for c in clip_sample.CLASSES for p in ("p", "q") for n in range(9)]
        records += [record("bell", "bad", n, licence="GPL-2.0-only") for n in range(9)]
        records += [record("bell", "brief", n, frames=100) for n in range(9)]
        chosen = clip_sample.choose(records)
        self.assertEqual(len(chosen), 8 * clip_sample.CLIPS_PER_CLASS)
        self.assertEqual(sorted(r["package"] for r in chosen if r["class"] == "bell"), ["p", "p", "q"])
        self.assertEqual(chosen, clip_sample.choose(list(reversed(records))))

    def test_too_few(self):
        with self.assertRaisesRegex(FetchError, "class bell: expected 3 clips under .*, got 2"):
            clip_sample.choose([record("bell", "p", n) for n in range(2)])


class DecoderTests(unittest.TestCase):
    def test_without_ffmpeg_the_error_says_what_to_do(self):
        with (
            mock.patch.object(tools.shutil, "which", lambda _: None),
            mock.patch.object(tools.os, "geteuid", lambda: 1),
            self.assertRaisesRegex(FetchError, r"ffmpeg \(apt\): needed to decode sounds .*Hint: apt-get install"),
        ):
            clip_audio.require_decoder()


class DocumentTests(unittest.TestCase):
    def test_every_package_of_sounds_is_pinned(self):
        lock = Lock(command.LOCK)
        pinned = {name for name in lock.entries if name.startswith("clips:")}
        self.assertEqual(pinned, {clip_command.lock_name(entry) for entry in clip_catalogue.CLIP_SOURCES})
        for entry in clip_catalogue.CLIP_SOURCES:
            self.assertEqual(lock.entries[clip_command.lock_name(entry)]["package"], entry.package.name)

    def test_every_package_of_sounds_is_in_the_document(self):
        document = (command.LOCK.parent.parent / "Docs" / "Data.md").read_text(encoding="utf-8")
        for entry in clip_catalogue.CLIP_SOURCES:
            self.assertIn(f"| {entry.package.name} |", document)


if __name__ == "__main__":
    unittest.main()

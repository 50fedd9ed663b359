"""Pictures.

Archives of resources, labels, licences, splits, what becomes of a file, and a session that is interrupted.
"""

import contextlib
import io
import json
import shutil
import struct
import tempfile
import unittest
import zlib
from pathlib import Path
from unittest import mock

from fetch_data import picture_cache, picture_catalogue, picture_command, picture_sample, rcc, tools
from fetch_data.archive import Archive
from fetch_data.command import LOCK
from fetch_data.model import FetchError, Package
from fetch_data.picture_cache import Unusable, file_name, prepare, split_of
from fetch_data.picture_catalogue import PICTURE_SOURCES, PictureSource, read_table
from fetch_data.picture_readers import Original, learning_label, read_copyright, stamp_label
from fetch_data.store import Lock

IMAGING = not tools.missing_imaging()
NEEDS = "needs Pillow. Hint: Scripts/install-deps.sh --images, then .venv/bin/python"


def resource(files: dict[str, bytes], packed: bool = True) -> bytes:
    """A Qt resource archive with these files in its root."""
    nodes, names, contents = [struct.pack(">IHIIQ", 0, 2, len(files), 1, 0)], b"", b""
    for name, data in files.items():
        raw = struct.pack(">I", len(data)) + zlib.compress(data) if packed else data
        nodes.append(struct.pack(">IHHHIQ", len(names), 1 if packed else 0, 0, 0, len(contents), 0))
        names += struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
        contents += struct.pack(">I", len(raw)) + raw
    tree = b"".join(nodes)
    head = struct.pack(">4s5I", b"qres", 3, 24, 24 + len(tree) + len(names), 24 + len(tree), 0)
    return head + tree + names + contents


class ResourceTests(unittest.TestCase):
    FILES = {"a.txt": b"one" * 50, "b.webp": b"", "ü.png": bytes(range(256))}

    def test_files_come_back(self):
        for packed in (True, False):
            self.assertEqual(dict(rcc.members("x.rcc", resource(self.FILES, packed))), self.FILES)

    def test_every_truncation_is_an_error_of_its_own(self):
        data = resource(self.FILES)
        for length in range(len(data)):
            with self.assertRaises(FetchError, msg=f"first {length} bytes"):
                list(rcc.members("x.rcc", data[:length]))

    def test_flipped_bytes_end_in_files_or_an_error(self):
        data = resource(self.FILES)
        for place in range(len(data)):
            for mask in (0x01, 0x80, 0xFF):
                damaged = bytearray(data)
                damaged[place] ^= mask
                with contextlib.suppress(FetchError):
                    list(rcc.members("x.rcc", bytes(damaged)))

    def test_a_tree_with_a_ring_ends(self):
        node = struct.pack(">IHIIQ", 0, 2, 1, 0, 0)
        with self.assertRaisesRegex(FetchError, "met twice"):
            list(rcc.members("x.rcc", struct.pack(">4s5I", b"qres", 3, 24, 46, 46, 0) + node + b"\0" * 40))

    def test_a_claim_of_more_bytes_than_there_are_is_refused(self):
        data = resource({"a": b"x" * 100})
        with self.assertRaisesRegex(FetchError, "expected 101 bytes, got 100"):
            list(rcc.members("x.rcc", data.replace(struct.pack(">I", 100), struct.pack(">I", 101))))


class LabelTests(unittest.TestCase):
    def test_the_noun_of_a_sentence(self):
        for sentence, stem, label in (
            ("An albino peahen (a female peafowl, or peacock).", "x", "albino peahen"),
            ("A UK post box. Put your letter in here!", "x", "UK post box"),
            ("A head of red lettuce.", "x", "red lettuce"),
            ("A very small pumpkin.", "x", "pumpkin"),
            ("Mercury—the planet closest to the Sun.", "x", "Mercury"),
            ("“Give Way” means you have to let other people go first.", "x", "Give Way"),
            ("This shell is hundreds of years old!", "old_naval_shell", "old naval shell"),
            ("With a fast APC like this Stryker, you can surprise the enemy.", "fast-carrier2", "fast carrier"),
            ("A European coin of 1 cent (0.01 €).", "001", "A European coin of 1 cent"),
        ):
            got = stamp_label(sentence, stem)
            self.assertEqual(got.removeprefix("A "), label.removeprefix("A "), sentence)

    def test_names_in_camel_case(self):
        for stem, label in (
            ("eiffelTower", "eiffel tower"),
            ("plier4", "pliers"),
            ("windmill6", "wind turbine"),
            ("windmill7", "windmill"),
            ("polar_bear", "polar bear"),
            ("fish16", "fish"),
        ):
            self.assertEqual(learning_label(stem), label)

    def test_licences_of_a_debian_copyright_file(self):
        text = (
            "Format: x\n\nFiles: a/one.jpg\n       a/two.jpg\nCopyright: 2001, Ann\n           2002, Bob\n"
            "License: CC-BY-2.0\nComment: none\n of it\n\nLicense: CC-BY-2.0\n text\n\nFiles: *\nLicense: GPL-2+\n"
        )
        self.assertEqual(
            read_copyright(text),
            [
                ("a/one.jpg", "CC-BY-2.0", "2001, Ann, 2002, Bob"),
                ("a/two.jpg", "CC-BY-2.0", "2001, Ann, 2002, Bob"),
                ("*", "GPL-2+", ""),
            ],
        )

    def test_names_of_files(self):
        self.assertEqual(file_name("Größe / ../A b"), "gr-e-a-b")


class TableTests(unittest.TestCase):
    def read(self, text: str):
        path = Path(tempfile.mkdtemp()) / "pictures.tsv"
        path.write_text(text)
        return read_table(path)

    def test_damaged_lines(self):
        for line, complaint in (
            ("mate\tphoto", "expected source, kind"),
            ("a\tphoto\t \tl\ta\tp", "expected source, kind"),
            ("a\tpainting\tx\tl\ta\tp", "expected one of background"),
        ):
            with self.assertRaisesRegex(FetchError, f"pictures.tsv:2: {complaint}"):
                self.read(f"# comment\n{line}\n")

    def test_the_real_table_names_known_sources_once(self):
        table = read_table()
        self.assertLessEqual({photo.source for photo in table}, {source.name for source in PICTURE_SOURCES})
        self.assertEqual(len({photo.path for photo in table}), len(table))

    def test_every_package_is_pinned(self):
        pinned = {name for name in Lock(LOCK).entries if name.startswith("images:")}
        self.assertEqual(pinned, {f"images:{source.name}" for source in PICTURE_SOURCES})


class SplitTests(unittest.TestCase):
    def test_shares_and_that_a_label_stays_together(self):
        records = [{"kind": "cutout", "label": f"Thing {n}", "n": n} for n in range(3000)]
        parts = [split_of(record) for record in records]
        for name in ("test", "validation"):
            self.assertAlmostEqual(parts.count(name) / 3000, 0.1, delta=0.03)
        self.assertEqual(split_of({"kind": "cutout", "label": "thing 7"}), parts[7])


@unittest.skipUnless(IMAGING, NEEDS)
class PreparingTests(unittest.TestCase):
    def original(self, image, kind: str, form: str = "PNG") -> Original:
        data = io.BytesIO()
        image.save(data, form)
        return Original("p", "n", kind, "thing", "c", "CC0-1.0", "a", data.getvalue())

    def cut_out(self, size=(90, 70), box=(20, 10, 70, 60)):
        from PIL import Image

        image = Image.new("RGBA", size, (0, 0, 0, 0))
        image.paste((200, 10, 10, 255), box)
        return image

    def test_a_cut_out_loses_its_border_and_nothing_else(self):
        from PIL import Image

        for mode in ("RGBA", "P", "LA"):
            source = self.cut_out().convert(mode) if mode != "P" else self.cut_out().quantize(4)
            ending, data, width, height = prepare(self.original(source, "cutout"))
            image = Image.open(io.BytesIO(data))
            self.assertEqual((ending, width, height, image.size, image.mode), ("png", 50, 50, (50, 50), "RGBA"), mode)
            self.assertEqual(image.getpixel((0, 0))[3], 255)

    def test_photographs_keep_their_bytes_others_become_jpeg(self):
        from PIL import Image

        photo = Image.effect_noise((50, 30), 40).convert("RGB")
        for form in ("JPEG", "PNG"):
            original = self.original(photo, "photo", form)
            self.assertEqual(prepare(original)[1], original.data)
        ending, data, width, height = prepare(self.original(photo, "photo", "WEBP"))
        self.assertEqual((ending, width, height, data[:2]), ("jpg", 50, 30, b"\xff\xd8"))

    def test_what_cannot_be_used(self):
        from PIL import Image

        good = self.original(self.cut_out(), "cutout")
        for data, complaint in (
            (b"", "not decoded"),
            (b"no picture", "not decoded"),
            (good.data[: len(good.data) // 2], "not decoded"),
        ):
            with self.assertRaisesRegex(Unusable, complaint):
                prepare(Original("p", "n", "cutout", "l", "c", "x", "a", data))
        for image, complaint in (
            (Image.new("RGBA", (60, 60)), "nothing is visible"),
            (self.cut_out(box=(0, 0, 20, 20)), "20 x 20 pixels"),
        ):
            with self.assertRaisesRegex(Unusable, complaint):
                prepare(self.original(image, "cutout"))
        wire = Image.new("RGBA", (100, 100))
        wire.putpixel((0, 0), (9, 9, 9, 255))
        wire.putpixel((99, 99), (9, 9, 9, 255))
        with self.assertRaisesRegex(Unusable, "0 % is visible"):
            prepare(self.original(wire, "cutout"))

    def test_the_same_bytes_twice(self):
        original = self.original(self.cut_out(), "cutout")
        self.assertEqual(prepare(original), prepare(original))


@unittest.skipUnless(IMAGING, NEEDS)
class SessionTests(unittest.TestCase):
    """The whole way with two packages that are folders."""

    def setUp(self):
        from PIL import Image

        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.cache, self.asked, self.failing = self.root / "cache", [], set()
        for name in ("one", "two"):
            for n in range(3):
                image = Image.effect_noise((60, 50 + n), 50).convert("RGB")
                path = self.root / f"{name}-data" / f"{n}.png"
                path.parent.mkdir(exist_ok=True)
                image.save(path)
        shutil.copyfile(self.root / "one-data" / "0.png", self.root / "two-data" / "2.png")
        self.sources = [
            PictureSource(name, Package("apt", f"{name}-data", "1"), "a", "CC0-1.0", "x", self.read)
            for name in ("one", "two")
        ]

    @staticmethod
    def read(archive):
        for path, data in archive.members("*.png"):
            yield Original(path, path[:-4], "photo", f"thing {path}", "c", "CC0-1.0", "a", data)

    def archive(self, package):
        self.asked.append(package.name)
        if package.name in self.failing:
            raise FetchError(f"{package}: download failed: gone")
        return Archive(self.root / package.name), "1"

    def call(self, relock=(), verify=False):
        said = io.StringIO()
        with (
            mock.patch.object(picture_command, "PICTURE_SOURCES", self.sources),
            contextlib.redirect_stderr(said),
            contextlib.redirect_stdout(said),
        ):
            session = picture_command.PictureSession(self.cache, Lock(self.root / "lock.json"), set(relock))
            session.downloads.archive = self.archive
            return session.verify(self.sources) if verify else session.fetch(self.sources), said.getvalue()

    def test_a_second_call_does_nothing_and_verifies(self):
        self.assertEqual(self.call(relock=["one", "two"])[0], [])
        listed = (self.cache / "images" / "images.jsonl").read_bytes()
        records = [json.loads(line) for line in listed.splitlines()]
        self.assertEqual(len(records), 5, "the copy in the second package goes")
        self.assertEqual(self.call()[0], [])
        self.assertEqual(self.asked, ["one-data", "two-data"])
        self.assertEqual((self.cache / "images" / "images.jsonl").read_bytes(), listed)
        self.assertEqual(self.call(verify=True)[0], [])
        self.assertIn("| one-data | 1 | a | CC0-1.0 | 3 |", (self.cache / "images" / "NOTICE.md").read_text())

    def test_a_package_that_is_gone_is_named_and_the_next_call_goes_on(self):
        self.failing = {"two-data"}
        self.assertIn("two-data 1 (apt): download failed: gone", self.call(relock=["one", "two"])[0][0])
        self.assertFalse((self.cache / "images" / "images.jsonl").exists())
        self.failing = set()
        self.assertEqual(self.call(relock=["two"])[0], [])
        self.assertEqual(self.asked, ["one-data", "two-data", "two-data"])

    def test_changed_content_is_refused(self):
        self.call(relock=["one", "two"])
        shutil.rmtree(self.cache)
        (self.root / "one-data" / "1.png").write_bytes((self.root / "one-data" / "0.png").read_bytes())
        self.assertIn("images:one: the extracted content differs", self.call()[0][0])

    def test_a_damaged_cache_is_noticed_and_mended(self):
        self.call(relock=["one", "two"])
        path = next((self.cache / "images" / "photo").glob("one-data__*"))
        path.unlink()
        self.assertIn("missing, or differs", self.call(verify=True)[0][0])
        self.assertEqual(self.call()[0], [])
        self.assertEqual(self.call(verify=True)[0], [])
        (self.cache / "images" / "sources" / "one.json").write_text('{"pictures": [{"fi')
        self.assertIn("one: not fetched", self.call(verify=True)[0][0])

    def test_new_rules_prepare_again(self):
        self.call(relock=["one", "two"])
        with mock.patch.object(picture_cache, "rules_checksum", lambda: "other"):
            self.call()
        self.assertEqual(self.asked, ["one-data", "two-data"] * 2)


class EnvironmentTests(unittest.TestCase):
    def test_a_second_start_without_the_packages_says_what_to_do(self):
        with (
            mock.patch.object(tools, "missing", lambda packages: ["PIL"]),
            mock.patch.dict(tools.os.environ, {tools._STARTED: "1"}),
            self.assertRaisesRegex(FetchError, "no PIL. Hint: remove .venv, then Scripts/install-deps.sh --images"),
        ):
            tools.enter_imaging(["x"])


class SampleTests(unittest.TestCase):
    """The committed sample agrees with its list and is small."""

    FOLDER = LOCK.parent.parent / "Data" / "sample" / "images"

    def test_files_and_list(self):
        import hashlib

        records = [json.loads(line) for line in (self.FOLDER / "images.jsonl").read_text(encoding="utf-8").splitlines()]
        on_disk = {
            path.relative_to(self.FOLDER).as_posix()
            for path in self.FOLDER.rglob("*.*")
            if path.suffix in (".jpg", ".png")
        }
        self.assertEqual({record["file"] for record in records}, on_disk)
        for record in records:
            data = (self.FOLDER / record["file"]).read_bytes()
            self.assertEqual(hashlib.sha256(data).hexdigest(), record["sha256"], record["file"])
            self.assertLessEqual(max(record["width"], record["height"]), picture_sample.LONGEST[record["kind"]])
        self.assertEqual(len(records), sum(map(len, picture_sample.CHOSEN.values())))
        self.assertLessEqual(sum((self.FOLDER / name).stat().st_size for name in on_disk), 1_500_000)

    def test_licences_are_attributed(self):
        root = self.FOLDER.parent.parent.parent
        notice, readme = (
            (root / "NOTICE").read_text(encoding="utf-8"),
            (self.FOLDER.parent / "README.md").read_text(encoding="utf-8"),
        )
        for line in (self.FOLDER / "images.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for text in (notice, readme):
                self.assertIn(record["package"], text)
                self.assertIn(record["licence"], text)

    def test_a_missing_picture_is_named(self):
        with self.assertRaisesRegex(
            FetchError, "no picture is called background/garden.*Hint: Scripts/fetch-data images"
        ):
            picture_sample.choose([])


class CatalogueTests(unittest.TestCase):
    def test_kinds_and_packages(self):
        self.assertEqual(len({source.package.name for source in PICTURE_SOURCES}), len(PICTURE_SOURCES))
        self.assertEqual(set(picture_sample.CHOSEN) - set(picture_catalogue.KINDS), set())


if __name__ == "__main__":
    unittest.main()

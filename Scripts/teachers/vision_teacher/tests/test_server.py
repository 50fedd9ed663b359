"""The protocol over HTTP with a reader and a classifier of paper: replies, streams, errors, limits."""

import base64
import http.client
import importlib.util
import io
import json
import threading
import unittest

from vision_teacher import protocol
from vision_teacher.answers import Teacher, likeness, plain
from vision_teacher.protocol import RequestError, parse
from vision_teacher.server import TeacherServer
from vision_teacher.tests.test_reader import line

IMAGING = importlib.util.find_spec("PIL") is not None
NEEDS = "needs Pillow. Hint: Scripts/install-deps.sh --teachers, then .venv/bin/python"


class PaperReader:
    """Reads the same lines in every picture; a narrow one is a crop and holds the first line only."""

    def __init__(self):
        self.calls = 0
        self.failing = False

    def read(self, image):
        self.calls += 1
        if self.failing:
            raise RuntimeError("out of memory")
        lines = [line("build reproducibly which"), line("purposes of this build", y=40), line("exit", y=80)]
        return lines[:1] if image.width < 300 else lines


class PaperClassifier:
    def name(self, image, most=5):
        return [("espresso", 0.9), ("cup", 0.05), ("plate", 0.02), ("eggnog", 0.01)][:most]


def picture(width: int = 400, height: int = 200) -> str:
    from PIL import Image

    data = io.BytesIO()
    Image.new("RGB", (width, height), (200, 200, 200)).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


def body(text: str, *images: str, **more) -> bytes:
    parts = [{"type": "text", "text": text}] + [{"type": "image_url", "image_url": {"url": url}} for url in images]
    return json.dumps({"model": protocol.MODEL, "messages": [{"role": "user", "content": parts}], **more}).encode()


class ParsingTests(unittest.TestCase):
    def refused(self, data: bytes, status: int = 400) -> str:
        with self.assertRaises(RequestError, msg=data[:80]) as caught:
            parse(data)
        self.assertEqual(caught.exception.status, status)
        return str(caught.exception)

    def test_bodies_that_are_no_requests(self):
        for data in (b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000):
            self.refused(data)
        for value in (
            None,
            [],
            "x",
            [1],
            [{"role": "assistant", "content": "x"}],
            [{"role": "user"}],
            [{"role": "user", "content": [1]}],
        ):
            self.assertIn("messages", self.refused(json.dumps({"messages": value}).encode()))

    def test_parameters(self):
        for name, value in (
            ("temperature", 3),
            ("temperature", "hot"),
            ("temperature", True),
            ("seed", 1.5),
            ("seed", True),
            ("n", 0),
            ("n", 99),
        ):
            self.assertIn(name, self.refused(body("x", **{name: value})))
        self.assertIn("there is only", self.refused(body("x").replace(b"vision-teacher", b"other"), 404))
        request = parse(body("x", temperature=0.7, seed=-3, n=2, stream=True, stream_options={"include_usage": True}))
        self.assertEqual(
            (request.temperature, request.seed, request.choices, request.stream, request.usage_in_stream),
            (0.7, -3, 2, True, True),
        )
        self.assertEqual(parse(b'{"messages": [{"role": "user", "content": "a"}]}').text, "a")

    def test_pictures(self):
        for url in (
            None,
            "",
            "http://example.invalid/a.png",
            "file:///a",
            "data:image/png,abc",
            "data:image/png;base64,a*b",
            "data:text/plain;base64,aa",
        ):
            self.assertIn("image_url.url", self.refused(body("x", url)))
        self.assertIn("at most 4 pictures", self.refused(body("x", *["data:image/png;base64,aaaa"] * 5)))


class TextTests(unittest.TestCase):
    def test_comparison(self):
        self.assertEqual(plain(" The  “Exit.” "), "exit")
        self.assertEqual(likeness("Exit!", "the exit"), 1)
        self.assertGreater(likeness("exit", "exist"), likeness("exit", "taxi"))


@unittest.skipUnless(IMAGING, NEEDS)
class ServerTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reader = PaperReader()
        cls.server = TeacherServer(("127.0.0.1", 0), Teacher(cls.reader, PaperClassifier()), 1000, quiet=True)
        cls.thread = threading.Thread(target=cls.server.serve_forever, kwargs={"poll_interval": 0.01})
        cls.thread.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.thread.join()
        cls.server.server_close()

    def send(self, data: bytes, path: str = "/v1/chat/completions", headers: dict | None = None, method: str = "POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=10)
        self.addCleanup(connection.close)
        connection.request(method, path, data, headers or {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def ask(self, text: str, *images: str, **more) -> str:
        status, data = self.send(body(text, *images, **more))
        self.assertEqual(status, 200, data)
        return json.loads(data)["choices"][0]["message"]["content"]

    def test_answers(self):
        full, crop = picture(), picture(250, 30)
        self.assertEqual(
            self.ask("Question: What does the text say?", crop), "<answer>build reproducibly which</answer>"
        )
        self.assertEqual(self.ask("Question: Which word is written here?", crop), "<answer>reproducibly</answer>")
        self.assertEqual(
            self.ask("Question: Which word is it?\nRegion: [0, 390, 110, 510]", full), "<answer>exit</answer>"
        )
        self.assertEqual(self.ask('Question: Which word comes right after "of"?', full), "<answer>this</answer>")
        self.assertEqual(self.ask("Question: What object is shown?", full), "<answer>espresso</answer>")

    def test_what_it_cannot_tell_is_never_an_answer(self):
        for question in (
            "What color is it?",
            "How many are there?",
            "What is it made of?",
            'Which word comes right after "zebra"?',
        ):
            self.assertTrue(self.ask(f"Question: {question}", picture()).endswith("<answer></answer>"))
            self.assertTrue(self.ask(f"Question: {question}\nA. one\nB. two", picture()).endswith("<answer></answer>"))

    def test_listing_and_grounding(self):
        full = picture()
        names = [text.partition(". ")[2] for text in self.ask("List the objects that appear once.", full).splitlines()]
        self.assertIn('text "build reproducibly"', names)
        self.assertEqual(names[-1], "espresso")
        found = json.loads(self.ask('Object: text "build reproducibly"', full))
        self.assertEqual([one["box"] for one in found], [[0, 0, 450, 100]])
        self.assertEqual(len(json.loads(self.ask('Object: text "build"', full))), 2)
        self.assertEqual(self.ask('Object: text "nothing"', full), "[]")
        self.assertEqual(json.loads(self.ask("Object: an espresso", full))[0]["box"], [0, 0, 1000, 1000])

    def test_asking_and_validating(self):
        full, crop = picture(), picture(250, 30)
        questions = [one["question"] for one in json.loads(self.ask("Write questions.", crop))]
        self.assertIn('Which word comes right after "build"?', questions)
        verdict = self.ask('VALID: Yes or No?\nQuestion: Which word comes right after "reproducibly"?', full, crop)
        self.assertRegex(verdict, r"^VALID: Yes\nREASON: .+")
        self.assertRegex(self.ask("VALID:\nQuestion: What color is it?", full, crop), r"^VALID: No\nREASON: ")

    def test_choosing_and_judging(self):
        self.assertEqual(
            self.ask(
                "Question: Which word is it?\nRegion: [0, 390, 110, 510]\nA. taxi\nB. exist\nC. exit\nD. text",
                picture(),
            ),
            "<answer>C</answer>",
        )
        self.assertEqual(self.ask("CLUSTER:\nQuestion: Q\n1. The Exit\n2. taxi\n3. exit."), "CLUSTER: 1, 3\nCLUSTER: 2")
        self.assertEqual(self.ask("Question: Q\nAnswer: exit\nReply: The exit."), "<answer>Yes</answer>")
        self.assertEqual(self.ask("Question: How many words?\nAnswer: 3"), "<answer>counting</answer>")
        wrong = json.loads(self.ask("Write wrong options.\nQuestion: Which word is it?\nAnswer: exit", picture()))
        self.assertEqual(len(set(wrong)), 3)
        self.assertNotIn("exit", wrong)

    def test_counts_and_models(self):
        status, data = self.send(body("Question: What object is shown?", picture(), n=2))
        reply = json.loads(data)
        self.assertEqual((status, len(reply["choices"]), reply["object"]), (200, 2, "chat.completion"))
        usage = reply["usage"]
        self.assertEqual(usage["total_tokens"], usage["prompt_tokens"] + usage["completion_tokens"])
        self.assertGreater(usage["prompt_tokens"], 15 * 8)
        self.assertEqual(json.loads(self.send(b"", "/v1/models", method="GET")[1])["data"][0]["id"], protocol.MODEL)

    def test_a_stream_spells_the_same_reply(self):
        text = "Question: What does the text say?"
        status, data = self.send(body(text, picture(), stream=True, stream_options={"include_usage": True}))
        events = [event.removeprefix("data: ") for event in data.decode().split("\n\n") if event]
        self.assertEqual((status, events[-1]), (200, "[DONE]"))
        chunks = [json.loads(event) for event in events[:-1]]
        spelt = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"])
        self.assertEqual(spelt, self.ask(text, picture()))
        self.assertEqual(chunks[-2]["choices"][0]["finish_reason"], "stop")
        self.assertGreater(chunks[-1]["usage"]["total_tokens"], 0)

    def test_samples_differ_in_what_is_looked_at_and_repeat(self):
        before = self.reader.calls
        for seed in (1, 2, 1, 2):
            self.ask("Question: Which word is it?", picture(401, 201), temperature=0.7, seed=seed)
        self.assertEqual(self.reader.calls - before, 2)

    def test_a_picture_is_read_once(self):
        before = self.reader.calls
        for _ in range(3):
            self.ask("Question: Which word is it?", picture(402, 200))
        self.assertEqual(self.reader.calls - before, 1)

    def test_errors(self):
        for status, data, path, code in (
            (400, b"{", None, "invalid_json"),
            (400, body("hello", picture()), None, "prompt_not_understood"),
            (400, body("Question: Q", "data:image/png;base64,aaaa"), None, "invalid_image"),
            (400, body("Question: Q\nRegion: [1", picture()), None, "prompt_not_understood"),
            (404, body("x"), "/v1/embeddings", "not_found"),
            (404, body("x").replace(b"vision-teacher", b"other"), None, "model_not_found"),
        ):
            got, answer = self.send(data, path or "/v1/chat/completions")
            error = json.loads(answer)["error"]
            self.assertEqual((got, error["code"], error["type"]), (status, code, "invalid_request_error"))
            self.assertTrue(error["message"])
        self.assertEqual(self.send(b"", "/v1/nothing", method="GET")[0], 404)
        self.assertEqual(self.send(b"", headers={"Content-Length": str(1 << 40)})[0], 413)
        self.assertEqual(self.send(b"", headers={"Content-Length": "x"})[0], 411)

    def test_a_failure_of_the_models_is_told_and_survived(self):
        self.reader.failing = True
        try:
            status, data = self.send(body("Question: Which word is it?", picture(403, 200)))
        finally:
            self.reader.failing = False
        self.assertEqual((status, json.loads(data)["error"]["type"]), (500, "server_error"))
        self.assertEqual(self.ask("Question: What object is shown?", picture()), "<answer>espresso</answer>")

    def test_too_many_at_once_are_sent_away(self):
        taken = 0
        while self.server._places.acquire(blocking=False):
            taken += 1
        try:
            status, data = self.send(body("Question: What object is shown?", picture()))
        finally:
            for _ in range(taken):
                self.server._places.release()
        self.assertEqual((status, json.loads(data)["error"]["type"]), (429, "rate_limit_error"))


if __name__ == "__main__":
    unittest.main()

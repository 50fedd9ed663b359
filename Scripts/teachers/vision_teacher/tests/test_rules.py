"""Prompts: which purpose, which pieces, which kind of question, and what is refused."""

import random
import re
import unittest
from pathlib import Path

from vision_teacher import rules
from vision_teacher.rules import NotUnderstood, kind, read

ROOT = Path(__file__).resolve().parent.parent.parent.parent.parent


class PurposeTests(unittest.TestCase):
    #: (purpose, pictures, prompt): each purpose in the form of the contract, with the words a prompt is likely to have.
    PROMPTS = (
        ("list", 1, "List the objects that appear once in this picture, numbered:\n1. red kettle"),
        (
            "ground",
            1,
            'Find every instance. Reply with [{"box": [x1, y1, x2, y2], "score": 0.9}] or [].\nObject: red kettle',
        ),
        ("ask", 1, 'Write three questions about the picture as [{"question": "…"}], [] if it is too poor.'),
        (
            "validate",
            2,
            "Full image, then crop.\nQuestion: What is written?\nReply with VALID: Yes or VALID: No, then REASON: …",
        ),
        ("answer", 1, "Reply in <answer>…</answer>.\nQuestion: What is written?"),
        ("answer", 1, "Question: What is written?\nRegion: [10, 20, 30.5, 40]\nReply in <answer>…</answer>."),
        (
            "cluster",
            0,
            "Put equal answers together, as CLUSTER: 1, 3\nQuestion: What is written?\n1. exit\n2. exist\n3. Exit",
        ),
        ("distract", 1, "Write three wrong options as a JSON list.\nQuestion: What is written?\nAnswer: exit"),
        (
            "solve",
            1,
            "Question: What is written?\nA. exit\nB. exist\nC. taxi\nD. text\nReply with the letter in <answer>.",
        ),
        ("classify", 0, "Name one dimension in <answer>.\nQuestion: What is written?\nAnswer: exit"),
        (
            "judge",
            0,
            "Same meaning? Reply Yes or No in <answer>.\nQuestion: What is written?\nAnswer: exit\nReply: the exit",
        ),
    )

    def test_each_purpose_is_told_from_its_form(self):
        for purpose, pictures, text in self.PROMPTS:
            self.assertEqual(read(text, pictures).purpose, purpose, text)

    def test_the_table_covers_the_contract(self):
        source = (ROOT / "Sources" / "ZoomDistill" / "Teachers" / "TeacherPurpose.swift").read_text(encoding="utf-8")
        named = set(re.findall(r"^  case (\w+)$", source, re.MULTILINE))
        self.assertEqual({rule.purpose for rule in rules.RULES}, named)
        self.assertEqual({purpose for purpose, _, _ in self.PROMPTS}, named)

    def test_the_pieces(self):
        prompt = read("Question: Which word?\nRegion: [0, 1, 999.5, 1000]\n", 1)
        self.assertEqual((prompt.question, prompt.region), ("Which word?", (0, 1, 999.5, 1000)))
        prompt = read("Question: Q\n A) one\nB. two  \n", 1)
        self.assertEqual(prompt.options, (("A", "one"), ("B", "two")))
        prompt = read("CLUSTER:\nQuestion: Q\n1. a\n2) b\n12. c", 0)
        self.assertEqual(prompt.numbered, ((1, "a"), (2, "b"), (12, "c")))

    def test_damaged_regions_are_named(self):
        for region in (
            "",
            "1, 2, 3, 4",
            "[1, 2, 3]",
            "[5, 2, 3, 4]",
            "[0, 0, 1001, 5]",
            "[-1, 0, 5, 5]",
            "[1, 2, nan, 4]",
            "[1,2,3,4",
        ):
            text = f"Question: Q\nRegion: {region}"
            if region:
                with self.assertRaisesRegex(NotUnderstood, "^Region: expected", msg=region):
                    read(text, 1)
            else:
                self.assertIsNone(read(text, 1).region)

    def test_what_fits_no_row_is_refused_with_a_hint(self):
        for text, pictures in (
            ("hello", 0),
            ("hello", 1),
            ("Question: Q", 0),
            ("Object: x", 0),
            ("Question: Q\nVALID:", 3),
            ("", 1),
        ):
            with self.assertRaisesRegex(NotUnderstood, "prompt: no purpose fits .*Hint:"):
                read(text, pictures)

    def test_any_text_ends_in_a_prompt_or_a_refusal(self):
        draw = random.Random(5)
        pieces = [
            "Question:",
            "Answer: a",
            "Region: [",
            "1. a",
            "A. b",
            "B. c",
            "Object:",
            "Reply: x",
            "\n",
            " ",
            "VALID:",
            "é",
            "\0",
            "[1,2,3,4]",
        ]
        for number in range(3000):
            text = "".join(draw.choice(pieces) for _ in range(draw.randrange(12)))
            try:
                self.assertIn(read(text, draw.randrange(4)).purpose, {rule.purpose for rule in rules.RULES})
            except NotUnderstood:
                pass
            except Exception as error:
                self.fail(f"text {number} {text!r}: {error!r}")


class KindTests(unittest.TestCase):
    def test_kinds(self):
        for question, expected in (
            ("What is written on the sign?", "text"),
            ("What does the label say?", "text"),
            ("Which word is it?", "word"),
            ('Which word comes right after "build"?', "after"),
            ("How many birds are there?", "count"),
            ("What color is the text?", "colour"),
            ("What is it made of?", "material"),
            ("What object is shown here?", "object"),
            ("What animal is this?", "object"),
            ("What shape has the sign?", "structure"),
            ("Why?", "other"),
            ("", "other"),
        ):
            self.assertEqual(kind(question), expected, question)

    def test_every_kind_has_a_dimension_of_the_library(self):
        source = (ROOT / "Sources" / "ZoomDistill" / "Questions" / "Dimension.swift").read_text(encoding="utf-8")
        named = set(re.findall(r"^  case (\w+)$", source, re.MULTILINE))
        self.assertEqual(set(rules.DIMENSIONS), {name for name, _ in rules.KINDS} | {"other"})
        self.assertLessEqual(set(rules.DIMENSIONS.values()), named)

    def test_the_questions_that_are_asked_are_understood(self):
        for question in rules.TEXT_QUESTIONS:
            self.assertIn(kind(question), ("text", "word"))
        self.assertEqual(kind(rules.AFTER_QUESTION.format("x")), "after")
        self.assertEqual(kind(rules.OBJECT_QUESTION), "object")

    def test_the_help_names_every_row(self):
        text = rules.described()
        for rule in rules.RULES:
            self.assertIn(f"  {rule.purpose:9} ", text)


if __name__ == "__main__":
    unittest.main()

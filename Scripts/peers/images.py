#!/usr/bin/env python3
"""Views of regions from photographs: Pillow's work and ours in turns, with two processes or threads and with one.

    make bench-zoom        or        .venv/bin/python Scripts/peers/images.py [--images 200] [--turn 24]

Each photograph (2000 x 1500, JPEG, made here from a seed) is read; its region is cut out, enlarged twice with Lanczos
and written as a JPEG of quality 95; a box is drawn on the whole, which is written as a PNG. Pillow runs in a pool of
processes that are warm, ours in one process with as many threads. Ours also syncs every file and renames it into place.
A turn takes the next photographs, the same for both sides.

Three comparisons:
  defaults  Pillow as it comes (zlib level 6, all row filters, matches at any distance) beside our default
            (zlib level 6, one row filter, runs only);
  runs      Pillow with the strategy of runs (all row filters) beside our default;
  matches   Pillow as it comes beside ours with matches at any distance (all row filters).
What differs beyond these settings: Pillow's wheels bring their own libjpeg-turbo and zlib-ng, ours are the system's.
The bytes in each row say what a side wrote. `zoom.builder.ratio_pillow` is `runs` with two workers: like for like.

writes Docs/Results/bench-images.json.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import time
import zlib

import numpy as np
import PIL
from PIL import Image, ImageDraw, features

import _common

SIZE = (2000, 1500)
FOLDER = _common.ROOT / "Runs" / "bench-images"


def photograph(seed):
    """Soft structure at five scales, shapes with hard edges, and a sensor's noise."""
    random = np.random.default_rng(seed)
    width, height = SIZE
    planes = []
    for _ in range(3):
        plane = np.full((height, width), 128, np.float32)
        for scale in (400, 150, 60, 20, 8):
            knots = random.normal(0, 2 * scale ** 0.5, (height // scale + 3, width // scale + 3)).astype(np.float32)
            plane += np.asarray(Image.fromarray(knots).resize(SIZE, Image.BICUBIC))
        planes.append(plane)
    image = Image.fromarray(np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        w, h = (int(v) for v in random.integers(20, 200, 2))
        shape = draw.rectangle if random.random() < 0.5 else draw.ellipse
        shape((x, y, x + w, y + h), fill=tuple(int(v) for v in random.integers(0, 256, 3)))
    noisy = np.asarray(image) + random.normal(0, 3, (height, width, 3)).astype(np.float32)
    w, h = (int(v) for v in random.integers(150, 550, 2))
    x, y = int(random.integers(0, width - w)), int(random.integers(0, height - h))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)), [x, y, x + w, y + h]


def make(seed):
    """Writes one photograph, where it is not there yet; answers with its item."""
    file = FOLDER / f"photo-{seed}.jpg"
    note = file.with_suffix(".json")
    if not note.exists():
        image, box = photograph(seed)
        image.save(file, quality=90)
        note.write_text(json.dumps(box))
    return {"photo": str(file), "box": json.loads(note.read_text()), "name": f"{seed}"}


def pillow(job):
    """Pillow's side for one photograph; the bytes that it wrote."""
    item, options = job
    image = Image.open(item["photo"])
    image.load()
    box = item["box"]
    part = image.crop(box)
    part = part.resize((part.width * 2, part.height * 2), Image.LANCZOS)
    paths = FOLDER / f"peer-{item['name']}.jpg", FOLDER / f"peer-{item['name']}.png"
    part.save(paths[0], quality=95)
    line = max(2, round(0.003 * max(image.size)))
    ImageDraw.Draw(image).rectangle(
        [box[0] - line, box[1] - line, box[2] + line - 1, box[3] + line - 1], outline=(255, 0, 0), width=line)
    image.save(paths[1], **options)
    return [os.path.getsize(path) for path in paths]


class Sides:
    """Both sides with a number of workers; a call does the next photographs and answers with its seconds."""

    def __init__(self, workers, items, turn):
        self.workers, self.items, self.turn = workers, items, turn
        self.pool = multiprocessing.get_context("fork").Pool(workers)
        self.process = _common.Paced("zoom-build", "paced", "--threads", workers)
        self.bytes = {}

    def slice(self, count):
        start = count * self.turn % len(self.items)
        return (self.items + self.items)[start:start + self.turn]

    def pillow(self, name, options):
        count = 0

        def run():
            nonlocal count
            jobs = [(item, options) for item in self.slice(count)]
            count += 1
            start = time.perf_counter()
            sizes = self.pool.map(pillow, jobs, chunksize=1)
            seconds = time.perf_counter() - start
            self.bytes.setdefault(name, []).append([sum(column) / len(sizes) for column in zip(*sizes)])
            return seconds

        return run

    def ours(self, name, strategy):
        count = 0
        settings = {
            "scale": 2, "filter": "lanczos", "partEncoding": {"jpeg": {"quality": 95, "fullChroma": False}},
            "color": {"red": 255, "green": 0, "blue": 0},
            "outline": {"outside": {"fraction": 0.003, "minimum": 2}},
            "wholeEncoding": {"png": {"level": 6, "strategy": strategy}}}

        def run():
            nonlocal count
            edges = ("left", "top", "right", "bottom")
            items = [dict(item, box=dict(zip(edges, item["box"]))) for item in self.slice(count)]
            count += 1
            request = FOLDER / "request.json"
            request.write_text(json.dumps({"items": items, "folder": str(FOLDER), "settings": settings}))
            self.process.process.stdin.write(f"{request}\n")
            self.process.process.stdin.flush()
            answer = self.process.read()
            self.bytes.setdefault(name, []).append(
                [answer["partBytes"] / len(items), answer["wholeBytes"] / len(items)])
            return answer["seconds"]

        return run

    def close(self):
        self.process.close()
        self.pool.terminate()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=200, help="photographs")
    parser.add_argument("--turn", type=int, default=24, help="photographs of a turn")
    parser.add_argument("--repeats", type=int, default=7, help="turns of each side")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        items = pool.map(make, range(options.images))
    peer = f"Pillow {PIL.__version__}"
    libraries = {name: features.version(name) for name in ("libjpeg_turbo", "zlib_ng", "zlib")}
    runs = {"compress_type": zlib.Z_RLE}
    rows, header = [], None
    for workers in (2, 1):
        sides = Sides(workers, items, options.turn)
        header = sides.process.header
        suffix = "" if workers == 2 else ".threads1"
        for name, theirs, strategy in (("defaults", {}, "runs"), ("runs", runs, "runs"), ("matches", {}, "matches")):
            times = _common.alternate(
                {"ours": sides.ours(f"{name}.ours", strategy), "peer": sides.pillow(f"{name}.peer", theirs)},
                options.repeats, warm_up=1, label=f"{name}, {workers}")
            shape = {"photographs": options.turn, "size": SIZE, "libraries": libraries}
            for side in ("ours", "peer"):
                part, whole = (statistics.mean(column) for column in zip(*sides.bytes[f"{name}.{side}"]))
                shape[f"{side}_bytes"] = {"part": round(part), "whole": round(whole)}
            rows.append(_common.ratio_row(
                f"images.{name}{suffix}", times["ours"], times["peer"], peer, workers, shape))
            if name == "runs" and workers == 2:
                rows.append(dict(rows[-1], id="zoom.builder.ratio_pillow"))
        sides.close()
    _common.write_results("bench-images", header, rows)
    for path in FOLDER.glob("*"):
        if not path.name.startswith("photo-"):
            path.unlink()


if __name__ == "__main__":
    main()

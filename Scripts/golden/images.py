#!/usr/bin/env python3
"""Writes Tests/Fixtures/Golden/images-*.json: picture files with their pixels, and resized pictures, for MediaTests.

JPEG files and resized pictures come from Pillow. PNG files are put together here byte by byte, since Pillow writes few
of the variants, and their pixels are what was put in. Usage: .venv/bin/python Scripts/golden/images.py
"""

import base64
import io
import json
import pathlib
import struct
import zlib

import numpy as np
import PIL
from PIL import Image, ImageDraw

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/Golden"
FILTERS = {"box": Image.BOX, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def text(data):
    return base64.b64encode(bytes(data)).decode()


def picture(seed, width, height, channels):
    """Slopes, a hard edge and noise: something for every filter to get wrong."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for c in range(channels):
        plane = 255 * (0.5 + 0.5 * np.sin(x / (3 + c) + y / (5 - c))) + random.normal(0, 20, (height, width))
        plane[(x - width / 2) ** 2 + (y - height / 3) ** 2 < (height / 4) ** 2] = 255 * (c % 2)
        planes.append(plane)
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


# ---------------------------------------------------------------- PNG, byte by byte

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, depth):
    """Filter type 0 and the packed samples of each row; `samples` is height x width x channels."""
    result = b""
    for row in samples:
        flat = row.reshape(-1).astype(np.uint32)
        if depth == 16:
            packed = flat.astype(">u2").tobytes()
        elif depth == 8:
            packed = flat.astype(np.uint8).tobytes()
        else:
            bits = ((flat[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
            packed = np.packbits(bits.reshape(-1)).tobytes()
        result += b"\0" + packed
    return result


def png(samples, depth, color, interlaced=False, before=b"", split=None):
    height, width = samples.shape[:2]
    raw = b""
    if interlaced:
        for x0, y0, dx, dy in ADAM7:
            part = samples[y0::dy, x0::dx]
            if part.size:
                raw += rows(part, depth)
    else:
        raw = rows(samples, depth)
    data = zlib.compress(raw, 9)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    parts = [data[i:i + split] for i in range(0, len(data), split)] if split else [data]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + b"".join(chunk(b"IDAT", p) for p in parts)
            + chunk(b"IEND", b""))


def scaled(samples, depth):
    """Samples of `depth` bits as the nearest of 8 bits."""
    return (samples.astype(np.int64) * 255 * 2 // ((1 << depth) - 1) + 1) // 2


def png_files():
    random = np.random.default_rng(7)
    files = []

    def add(name, data, pixels):
        files.append({"name": "png-" + name, "file": text(data), "width": pixels.shape[1], "height": pixels.shape[0],
                      "channels": pixels.shape[2], "pixels": text(pixels.astype(np.uint8).tobytes()), "tolerance": 0})

    for depth in (1, 2, 4, 8, 16):
        gray = random.integers(0, 1 << depth, (9, 13, 1))
        for interlaced in (False, True):
            add(f"gray{depth}{'-interlaced' if interlaced else ''}", png(gray, depth, 0, interlaced), scaled(gray, depth))
        key = int(gray[4, 5, 0])
        opaque = np.where(gray == key, 0, 255)
        add(f"gray{depth}-key", png(gray, depth, 0, before=chunk(b"tRNS", struct.pack(">H", key))),
            np.concatenate([scaled(gray, depth)] * 3 + [opaque], -1))
        if depth < 16:
            count = min(1 << depth, 200)
            index = random.integers(0, count, (7, 11, 1))
            colors = random.integers(0, 256, (count, 3))
            table = chunk(b"PLTE", colors.astype(np.uint8).tobytes())
            add(f"palette{depth}", png(index, depth, 3, before=table), colors[index[..., 0]])
            opacity = np.concatenate([random.integers(0, 256, count // 2), np.full(count - count // 2, 255)])
            table += chunk(b"tRNS", opacity[:count // 2].astype(np.uint8).tobytes())
            add(f"palette{depth}-opacity", png(index, depth, 3, True, table),
                np.concatenate([colors[index[..., 0]], opacity[index]], -1))
    for depth in (8, 16):
        for color, channels, name in ((2, 3, "rgb"), (4, 2, "gray-opacity"), (6, 4, "rgba")):
            samples = random.integers(0, 1 << depth, (6, 10, channels))
            pixels = scaled(samples, depth)
            if channels == 2:
                pixels = np.concatenate([pixels[..., :1]] * 3 + [pixels[..., 1:]], -1)
            add(f"{name}{depth}", png(samples, depth, color, split=37), pixels)
            add(f"{name}{depth}-interlaced", png(samples, depth, color, True), pixels)
        samples = random.integers(0, 1 << depth, (5, 4, 3))
        key = samples[2, 1]
        opaque = np.where((samples == key).all(-1, keepdims=True), 0, 255)
        add(f"rgb{depth}-key", png(samples, depth, 2, before=chunk(b"tRNS", struct.pack(">HHH", *map(int, key)))),
            np.concatenate([scaled(samples, depth), opaque], -1))
    one = np.array([[[200, 100, 50]]])
    add("one-pixel-interlaced", png(one, 8, 2, True), one)
    return files


# ---------------------------------------------------------------- JPEG, by Pillow

def exif(orientation, order):
    number = lambda form, *values: struct.pack(order + form, *values)
    entries = number("HHI", 0x010F, 2, 4) + b"abc\0" + number("HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = (b"II" if order == "<" else b"MM") + number("HI", 42, 8) + number("H", 2) + entries + number("I", 0)
    return b"Exif\0\0" + tiff


def jpeg_files():
    files = []

    def add(name, image, tolerance=2, **settings):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", **settings)
        data = buffer.getvalue()
        shown = Image.open(io.BytesIO(data))
        turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}.get(shown.getexif().get(0x0112, 1))
        if shown.mode == "CMYK":
            shown = shown.convert("RGB")
        if turn is not None:
            shown = shown.transpose(Image.Transpose(turn))
        pixels = np.asarray(shown)
        files.append({"name": "jpeg-" + name, "file": text(data), "width": shown.width, "height": shown.height,
                      "channels": 1 if pixels.ndim == 2 else pixels.shape[2], "pixels": text(pixels.tobytes()),
                      "tolerance": tolerance})

    color = Image.fromarray(picture(1, 27, 19, 3))
    gray = Image.fromarray(picture(2, 21, 18, 1)[..., 0])
    inks = Image.fromarray(picture(3, 18, 13, 4), "CMYK")
    for progressive in (False, True):
        suffix = "-progressive" if progressive else ""
        add("gray" + suffix, gray, quality=85, progressive=progressive)
        add("420" + suffix, color, quality=85, progressive=progressive)
        add("444" + suffix, color, quality=90, subsampling=0, progressive=progressive)
        add("cmyk" + suffix, inks, quality=92, progressive=progressive)
    add("422-restart", color, quality=80, subsampling=1, restart_marker_blocks=1)
    small = Image.fromarray(picture(4, 11, 7, 3))
    for orientation in range(1, 9):
        add(f"orientation{orientation}", small, quality=90, subsampling=0,
            exif=exif(orientation, "<" if orientation % 2 else ">"))
    return files


# ---------------------------------------------------------------- resizing and outlines, by Pillow

def rows_first(image, size, number, region):
    """Both passes of a resize, rows first: newer versions of Pillow begin with columns where heights shrink most."""
    premultiplied = image.convert("RGBa") if image.mode == "RGBA" else image
    left, top, right, bottom = region
    wide = premultiplied.resize((size[0], image.height), number, box=(left, 0, right, image.height))
    both = wide.resize(size, number, box=(0, top, size[0], bottom)).convert(image.mode)
    if size[1] >= image.height:
        assert np.array_equal(np.asarray(both), np.asarray(image.resize(size, number, box=region)))
    return both


def resized(name):
    sources, cases = [], []
    for seed, (width, height, channels) in enumerate([(31, 23, 3), (26, 17, 1), (19, 22, 4)]):
        pixels = picture(10 + seed, width, height, channels)
        sources.append({"width": width, "height": height, "channels": channels, "pixels": text(pixels.tobytes())})
        image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
        for size, region in (((62, 46), None), ((width, 9), None), ((7, 5), None), ((13, height), None), ((1, 1), None),
                             ((33, 40), None), ((20, 15), (2.25, 3.5, 14.75, 12.125))):
            result = np.asarray(rows_first(image, size, FILTERS[name], region or (0, 0, width, height)))
            cases.append({"source": seed, "width": size[0], "height": size[1],
                          "region": region or [0, 0, width, height], "pixels": text(result.tobytes())})
    return {"sources": sources, "cases": cases}


def outlines():
    cases = []
    for box in ([5, 4, 30, 20], [5.9, 4.2, 30.7, 20.9], [-3, -4, 12, 10], [20, 20, 60, 60], [8, 8, 14, 15],
                [3, 5, 37, 16]):
        image = Image.new("L", (40, 30))
        ImageDraw.Draw(image).rectangle(box, outline=255, width=5)
        cases.append({"box": box, "pixels": text(np.packbits(np.asarray(image) > 0).tobytes())})
    return cases


def write(name, content):
    target = FOLDER / f"images-{name}.json"
    document = {"made_by": f"Scripts/golden/images.py with Pillow {PIL.__version__}, numpy {np.__version__}", **content}
    target.write_text(json.dumps(document, separators=(",", ":")).replace("},{", "},\n{") + "\n")
    print(f"wrote {target.name}, {target.stat().st_size} bytes")


def main():
    write("png", {"files": png_files()})
    write("jpeg", {"files": jpeg_files()})
    for name in FILTERS:
        write(f"resize-{name}", resized(name))
    write("outline", {"cases": outlines()})


if __name__ == "__main__":
    main()

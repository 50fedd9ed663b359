"""Reads R's lazy-load databases (`.rdx` index + `.rdb` blobs): enough of R's XDR serialisation for character vectors.

> Source: "R Internals", sections 1.8 (serialisation formats) and 1.6.3 (lazy loading).
"""

from __future__ import annotations

import struct
import zlib

from ..model import FetchError

_SYMBOL, _PAIRS, _CHARACTERS = 1, 2, 9
_LOGICALS, _INTEGERS, _REALS, _STRINGS, _LIST = 10, 13, 14, 16, 19
_REFERENCE, _NIL, _GLOBAL, _BASE, _EMPTY = 255, 254, 253, 247, 242
_HAS_ATTRIBUTES, _HAS_TAG = 0x200, 0x400


class _Reader:
    def __init__(self, data: bytes):
        if data[:2] != b"X\n":
            raise FetchError("R data: not an XDR serialisation")
        self.data, self.at, self.references = data, 2, []
        version, _, _ = (self.integer() for _ in range(3))
        if version == 3:
            length = self.integer()  # of the native encoding's name
            self.at += length
        elif version != 2:
            raise FetchError(f"R data: serialisation version {version} is not known")

    def integer(self) -> int:
        value = struct.unpack_from(">i", self.data, self.at)[0]
        self.at += 4
        return value

    def item(self):
        flags = self.integer() & 0xFFFFFFFF
        kind = flags & 0xFF
        if kind in (_NIL, _GLOBAL, _BASE, _EMPTY):
            return None
        if kind == _REFERENCE:
            return self.references[(flags >> 8 or self.integer()) - 1]
        if kind == _SYMBOL:
            name = self.item()
            self.references.append(name)
            return name
        if kind == _CHARACTERS:
            return self.characters()
        if kind == _PAIRS:
            return self.pairs(flags)
        value = self.vector(kind)
        attributes = self.item() if flags & _HAS_ATTRIBUTES else None
        names = attributes.get("names") if isinstance(attributes, dict) else None
        return dict(zip(names, value, strict=True)) if kind == _LIST and names else value

    def pairs(self, flags: int) -> dict:
        result: dict = {}
        while flags & 0xFF == _PAIRS:
            if flags & _HAS_ATTRIBUTES:
                self.item()
            tag = self.item() if flags & _HAS_TAG else len(result)
            result[tag] = self.item()
            flags = self.integer() & 0xFFFFFFFF
        return result

    def characters(self) -> str | None:
        count = self.integer()
        if count < 0:
            return None
        text = self.data[self.at : self.at + count]
        self.at += count
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            return text.decode("latin-1")

    def vector(self, kind: int) -> list:
        count = self.integer()
        if kind in (_LOGICALS, _INTEGERS):
            return [self.integer() for _ in range(count)]
        if kind == _REALS:
            values = struct.unpack_from(f">{count}d", self.data, self.at)
            self.at += 8 * count
            return list(values)
        if kind in (_STRINGS, _LIST):
            return [self.item() for _ in range(count)]
        raise FetchError(f"R data: item type {kind} is not known")


def character_vectors(index: bytes, blobs: bytes) -> dict[str, list[str]]:
    """The named character vectors of a lazy-load database: `index` is the `.rdx`, `blobs` the `.rdb`."""
    places = _Reader(zlib.decompress(index, wbits=47)).item()["variables"]
    vectors = {}
    for name, (offset, length) in places.items():
        blob = blobs[offset : offset + length]
        size = struct.unpack_from(">I", blob)[0]
        data = zlib.decompress(blob[4:])
        if len(data) != size:
            raise FetchError(f"R data: {name} has {len(data)} bytes, its header says {size}")
        value = _Reader(data).item()
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            vectors[name] = value
    return vectors

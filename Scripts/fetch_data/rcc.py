"""Reads a Qt resource archive (`.rcc`): a header, a tree of nodes, names in UTF-16, and packed contents.

> Source: the layout that Qt's resource compiler writes, formats 1 to 3, all numbers big endian.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator

from .model import FetchError

_COMPRESSED_ZLIB, _DIRECTORY, _COMPRESSED_ZSTD = 1, 2, 4
#: No content of an archive grows beyond this: a damaged length must not fill the memory.
_LARGEST = 1 << 28


def members(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every file, sorted by path. Raises `FetchError` where the archive is damaged."""
    try:
        yield from sorted(_Tree(data).walk())
    except (struct.error, IndexError, UnicodeDecodeError, zlib.error) as error:
        raise FetchError(f"{name}: damaged Qt resource archive: {error}") from error
    except ValueError as error:
        raise FetchError(f"{name}: {error}") from error


class _Tree:
    def __init__(self, data: bytes):
        magic, version, self.tree, self.contents, self.names = struct.unpack_from(">4s4I", data)
        if magic != b"qres" or version not in (1, 2, 3):
            raise ValueError(f"expected a Qt resource archive of format 1 to 3, got {magic!r}, format {version}")
        self.data = data
        self.node_size = 14 if version == 1 else 22

    def walk(self) -> Iterator[tuple[str, bytes]]:
        """All files below the root. A node that is met twice means a damaged tree."""
        waiting: list[tuple[int, str]] = [(0, "")]
        seen: set[int] = set()
        while waiting:
            node, path = waiting.pop()
            if node in seen:
                raise ValueError(f"node {node} of the tree is met twice")
            seen.add(node)
            start = self.tree + node * self.node_size
            flags = struct.unpack_from(">H", self.data, start + 4)[0]
            if flags & _DIRECTORY:
                count, first = struct.unpack_from(">II", self.data, start + 6)
                if (count + first) * self.node_size > len(self.data):
                    raise ValueError(f"{path or 'the root'} has {count} children, more than the archive holds")
                for child in range(first, first + count):
                    waiting.append((child, f"{path}/{self._name(child)}".lstrip("/")))
            else:
                yield path, self._content(path, flags, struct.unpack_from(">I", self.data, start + 10)[0])

    def _name(self, node: int) -> str:
        offset = struct.unpack_from(">I", self.data, self.tree + node * self.node_size)[0] + self.names
        length = struct.unpack_from(">H", self.data, offset)[0]
        return self._slice(offset + 6, 2 * length).decode("utf-16-be")

    def _content(self, path: str, flags: int, offset: int) -> bytes:
        start = self.contents + offset
        packed = self._slice(start + 4, struct.unpack_from(">I", self.data, start)[0])
        if flags & _COMPRESSED_ZSTD:
            return _unzstd(path, packed)
        if not flags & _COMPRESSED_ZLIB:
            return packed
        size = struct.unpack_from(">I", packed)[0]
        unpacked = zlib.decompressobj().decompress(packed[4:], max(1, min(size, _LARGEST)))
        if len(unpacked) != size:
            raise ValueError(f"{path}: expected {size} bytes, got {len(unpacked)}")
        return unpacked

    def _slice(self, start: int, length: int) -> bytes:
        if start + length > len(self.data):
            raise ValueError(f"ends at byte {len(self.data)}, needs {start + length}")
        return self.data[start : start + length]


def _unzstd(path: str, packed: bytes) -> bytes:
    """Python has no reader of this compression before 3.14; the distribution's program has."""
    if shutil.which("zstd") is None:
        raise ValueError(f"{path}: needs zstd. Hint: apt-get install zstd, as root.")
    result = subprocess.run(["zstd", "-dcq"], input=packed, capture_output=True)
    if result.returncode != 0:
        raise ValueError(f"{path}: {result.stderr.decode(errors='replace').strip()}")
    return result.stdout

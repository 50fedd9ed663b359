"""Reads members of a package (.deb, wheel, sdist, checkout) in the order of their paths, without unpacking to disk."""

from __future__ import annotations

import fnmatch
import gzip
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .model import FetchError


class Archive:
    """A package file. Paths have no leading `./`; sdists lose their first folder; `*.gz` members arrive unpacked."""

    def __init__(self, path: Path):
        self.path = path

    def members(self, *patterns: str, skip: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of every regular file that matches one of `patterns` and none of `skip`, sorted by path."""

        def wanted(name: str) -> bool:
            return any(fnmatch.fnmatchcase(name, p) for p in patterns) and not any(
                fnmatch.fnmatchcase(name, p) for p in skip
            )

        found = sorted(self._all(wanted))
        if not found:
            raise FetchError(f"{self.path.name}: no member matches {', '.join(patterns)}. Hint: the package changed.")
        for name, data in found:
            if name.endswith(".gz") and data[:2] == b"\x1f\x8b":
                yield name[:-3], gzip.decompress(data)
            else:
                yield name, data

    def read(self, name: str) -> bytes:
        """The bytes of one member."""
        return next(iter(self.members(name)))[1]

    def _all(self, wanted) -> Iterator[tuple[str, bytes]]:
        if self.path.is_dir():
            for file in self.path.rglob("*"):
                name = file.relative_to(self.path).as_posix()
                if file.is_file() and wanted(name):
                    yield name, file.read_bytes()
        elif self.path.suffix == ".deb":
            yield from self._debian(wanted)
        elif self.path.suffix == ".whl" or self.path.suffix == ".zip":
            with zipfile.ZipFile(self.path) as archive:
                for info in archive.infolist():
                    if not info.is_dir() and wanted(info.filename):
                        yield info.filename, archive.read(info)
        else:
            with tarfile.open(self.path) as archive:
                yield from self._tar(archive, wanted, strip_first=True)

    def _debian(self, wanted) -> Iterator[tuple[str, bytes]]:
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(self.path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
                yield from self._tar(archive, wanted, strip_first=False)
            process.stdout.read()
        if process.returncode != 0:
            raise FetchError(f"{self.path.name}: dpkg-deb failed with {process.returncode}; remove the file and retry")

    @staticmethod
    def _tar(archive: tarfile.TarFile, wanted, strip_first: bool) -> Iterator[tuple[str, bytes]]:
        for member in archive:
            name = member.name.removeprefix("./")
            if strip_first:
                name = name.partition("/")[2]
            if member.isfile() and wanted(name):
                handle = archive.extractfile(member)
                assert handle is not None
                yield name, handle.read()

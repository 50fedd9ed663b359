"""What the sets of pictures and of pages share: one call over several sources, and files that are written whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from .acquire import Downloads
from .model import FetchError
from .store import Lock


def position(name: str) -> float:
    """A place in [0, 1) that depends on the name alone."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64


def write_text(path: Path, text: str) -> None:
    """Writes a text through a sibling file and a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.rename(path)


def linked(origin: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(origin, target)
    except OSError:
        shutil.copyfile(origin, target)


def prune(folder: Path, kinds: Iterable[str], expected: Iterable[str]) -> None:
    """Removes files of earlier calls from the folders of `kinds` that are not expected any more."""
    wanted = set(expected)
    for kind in kinds:
        for path in (folder / kind).glob("*"):
            if path.relative_to(folder).as_posix() not in wanted:
                path.unlink()


class MediaSession:
    """One call for one set. A source is skipped where its state fits the pinned content and the rules."""

    #: The name of the set; part of its sources' names in the lock file.
    set_name = ""

    def __init__(self, cache: Path, lock: Lock, relock: set[str]):
        self.lock, self.relock = lock, relock
        self.downloads = Downloads(cache / "downloads")
        self.failures: list[str] = []

    def lock_name(self, source) -> str:
        """The name of a source in the lock file."""
        return f"{self.set_name}:{source.name}"

    def fetch(self, sources: list) -> list[str]:
        """Fetches the sources, and writes the list where all of the catalogue are there. Returns the failures."""
        for number, source in enumerate(sources, start=1):
            print(f"[{number}/{len(sources)}] {self.set_name} of {source.package}", file=sys.stderr, flush=True)
            try:
                if source.name in self.relock or self.current(source) is None:
                    self.make(source)
            except Exception as error:  # one package must not take the others with it
                reason = str(error) if isinstance(error, FetchError) else f"{type(error).__name__}: {error}"
                self.failures.append(f"{source.name} ({source.package}): {reason}")
                print(f"  failed: {self.failures[-1]}", file=sys.stderr)
        if not self.failures:
            try:
                self.assemble()
            except FetchError as error:
                self.failures.append(str(error))
        return self.failures

    def current(self, source) -> dict | None:
        """The state of a source, if it was made from the pinned content by the present rules."""
        state, pinned = self.state(source), self.lock.entries.get(self.lock_name(source))
        if state is None or pinned is None or state["sha256"] != pinned["sha256"]:
            return None
        return state if state["rules"] == self.rules() else None

    def checked(self, source, found: dict) -> dict:
        """Compares content with what is pinned, or pins it where that was asked for."""
        if source.name in self.relock:
            self.lock.pin(self.lock_name(source), found)
        self.lock.check(self.lock_name(source), found)
        return found

    def all_states(self, sources: list) -> dict[str, dict] | None:
        """The states of all sources of the catalogue; `None`, with a note, where one is missing."""
        states = {source.name: self.current(source) for source in sources}
        missing = [name for name, state in states.items() if state is None]
        if missing:
            print(f"the list of {self.set_name} is not written yet: {', '.join(missing)} not fetched")
            return None
        return states

    def state(self, source) -> dict | None:
        """What is on disk of a source, if it is whole."""
        raise NotImplementedError

    def rules(self) -> str:
        """A checksum of the code that makes the set."""
        raise NotImplementedError

    def make(self, source) -> None:
        """Downloads a source, checks it and writes its files and its state."""
        raise NotImplementedError

    def assemble(self) -> None:
        """Writes the list of the set."""
        raise NotImplementedError

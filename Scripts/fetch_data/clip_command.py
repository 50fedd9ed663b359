"""What `Scripts/fetch-data clips` does: download, decode, split, write, verify."""

from __future__ import annotations

import hashlib
import sys
import wave
from pathlib import Path

from . import clips
from .acquire import Downloads
from .clip_audio import require_decoder
from .clip_catalogue import CLIP_SOURCES, ClipSource, Rule, read_rules
from .clips import ClipCache
from .model import FetchError
from .store import Lock


def lock_name(source: ClipSource) -> str:
    """The name of a source in the lock file."""
    return f"clips:{source.name}"


class ClipSession:
    """One call of the command for the sounds."""

    def __init__(self, cache: Path, lock: Lock, relock: set[str]):
        self.lock, self.relock = lock, relock
        self.cache = ClipCache(cache / "clips")
        self.downloads = Downloads(cache / "downloads")
        self.failures: list[str] = []

    def fetch(self, sources: list[ClipSource]) -> list[str]:
        """Fetches the sources, and writes the list where all of the catalogue are there. Returns the failures."""
        rules = read_rules()
        for number, source in enumerate(sources, start=1):
            print(f"[{number}/{len(sources)}] clips of {source.package}", file=sys.stderr, flush=True)
            try:
                self._source(source, rules)
            except Exception as error:  # one package must not take the others with it
                reason = str(error) if isinstance(error, FetchError) else f"{type(error).__name__}: {error}"
                self.failures.append(f"{source.name} ({source.package}): {reason}")
                print(f"  failed: {self.failures[-1]}", file=sys.stderr)
        if not self.failures:
            self._assemble()
        return self.failures

    def _current(self, source: ClipSource) -> dict | None:
        """The state of a source, if it was decoded from the pinned content by these rules."""
        state, pinned = self.cache.state(source), self.lock.entries.get(lock_name(source))
        if state is None or pinned is None or state["sha256"] != pinned["sha256"]:
            return None
        return state if state["rules"] == clips.rules_checksum() else None

    def _source(self, source: ClipSource, rules: list[Rule]) -> None:
        relock = source.name in self.relock
        if not relock and self._current(source) is not None:
            return
        require_decoder()
        archive, version = self.downloads.archive(source.package)
        files = clips.read_source(source, rules, archive)
        found = {"package": source.package.name, "version": version, **clips.content(files)}
        if relock:
            self.lock.pin(lock_name(source), found)
        self.lock.check(lock_name(source), found)
        state = self.cache.decode(source, files, found)
        print(f"  {len(state['clips'])} clips, {len(state['dropped'])} dropped", file=sys.stderr)
        for reason in state["dropped"]:
            print(f"  dropped {reason}", file=sys.stderr)

    def _assemble(self) -> None:
        states = {source.name: self._current(source) for source in CLIP_SOURCES}
        missing = [name for name, state in states.items() if state is None]
        if missing:
            print(f"clips.jsonl is not written yet: without {', '.join(missing)} its splits would change")
            return
        try:
            records = self.cache.assemble(CLIP_SOURCES, states)
        except FetchError as error:
            self.failures.append(str(error))
            return
        for line in clips.counts(records):
            print(line)
        print(f"{len(records)} clips in {self.cache.folder}")

    def verify(self, sources: list[ClipSource]) -> list[str]:
        """What is wrong with the clips in the cache."""
        wrong = [f"{s.name}: not fetched, or decoded from other content" for s in sources if self._current(s) is None]
        try:
            records = self.cache.records()
        except (FetchError, ValueError) as error:
            return [*wrong, str(error)]
        packages = {source.package.name for source in sources}
        for record in records:
            path = self.cache.folder / record["file"]
            if record["package"] in packages and wav_checksum(path) != record["sha256"]:
                wrong.append(f"{path}: missing, or its samples differ from clips.jsonl")
        return wrong


def wav_checksum(path: Path) -> str | None:
    """The checksum of a clip's rate and samples, as in the list; `None` where it cannot be read."""
    try:
        with wave.open(str(path), "rb") as file:
            data = file.readframes(file.getnframes())
            return hashlib.sha256(f"{file.getframerate()}\n".encode() + data).hexdigest()
    except (OSError, EOFError, wave.Error):
        return None

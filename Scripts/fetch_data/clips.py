"""The clips on disk: each source as it was decoded, then one folder a class with the list that training reads.

Data/cache/clips/sources/<source>.json                  what was decoded, and from which content
Data/cache/clips/sources/<source>/<class>/<file>.wav    the clips of one source before duplicates go
Data/cache/clips/<class>/<package>__<name>.wav          mono, 16 bits, the rate of the source
Data/cache/clips/clips.jsonl, classes.txt, NOTICE.md    the list, the classes, the attribution
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import clip_audio
from .archive import Archive
from .clip_audio import Unusable
from .clip_catalogue import ClipSource, Rule
from .model import FetchError
from .split import SPLITS

FEWEST_CLASSES = 15
FEWEST_PACKAGES = 2
#: Of one source and class no more than this many files are taken, in the order of a hash of their names.
MOST_PER_SOURCE = 60
#: From this many clips on a class has clips in every split.
FEWEST_TO_SPLIT = 5
HELD_OUT_SHARE = 0.15

#: Folders whose name says nothing about the sound.
_GENERIC = {"sounds", "sound", "samples", "stereo", "units", "commondata"}

#: What tells the takes of one series apart: a number, a strength, the occasion on which a voice speaks.
_TAKE = re.compile(r"[-_ ]*((ack|select)?[0-9]+|hardest|hard|med|softest|soft)$")


def clip_name(path: str) -> str:
    """The name of a clip: its file's name after that of the folder above, in lower case."""
    parts = [part for part in path.split("/")[:-1] if part not in _GENERIC]
    words = [*parts[-1:], path.split("/")[-1].rpartition(".")[0]]
    return re.sub(r"[^a-z0-9_]+", "-", "-".join(words).lower()).strip("-")


def choose(source: ClipSource, rules: list[Rule], paths: Iterable[str]) -> dict[str, str]:
    """{path: class} of the files that are taken. Raises where a rule matches nothing or two classes claim a file."""
    mine = [rule for rule in rules if rule.source == source.name]
    chosen: dict[str, Rule] = {}
    matched: set[int] = set()
    for path in sorted(paths):
        for rule in mine:
            if not fnmatch.fnmatchcase(path, rule.pattern):
                continue
            matched.add(rule.line)
            other = chosen.setdefault(path, rule)
            if other.class_name != rule.class_name:
                raise FetchError(
                    f"{source.package}: {path} is {other.class_name} by line {other.line} of the table of classes and"
                    f" {rule.class_name} by line {rule.line}"
                )
    for rule in mine:
        if rule.line not in matched:
            raise FetchError(
                f"{source.package}: line {rule.line} of the table of classes, {rule.pattern}, matches no file."
                " Hint: the package changed."
            )
    taken: dict[str, str] = {}
    for class_name in sorted({rule.class_name for rule in chosen.values()}):
        of_class = [path for path, rule in chosen.items() if rule.class_name == class_name]
        for path in sorted(of_class, key=lambda p: _rank(f"{source.name}/{p}"))[:MOST_PER_SOURCE]:
            taken[path] = class_name
    return dict(sorted(taken.items()))


def read_source(source: ClipSource, rules: list[Rule], archive: Archive) -> dict[str, tuple[str, bytes]]:
    """{path: (class, bytes)} of the files that are taken from a package."""
    patterns = tuple(rule.pattern for rule in rules if rule.source == source.name)
    data = dict(archive.members(*patterns, skip=source.skip))
    return {path: (name, data[path]) for path, name in choose(source, rules, data).items()}


def content(files: dict[str, tuple[str, bytes]]) -> dict:
    """What the lock file pins: the number of files, their bytes, and one checksum of their paths and contents."""
    digest = hashlib.sha256()
    for path, (_, data) in sorted(files.items()):
        digest.update(f"{path}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    size = sum(len(data) for _, data in files.values())
    return {"documents": len(files), "bytes": size, "sha256": digest.hexdigest()}


def series(record: dict) -> str:
    """The series that a clip belongs to: its package and path without the number or the strength at the end.

    Takes of one instrument, animal or voice often derive from one recording at several gains.
    """
    folder, _, file = record["source"].rpartition("/")
    stem = file.rpartition(".")[0].lower()
    return f"{record['package']}/{folder}/{_TAKE.sub('', stem) or stem}"


def assign_splits(records: list[dict]) -> None:
    """Gives each clip its split: whole series in the order of a hash, about 70, 15 and 15 of 100 of each class."""
    for class_name in {record["class"] for record in records}:
        mine = [record for record in records if record["class"] == class_name]
        groups: dict[str, list[dict]] = {}
        for record in mine:
            groups.setdefault(series(record), []).append(record)
        if len(groups) < len(SPLITS):  # too few series to have one in each split
            groups = {f"{record['package']}/{record['source']}": [record] for record in mine}
        order = sorted(groups, key=lambda name: _rank(f"split/{name}"))
        share = round(HELD_OUT_SHARE * len(mine))
        if len(mine) >= FEWEST_TO_SPLIT:
            share = max(1, share)
        for split in ("test", "validation"):
            taken, room = [], share
            for name in order:
                if len(groups[name]) <= room:
                    taken.append(name)
                    room -= len(groups[name])
            if share and not taken:  # each series is larger than the share
                taken = [min(order, key=lambda name: len(groups[name]))]
            for name in taken:
                order.remove(name)
                for record in groups[name]:
                    record["split"] = split
        for name in order:
            for record in groups[name]:
                record["split"] = "train"


def check_classes(records: list[dict]) -> None:
    """Raises where there are too few classes, or a class has too few packages."""
    packages: dict[str, set[str]] = {}
    for record in records:
        packages.setdefault(record["class"], set()).add(record["package"])
    if len(packages) < FEWEST_CLASSES:
        raise FetchError(f"clips: expected at least {FEWEST_CLASSES} classes, got {len(packages)}")
    for class_name, found in sorted(packages.items()):
        if len(found) < FEWEST_PACKAGES:
            raise FetchError(
                f"clips: class {class_name}: expected clips of at least {FEWEST_PACKAGES} packages, got"
                f" {', '.join(sorted(found))}"
            )


def without_duplicates(records: list[dict]) -> list[dict]:
    """The records whose samples did not occur before, sorted by file."""
    seen: set[str] = set()
    kept = []
    for record in sorted(records, key=lambda r: r["file"]):
        if record["sha256"] not in seen:
            seen.add(record["sha256"])
            kept.append(record)
    return kept


class ClipCache:
    """`Data/cache/clips`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.sources = folder / "sources"

    def state(self, source: ClipSource) -> dict | None:
        """What was decoded of a source, if all of its clips are there."""
        path = self.sources / f"{source.name}.json"
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
            whole = all(
                (self.sources / source.name / r["file"]).stat().st_size == 44 + 2 * r["frames"]
                for r in state["clips"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return state if whole else None

    def decode(self, source: ClipSource, files: dict[str, tuple[str, bytes]], found: dict) -> dict:
        """Decodes the files of a source and writes its clips and its state."""
        folder = self.sources / source.name
        shutil.rmtree(folder, ignore_errors=True)
        clips: list[dict] = []
        dropped: list[str] = []

        def one(entry: tuple[str, tuple[str, bytes]]):
            path, (class_name, data) = entry
            try:
                clip = clip_audio.trimmed(*clip_audio.decode(path, data))
            except Unusable as reason:
                return path, class_name, str(reason)
            return path, class_name, clip

        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            for number, (path, class_name, clip) in enumerate(pool.map(one, files.items()), start=1):
                if number % 100 == 0:
                    print(f"  decoded {number} of {len(files)}", file=sys.stderr, flush=True)
                if isinstance(clip, str):
                    dropped.append(f"{path}: {clip}")
                    continue
                file = f"{class_name}/{source.package.name}__{clip_name(path)}.wav"
                if (folder / file).exists():  # the same name in another folder, or with another ending
                    file = f"{file.removesuffix('.wav')}-{_rank(path).hex()[:6]}.wav"
                clip_audio.write_wav(folder / file, clip)
                clips.append(_record(source, class_name, path, file, clip))
        if not clips:
            raise FetchError(f"{source.package}: none of {len(files)} sounds can be used, first {dropped[0]}")
        state = {**found, "rules": rules_checksum(), "dropped": dropped, "clips": clips}
        path = self.sources / f"{source.name}.json"
        _write(path, json.dumps(state, indent=1, ensure_ascii=False) + "\n")
        return state

    def assemble(self, sources: list[ClipSource], states: dict[str, dict]) -> list[dict]:
        """Drops duplicates, splits, checks, and writes the classes' folders and the list. Returns the list."""
        records = without_duplicates([dict(r) for state in states.values() for r in state["clips"]])
        check_classes(records)
        assign_splits(records)
        origin = {r["file"]: name for name, state in states.items() for r in state["clips"]}
        expected = {record["file"] for record in records}
        for old in self.folder.glob("*/*.wav"):
            if old.relative_to(self.folder).as_posix() not in expected:
                old.unlink()
        for record in records:
            _link(self.sources / origin[record["file"]] / record["file"], self.folder / record["file"])
        for folder in self.folder.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        classes = sorted({record["class"] for record in records})
        _write(self.folder / "classes.txt", "".join(f"{name}\n" for name in classes))
        _write(self.folder / "NOTICE.md", notice(sources, states, records))
        _write(self.folder / "clips.jsonl", lines)
        return records

    def records(self) -> list[dict]:
        """The list that was written last."""
        path = self.folder / "clips.jsonl"
        if not path.exists():
            raise FetchError(f"{path} is missing. Hint: Scripts/fetch-data clips.")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rules_checksum() -> str:
    """A checksum of the code that turns files into clips: where it changes, sources are decoded again."""
    return hashlib.sha256(Path(clip_audio.__file__).read_bytes() + Path(__file__).read_bytes()).hexdigest()


def notice(sources: list[ClipSource], states: dict[str, dict], records: list[dict]) -> str:
    """The attribution of the clips as Markdown."""
    lines = [
        "# Origin of the clips",
        "",
        "Each clip was mixed to mono, trimmed and shortened. `clips.jsonl` names the file and the licence of each.",
        "",
        "| package | version | author | licences | clips |",
        "|---|---|---|---|---|",
    ]
    for source in sources:
        mine = [record for record in records if record["package"] == source.package.name]
        if mine and source.name in states:
            licences = ", ".join(sorted({record["licence"] for record in mine}))
            version = states[source.name]["version"]
            lines.append(f"| {source.package.name} | {version} | {source.author} | {licences} | {len(mine)} |")
    return "\n".join(lines) + "\n"


def counts(records: list[dict]) -> Iterator[str]:
    """The table of Docs/Data.md: clips of each class by split, seconds, and packages."""
    yield "| class | clips | train | validation | test | seconds | packages |"
    yield "|---|---|---|---|---|---|---|"
    for name in sorted({record["class"] for record in records}):
        mine = [record for record in records if record["class"] == name]
        yield _row(name, mine)
    yield _row("", records)


def _row(name: str, records: list[dict]) -> str:
    by_split = " | ".join(str(sum(r["split"] == split for r in records)) for split in SPLITS)
    seconds = sum(r["frames"] / r["sample_rate"] for r in records)
    packages = {r["package"] for r in records}
    listed = ", ".join(f"{p} {sum(r['package'] == p for r in records)}" for p in sorted(packages)) if name else ""
    return f"| {name} | {len(records)} | {by_split} | {seconds:.0f} | {listed or f'{len(packages)} packages'} |"


def _record(source: ClipSource, class_name: str, path: str, file: str, clip: clip_audio.Clip) -> dict:
    return {
        "file": file,
        "class": class_name,
        "package": source.package.name,
        "source": path,
        "licence": source.licence(path),
        "sample_rate": clip.rate,
        "frames": len(clip.samples),
        "sha256": hashlib.sha256(f"{clip.rate}\n".encode() + clip.pcm()).hexdigest(),
    }


def _rank(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _link(origin: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(origin, target)
    except OSError:
        shutil.copyfile(origin, target)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.rename(path)

"""The cache on disk: one JSON-lines file a source, then one a domain and split, with checksums.

Data/cache/text/sources/<source>.jsonl                  {"id", "group", "text"[, "licence", "notice"]}
Data/cache/text/<domain>/{train,validation,test}.jsonl  {"id", "text"}: what training reads
Data/cache/text/manifest.json                           bytes, documents, sha256, package, version, licence
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import split
from .clean import clean, is_damaged
from .model import Document, FetchError, Source
from .split import PRIORITY, SPLITS, NearDuplicates, split_of


def sha256(path: Path) -> str:
    """The checksum of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def write_lines(path: Path, records: Iterable[dict]) -> dict:
    """Writes JSON lines through a sibling file and a rename. Returns documents, bytes of text and sha256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    documents = characters = 0
    with open(partial, "w", encoding="utf-8", newline="\n") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            documents += 1
            characters += len(record["text"].encode())
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    return {"documents": documents, "bytes": characters, "sha256": sha256(path)}


def read_lines(path: Path) -> Iterator[dict]:
    """The records of a JSON-lines file."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


class Lock:
    """The pinned checksum of every source's extracted content (`Scripts/fetch-data.lock.json`)."""

    def __init__(self, path: Path):
        self.path = path
        self.entries: dict[str, dict] = json.loads(path.read_text()) if path.exists() else {}

    def check(self, name: str, found: dict) -> None:
        """Raises where the content differs from what is pinned."""
        pinned = self.entries.get(name)
        if pinned is None:
            raise FetchError(f"{name}: no checksum is pinned. Hint: --relock {name} after looking at the text.")
        if pinned["sha256"] != found["sha256"]:
            raise FetchError(
                f"{name}: the extracted content differs: expected {pinned['documents']} documents, sha256"
                f" {pinned['sha256'][:16]}…, got {found['documents']}, {found['sha256'][:16]}…."
                f" Hint: another release of the package ({found['version']}, pinned {pinned['version']});"
                f" look at the text, then --relock {name}."
            )

    def pin(self, name: str, found: dict) -> None:
        """Records the content that was found."""
        self.entries[name] = found
        text = json.dumps(dict(sorted(self.entries.items())), indent=2, ensure_ascii=False)
        self.path.write_text(text + "\n", encoding="utf-8")


class TextCache:
    """`Data/cache/text`."""

    def __init__(self, folder: Path):
        self.folder = folder

    def source_path(self, source: Source) -> Path:
        """Where the documents of one source are kept."""
        return self.folder / "sources" / f"{source.name}.jsonl"

    def write_source(self, source: Source, documents: Iterable[Document]) -> dict:
        """Cleans and writes the documents of one source. Raises where the text is damaged or nothing is left."""
        found = write_lines(self.source_path(source), _records(source, documents))
        if found["documents"] == 0:
            raise FetchError(f"{source.name}: {source.package} gave no document. Hint: the package changed.")
        return found

    def up_to_date(self, sources: list[Source]) -> dict | None:
        """The manifest, if its files are those that `assemble` would write again."""
        path = self.folder / "manifest.json"
        if not path.exists():
            return None
        manifest = json.loads(path.read_text(encoding="utf-8"))
        known = {name: (entry["sha256"], entry["domain"]) for name, entry in manifest["sources"].items()}
        found = {source.name: (sha256(self.source_path(source)), source.domain) for source in sources}
        if known != found or manifest.get("rules") != sha256(Path(split.__file__)):
            return None
        for domain, files in manifest["domains"].items():
            for name, entry in files.items():
                file = self.folder / domain / f"{name}.jsonl"
                if not file.exists() or sha256(file) != entry["sha256"]:
                    return None
        return manifest

    def assemble(self, sources: list[Source], versions: dict[str, str]) -> dict:
        """Splits, drops near duplicates and writes the files of every domain; returns (and writes) the manifest."""
        duplicates = NearDuplicates()
        kept: dict[tuple[str, str], list[tuple[str, int]]] = {}
        dropped = dict.fromkeys((source.name for source in sources), 0)
        for part in PRIORITY:
            for source in sources:
                for number, record in enumerate(read_lines(self.source_path(source))):
                    if split_of(source, _document(record)) != part:
                        continue
                    if duplicates.is_duplicate(record["text"]):
                        dropped[source.name] += 1
                    else:
                        kept.setdefault((source.domain, part), []).append((source.name, number))
        manifest = {"domains": {}, "sources": {}, "rules": sha256(Path(split.__file__))}
        for domain in sorted({source.domain for source in sources}):
            files = {}
            for part in SPLITS:
                chosen = set(kept.get((domain, part), ()))
                path = self.folder / domain / f"{part}.jsonl"
                files[part] = write_lines(path, self._chosen(sources, domain, chosen))
            manifest["domains"][domain] = files
        for source in sources:
            manifest["sources"][source.name] = {
                "domain": source.domain,
                "package": f"{source.package.kind}:{source.package.name}",
                "version": versions.get(source.name, source.package.version),
                "author": source.author,
                "licence": source.licence,
                "sha256": sha256(self.source_path(source)),
                "near_duplicates_dropped": dropped[source.name],
            }
        path = self.folder / "manifest.json"
        path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return manifest

    def _chosen(self, sources: list[Source], domain: str, chosen: set[tuple[str, int]]) -> Iterator[dict]:
        for source in sources:
            if source.domain == domain:
                for number, record in enumerate(read_lines(self.source_path(source))):
                    if (source.name, number) in chosen:
                        yield {"id": record["id"], "text": record["text"]}


def _document(record: dict) -> Document:
    return Document(record["id"], record["group"], "")


def _records(source: Source, documents: Iterable[Document]) -> Iterator[dict]:
    """Clean records. A few damaged documents are left out; many mean that the source is read wrongly."""
    total, damaged = 0, []
    for document in documents:
        text = clean(document.text)
        if len(text) < source.shortest:
            continue
        total += 1
        if is_damaged(text):
            damaged.append(document.name)
            continue
        record = {"id": f"{source.name}/{document.name}", "group": document.group, "text": text}
        if document.licence:
            record |= {"licence": document.licence, "notice": document.notice}
        yield record
    if 200 * len(damaged) > total:
        raise FetchError(
            f"{source.name}: {len(damaged)} of {total} documents have damaged characters, {damaged[0]} first."
            " Hint: the reader takes the wrong encoding."
        )

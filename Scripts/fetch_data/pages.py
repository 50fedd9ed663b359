"""Pages of PDF documents as pictures with the box of every word, tight around its ink.

Data/cache/pages/sources/<source>.json            what was drawn, and from which content
Data/cache/pages/<package>/<document>-p<page>.png the pages
Data/cache/pages/pages.jsonl, NOTICE.md           the list with the words, the attribution
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from . import ink, page_catalogue
from .archive import Archive
from .media import MediaSession, write_text
from .model import FetchError
from .page_catalogue import PAGE_SOURCES, PageSource, Paper
from .picture_cache import file_name
from .store import Lock, sha256
from .tools import require_program

#: A page with fewer words is a title or a figure, one with more is a table that nobody reads.
FEWEST_WORDS, MOST_WORDS = 60, 1500
POINTS_PER_INCH = 72

_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page as the document describes it.

    Its number from 1, and (text, box in points from the top left) of its words.
    """

    number: int
    width: float
    height: float
    words: tuple[tuple[str, tuple[float, float, float, float]], ...]


def read_boxes(text: str) -> list[Page]:
    """The pages of what `pdftotext -bbox` writes. Words without visible text or outside the page are left out."""
    pages = []
    for number, match in enumerate(_PAGE.finditer(text), start=1):
        width, height = float(match[1]), float(match[2])
        words = []
        for word in _WORD.finditer(match[3]):
            plain = unicodedata.normalize("NFKC", html.unescape(word[5])).strip()
            x1, y1, x2, y2 = (float(word[n]) for n in range(1, 5))
            inside = 0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height
            if inside and plain.isprintable() and plain and "�" not in plain:
                words.append((plain, (x1, y1, x2, y2)))
        pages.append(Page(number, width, height, tuple(words)))
    return pages


def choose(pages: list[Page], most: int) -> list[Page]:
    """At most `most` of the pages with enough words, evenly over the document."""
    fit = [page for page in pages if FEWEST_WORDS <= len(page.words) <= MOST_WORDS]
    if len(fit) <= most:
        return fit
    return [fit[n * len(fit) // most] for n in range(most)]


def run(*command: str) -> bytes:
    """The output of a program; its last line of complaint as an error."""
    result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        said = result.stderr.decode(errors="replace").strip().splitlines()
        raise FetchError(f"{Path(command[0]).name}: {said[-1] if said else f'exit status {result.returncode}'}")
    return result.stdout


def draw(paper: Paper, data: bytes, folder: Path) -> list[dict]:
    """Draws the chosen pages of a document into `folder`; their records, with boxes in pixels."""
    with tempfile.TemporaryDirectory() as name:
        pdf = Path(name) / "document.pdf"
        pdf.write_bytes(data)
        pages = choose(
            read_boxes(run("pdftotext", "-bbox", str(pdf), "-").decode("utf-8", errors="replace")), paper.pages
        )
        if not pages:
            raise FetchError(
                f"{paper.path}: no page has {FEWEST_WORDS} to {MOST_WORDS} words. Hint: the package changed."
            )
        records = []
        for page in pages:
            root = Path(name) / "page"
            number = str(page.number)
            options = ("-r", str(paper.dpi), "-f", number, "-l", number, "-singlefile", str(pdf), str(root))
            run("pdftoppm", "-png", *options)
            run("pdftoppm", "-gray", *options)
            grey = ink.read_grey(root.with_suffix(".pgm").read_bytes())
            file = folder / f"{file_name(paper.name)}-p{page.number:03}.png"
            shutil.move(root.with_suffix(".png"), file)
            records.append(_record(paper, page, file, grey))
    return records


def _record(paper: Paper, page: Page, file: Path, grey: ink.Grey) -> dict:
    horizontal, vertical = grey.width / page.width, grey.height / page.height
    words = []
    for text, (x1, y1, x2, y2) in page.words:
        box = ink.tight(grey, (x1 * horizontal, y1 * vertical, x2 * horizontal, y2 * vertical), paper.dpi)
        if box is not None:
            words.append({"text": text, "box": list(box)})
    return {
        "file": f"{file.parent.name}/{file.name}",
        "document": paper.name,
        "page": page.number,
        "dpi": paper.dpi,
        "width": grey.width,
        "height": grey.height,
        "package": file.parent.name,
        "source": paper.path,
        "author": paper.author,
        "licence": paper.licence,
        "sha256": sha256(file),
        "split": paper.split,
        "text": " ".join(word["text"] for word in words),
        "words": words,
    }


def content(papers: dict[str, bytes]) -> dict:
    """What the lock file pins: the number of documents, their bytes, and one checksum of their paths and contents."""
    digest = hashlib.sha256()
    for path, data in sorted(papers.items()):
        digest.update(f"{path}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return {"documents": len(papers), "bytes": sum(map(len, papers.values())), "sha256": digest.hexdigest()}


def read_papers(source: PageSource, archive: Archive) -> dict[str, bytes]:
    """{path: bytes} of the documents of a source. Raises where one is missing or is no PDF."""
    wanted = [paper.path for paper in source.papers]
    found = dict(archive.members(*wanted, *(f"{path}.gz" for path in wanted)))
    for path in wanted:
        if not found.get(path, b"").startswith(b"%PDF"):
            raise FetchError(f"{source.package}: {path}: missing or no PDF. Hint: the package changed.")
    return found


class PageSession(MediaSession):
    """One call of `Scripts/fetch-data pages`."""

    set_name = "pages"

    def __init__(self, cache: Path, lock: Lock, relock: set[str]):
        super().__init__(cache, lock, relock)
        self.folder = cache / "pages"

    def rules(self) -> str:
        files = (Path(__file__), Path(page_catalogue.__file__), Path(ink.__file__))
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def state(self, source: PageSource) -> dict | None:
        try:
            state = json.loads((self.folder / "sources" / f"{source.name}.json").read_text(encoding="utf-8"))
            whole = all((self.folder / record["file"]).stat().st_size > 0 for record in state["pages"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return state if whole else None

    def make(self, source: PageSource) -> None:
        for program in ("pdftoppm", "pdftotext"):
            require_program(program, "poppler-utils", "draw the pages of documents")
        archive, version = self.downloads.archive(source.package)
        papers = read_papers(source, archive)
        found = self.checked(source, {"package": source.package.name, "version": version, **content(papers)})
        folder = self.folder / source.package.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        pages = []
        for paper in source.papers:
            mine = draw(paper, papers[paper.path], folder)
            pages += mine
            words = sum(len(record["words"]) for record in mine)
            print(f"  {paper.name}: {len(mine)} pages, {words:,} words", file=sys.stderr, flush=True)
        state = {**found, "rules": self.rules(), "pages": pages}
        write_text(self.folder / "sources" / f"{source.name}.json", json.dumps(state, ensure_ascii=False) + "\n")

    def assemble(self) -> None:
        states = self.all_states(PAGE_SOURCES)
        if states is None:
            return
        records = sorted((page for state in states.values() for page in state["pages"]), key=lambda r: r["file"])
        write_text(self.folder / "NOTICE.md", notice(states))
        write_text(self.folder / "pages.jsonl", "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
        print(*counts(records), sep="\n")
        print(f"{len(records)} pages in {self.folder}")

    def verify(self, sources: list[PageSource]) -> list[str]:
        """What is wrong with the pages in the cache."""
        wrong = [f"{s.name}: not fetched, or drawn from other content" for s in sources if self.current(s) is None]
        for source in sources:
            for record in (self.current(source) or {"pages": []})["pages"]:
                if sha256(self.folder / record["file"]) != record["sha256"]:
                    wrong.append(f"{self.folder / record['file']}: differs from pages.jsonl")
        if not (self.folder / "pages.jsonl").exists():
            wrong.append(f"{self.folder / 'pages.jsonl'} is missing. Hint: Scripts/fetch-data pages.")
        return wrong


def notice(states: dict[str, dict]) -> str:
    """The attribution of the pages as Markdown."""
    lines = [
        "# Origin of the pages",
        "",
        "Each is one page of a document of these packages, drawn as a picture.",
        "",
        "| package | version | document | author | licence | pages |",
        "|---|---|---|---|---|---|",
    ]
    for source in PAGE_SOURCES:
        state = states[source.name]
        for paper in source.papers:
            pages = sum(record["document"] == paper.name for record in state["pages"])
            about = f"{source.package.name} | {state['version']} | {paper.name} | {paper.author} | {paper.licence}"
            lines.append(f"| {about} | {pages} |")
    return "\n".join(lines) + "\n"


def counts(records: list[dict]) -> list[str]:
    """The pages of each document, as a table of Markdown."""
    lines = [
        "| document | package | split | pages | words | pixels | lowest, middle word height |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in sorted({record["document"] for record in records}):
        mine = [record for record in records if record["document"] == name]
        heights = sorted(word["box"][3] - word["box"][1] for record in mine for word in record["words"])
        first = mine[0]
        lines.append(
            f"| {name} | {first['package']} | {first['split']} | {len(mine)} | {len(heights)} |"
            f" {first['width']} x {first['height']} | {heights[0]:.0f}, {heights[len(heights) // 2]:.0f} |"
        )
    return lines

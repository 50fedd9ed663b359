"""Programs and Python packages that only some sets need, installed where that is possible."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .model import FetchError

ROOT = Path(__file__).resolve().parent.parent.parent
#: What pictures are decoded with; pinned in Scripts/install-deps.sh.
IMAGING = ("PIL", "fontTools")
#: What tables of a package are read with; pinned there too.
TABLES = ("pyarrow",)
#: Set in the environment of the second start, so that a broken environment cannot start itself for ever.
_STARTED = "FETCH_DATA_IN_VENV"


def require_program(program: str, package: str, purpose: str) -> None:
    """Installs a program's package where that is possible. Raises with what to do where it is not."""
    if shutil.which(program):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"  installing {package}", file=sys.stderr)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        for attempt in (command, ["apt-get", "update", "-qq"], command):
            subprocess.run(attempt, capture_output=True, stdin=subprocess.DEVNULL)
            if shutil.which(program):
                return
    raise FetchError(
        f"{package} (apt): needed to {purpose} and not installed. Hint: apt-get install {package}, as root."
    )


def missing_imaging() -> list[str]:
    """The Python packages for pictures that this interpreter does not have."""
    return missing(IMAGING)


def missing(packages: tuple[str, ...]) -> list[str]:
    """Those of `packages` that this interpreter does not have."""
    return [name for name in packages if importlib.util.find_spec(name) is None]


def enter_imaging(arguments: list[str]) -> None:
    """Returns where this interpreter can decode pictures; otherwise starts the command again in `.venv`."""
    _enter(arguments, IMAGING, "--images")


def enter_tables(arguments: list[str]) -> None:
    """Returns where this interpreter can read tables; otherwise starts the command again in `.venv`."""
    _enter(arguments, TABLES, "--tasks")


def _enter(arguments: list[str], packages: tuple[str, ...], option: str) -> None:
    """Starts the command again in `.venv` if a package is missing. Scripts/install-deps.sh fills it if it has to be.

    Raises where that does not help.
    """
    if not missing(packages):
        return
    python = ROOT / ".venv" / "bin" / "python"
    if os.environ.get(_STARTED):
        raise FetchError(
            f"{python}: no {', '.join(missing(packages))}. Hint: remove .venv, then Scripts/install-deps.sh {option}."
        )
    status = subprocess.run([ROOT / "Scripts" / "install-deps.sh", option], stdin=subprocess.DEVNULL).returncode
    if status != 0 or not python.exists():
        raise FetchError(f"Scripts/install-deps.sh {option} failed with {status}. Hint: its output is above.")
    os.execve(python, [str(python), *arguments], {**os.environ, _STARTED: "1"})

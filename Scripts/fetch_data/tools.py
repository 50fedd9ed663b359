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
    return [name for name in IMAGING if importlib.util.find_spec(name) is None]


def enter_imaging(arguments: list[str]) -> None:
    """Returns where this interpreter can decode pictures; otherwise starts the command again in `.venv`.

    `.venv` is filled by Scripts/install-deps.sh --images if it has to be. Raises where that does not help.
    """
    if not missing_imaging():
        return
    python = ROOT / ".venv" / "bin" / "python"
    if os.environ.get(_STARTED):
        raise FetchError(
            f"{python}: no {', '.join(missing_imaging())}. Hint: remove .venv, then Scripts/install-deps.sh --images."
        )
    status = subprocess.run([ROOT / "Scripts" / "install-deps.sh", "--images"], stdin=subprocess.DEVNULL).returncode
    if status != 0 or not python.exists():
        raise FetchError(f"Scripts/install-deps.sh --images failed with {status}. Hint: its output is above.")
    os.execve(python, [str(python), *arguments], {**os.environ, _STARTED: "1"})

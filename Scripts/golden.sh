#!/usr/bin/env bash
# Writes the golden files again with the reference implementations, then shows which ones changed.
# Arguments choose scripts by name: Scripts/golden.sh attention tokenizer

set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install-deps.sh --peers
shopt -s nullglob
scripts=(Scripts/golden/*.py)
if [ "$#" -gt 0 ]; then
  scripts=()
  for name in "$@"; do
    [ -f "Scripts/golden/$name.py" ] || { echo "golden: no Scripts/golden/$name.py" >&2; exit 1; }
    scripts+=("Scripts/golden/$name.py")
  done
fi
if [ "${#scripts[@]}" -eq 0 ]; then
  echo "golden: no scripts in Scripts/golden" >&2
  exit 1
fi
for script in "${scripts[@]}"; do
  case $(basename "$script") in _*) continue ;; esac
  echo "== $script"
  .venv/bin/python "$script"
done
if git rev-parse --git-dir >/dev/null 2>&1; then
  git status --short -- Tests/Fixtures
fi

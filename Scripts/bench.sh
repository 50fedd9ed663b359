#!/usr/bin/env bash
# Measures this package beside its peers on this machine; each script writes its Docs/Results/*.json.
# Arguments choose scripts by name: Scripts/bench.sh train_step

set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install-deps.sh --peers
swift build -c release
shopt -s nullglob
scripts=(Scripts/peers/*.py)
if [ "$#" -gt 0 ]; then
  scripts=()
  for name in "$@"; do
    [ -f "Scripts/peers/$name.py" ] || { echo "bench: no Scripts/peers/$name.py" >&2; exit 1; }
    scripts+=("Scripts/peers/$name.py")
  done
fi
if [ "${#scripts[@]}" -eq 0 ]; then
  echo "bench: no scripts in Scripts/peers" >&2
  exit 1
fi
for script in "${scripts[@]}"; do
  case $(basename "$script") in _*) continue ;; esac
  echo "== $script"
  .venv/bin/python "$script"
done
python3 Scripts/results-table.py

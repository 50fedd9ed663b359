#!/usr/bin/env bash
# Measures this package on this machine, beside its limits and its peers; each step writes a file of Docs/Results.
# Arguments choose steps by name: Scripts/bench.sh attention train-step

set -euo pipefail
cd "$(dirname "$0")/.."

# A step is named after its file, Docs/Results/bench-NAME.json; the rest of the line is its command. In this order.
steps="
attention           .build/release/tensor-bench run attention --json Docs/Results
matrices            .build/release/tensor-bench run matrices --json Docs/Results
rows                .build/release/tensor-bench run rows --json Docs/Results
moda                .build/release/moda-kernel table2 --limit 32768 --curves --json Docs/Results
rungs               .build/release/moda-kernel rungs --json Docs/Results
decode              .build/release/moda-lm benchmark --decode --config Configs/moda/table6-row8-depth.yaml --json Docs/Results
attention-peers     .venv/bin/python Scripts/peers/attention.py
moda-peers          .venv/bin/python Scripts/peers/moda.py
openblas-core       .venv/bin/python Scripts/peers/openblas_core.py
train-step          .venv/bin/python Scripts/peers/train_step.py
train-step-compiled .venv/bin/python Scripts/peers/train_step.py --compile
train-step-bf16     .venv/bin/python Scripts/peers/train_step.py --bf16
downstream          .venv/bin/python Scripts/peers/downstream.py speed
moda-step           .venv/bin/python Scripts/peers/moda_step.py
rooms               .venv/bin/python Scripts/peers/rooms.py
scenes              .venv/bin/python Scripts/peers/scenes.py
images              .venv/bin/python Scripts/peers/images.py
zoom-memory         .venv/bin/python Scripts/peers/zoom_memory.py
moda-long           .build/release/moda-kernel table2 --only T65536 --name bench-moda-long --json Docs/Results
"

usage() {
  cat <<END
Usage: Scripts/bench.sh [NAME…]        or        make bench ARGS="NAME…"

Builds, runs the named steps (without a name all of them: hours, and 12 GB of memory for moda-long), and writes the
tables of the documents. Leave the machine alone meanwhile. Steps, each of which writes Docs/Results/bench-NAME.json:
$(printf '%s' "$steps" | sed -n 's/^./  &/p')

Instruction counts are no part of this: make instructions ARGS=--record.
END
}

# The command of a step; nothing for an unknown name.
command_of() {
  printf '%s' "$steps" | awk -v name="$1" '$1 == name { sub(/^[^ ]+ +/, ""); print }'
}

case ${1-} in
  -h | --help)
    usage
    exit 0
    ;;
esac
names=("$@")
if [ "$#" -eq 0 ]; then
  mapfile -t names < <(printf '%s' "$steps" | awk 'NF { print $1 }')
fi
options=()
for name in "${names[@]}"; do
  command=$(command_of "$name")
  case $command in
    "")
      echo "bench: no step '$name'. Hint: Scripts/bench.sh --help lists them" >&2
      exit 1
      ;;
    .venv/*) options=(--peers) ;;
  esac
done

Scripts/install-deps.sh "${options[@]}"
swift build -c release
if env | grep -qE '^(OPENBLAS|OMP|MKL|ONEDNN)_'; then
  echo "bench: these variables change what is measured, of numpy as well; the results files record them:" >&2
  env | grep -E '^(OPENBLAS|OMP|MKL|ONEDNN)_' >&2
fi
for name in "${names[@]}"; do
  command=$(command_of "$name")
  echo "== $name: $command"
  # shellcheck disable=SC2086  # words on purpose
  $command
done
curves=(Docs/Results/bench-moda.json Docs/Results/bench-moda-long.json)
if [ -f "${curves[0]}" ] && [ -f "${curves[1]}" ]; then
  .build/release/moda-kernel curves "${curves[@]}" --plots Docs/Plots
fi
python3 Scripts/results-table.py

#!/usr/bin/env bash
# From a fresh clone to a report: installs, builds, trains the baseline and the MoDA model on the committed sample
# with the same seed and data order, evaluates both per domain, generates text, compares; then renders ambisonic scenes
# from the committed clips, localises and scores them; then builds a dataset of questions about small signs with embedded
# teachers and measures what zooming is worth to a reader; all in one report. Stops at the first failure.

set -euo pipefail
cd "$(dirname "$0")/.."

config=Configs/moda/quickstart.yaml
moda=model.depth.writers=attentionAndFeedForward
prompt="It is a truth universally acknowledged, that"
began=$(date +%s)
stamp=$(date -u +%Y%m%d-%H%M%S)
runs=Runs/quickstart/$stamp
current="start"

report_failure() {
  local status=$?
  if [ "$status" -ne 0 ]; then
    echo "quickstart: failed at step '$current' (exit $status)" >&2
  fi
}
trap report_failure EXIT

# step NAME COMMAND…: says what begins, runs it, remembers the name for the failure message.
step() {
  current=$1
  shift
  printf '\n== %s (%d s)\n' "$current" $(($(date +%s) - began))
  "$@"
}

step "install dependencies" Scripts/install-deps.sh
step "build moda-lm" swift build -c release --product moda-lm
step "build foa-simulate" swift build -c release --product foa-simulate
step "build foa-localize" swift build -c release --product foa-localize
step "build zoom-build" swift build -c release --product zoom-build
step "build zoom-bench" swift build -c release --product zoom-bench
binaries=$(swift build -c release --show-bin-path)
moda_lm=$binaries/moda-lm

mkdir -p "$runs"
step "train the baseline" "$moda_lm" train --config "$config" --out "$runs/baseline"
step "train MoDA" "$moda_lm" train --config "$config" --set "$moda" --out "$runs/moda"
step "evaluate the baseline" "$moda_lm" evaluate "$runs/baseline"
step "evaluate MoDA" "$moda_lm" evaluate "$runs/moda"
step "generate" "$moda_lm" generate "$runs/moda" --prompt "$prompt"
step "compare" "$moda_lm" compare "$runs/baseline" "$runs/moda" --out "$runs/report"

spatial=Configs/spatial/quickstart.yaml
step "simulate scenes" "$binaries/foa-simulate" --config "$spatial" --out "$runs/scenes"
step "localise and score" "$binaries/foa-localize" dataset "$runs/scenes" --append-to "$runs/report"
step "draw a scene" "$binaries/foa-simulate" show "$runs/scenes" test-000000 --append-to "$runs/report"

zoom=Configs/zoom/quickstart.yaml
step "build a dataset of small regions" "$binaries/zoom-build" --config "$zoom" --set images.source.signs.scenes=80 \
  --out "$runs/zoom" --append-to "$runs/report"
step "draw a benchmark" "$binaries/zoom-bench" generate --count 240 --out "$runs/zoom-bundle"
step "measure the zooming gap" "$binaries/zoom-bench" run --config Configs/zoom/bench.yaml \
  --set bundle="$runs/zoom-bundle" --out "$runs/zoom-reader"
step "add it to the report" "$binaries/zoom-bench" report "$runs/zoom-reader" --pictures 6 --append-to "$runs/report"

current="look for the report"
test -s "$runs/report/index.html"

seconds=$(($(date +%s) - began))
printf '\nquickstart: done in %d min %02d s\nreport: %s\n' $((seconds / 60)) $((seconds % 60)) "$runs/report/index.html"

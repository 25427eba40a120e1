#!/usr/bin/env bash
# Prepare this machine for Herald: system packages, the two Python environments. Repeatable; does only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  libreoffice-writer-nogui python3-uno python3-venv poppler-utils
  fontconfig fonts-liberation fonts-crosextra-carlito fonts-crosextra-caladea fonts-dejavu-core
  fonts-noto-core fonts-noto-cjk fonts-symbola chromium
)
log=.local/setup.log
mkdir -p .local
: > "$log"

fail() {
  echo "$1 The last lines of $log:" >&2
  tail -n 15 "$log" >&2
  exit 1
}

# step SENTENCE COMMAND...: runs a command into the log, and shows on a terminal how long it has been at it.
step() {
  local sentence=$1 began=$SECONDS job
  shift
  echo "$sentence"
  "$@" >> "$log" 2>&1 &
  job=$!
  while [[ -t 1 ]] && kill -0 "$job" 2> /dev/null; do
    printf '\r  %d s  %.70s\033[K' "$((SECONDS - began))" "$(tail -n 1 "$log" | tr -d '\r')"
    sleep 0.5
  done
  [[ -t 1 ]] && printf '\r\033[K'
  wait "$job"
}

installed() {
  # Where LibreOffice came with a desktop, libreoffice-writer does what the -nogui package does.
  local package=$1
  if [[ $package == libreoffice-writer-nogui ]] && installed libreoffice-writer; then return 0; fi
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]]
}

install_system_packages() {
  if ! command -v apt-get > /dev/null; then
    echo "No apt-get here. Please install LibreOffice Writer with its Python bridge, the fonts, poppler and Chromium yourself."
    return
  fi
  local missing=() as_root=()
  for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -eq 0 ]] && return
  if [[ $(id -u) -ne 0 ]]; then
    as_root=(sudo)
    sudo --validate || fail "Installing system packages needs sudo."  # asks now, as a step cannot
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  step "Looking up system packages" "${as_root[@]}" apt-get update || fail "apt-get update failed."
  step "Installing system packages: ${missing[*]}" \
    "${as_root[@]}" apt-get install --yes --no-install-recommends "${missing[@]}" || fail "apt-get install failed."
}

# A name on the path is not enough: version managers leave names that only print an error.
is_usable() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2> /dev/null
}

newest_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    if [[ -n $candidate ]] && is_usable "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  echo "Herald needs Python 3.11, 3.12 or 3.13; none was found. Name one with PYTHON=/path/to/python make setup." >&2
  return 1
}

# Whether an environment is of the Python that PYTHON names; any will do where it names none.
is_of_named_python() {
  local version='import sys; print(sys.version)'
  [[ -z ${PYTHON:-} ]] && return
  [[ -x $1/bin/python && $("$1/bin/python" -c "$version") == "$("$PYTHON" -c "$version")" ]]
}

# create_environment FOLDER LOCK: an environment of the files that the lock names by their hashes, and of no others; built
# anew only when the lock changes or PYTHON names another Python. The lock is whole, so pip need not look for more.
create_environment() {
  local folder=$1 lock=$2 stamp=$1/.requirements-digest digest
  digest=$(sha256sum < "$lock" | cut -d ' ' -f 1)
  is_of_named_python "$folder" || rm -rf "$folder"
  [[ -f $stamp && $(cat "$stamp") == "$digest" ]] && return
  local python
  python=$(newest_python)
  [[ -x $folder/bin/python ]] || step "Creating $folder ($("$python" --version))" "$python" -m venv --clear "$folder" \
    || fail "Creating $folder failed."
  step "Installing $lock into $folder" \
    "$folder/bin/python" -m pip install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
    --requirement "$lock" || fail "Installing $lock failed."
  echo "$digest" > "$stamp"
}

if [[ -n ${PYTHON:-} ]] && ! is_usable "$PYTHON"; then
  echo "PYTHON names $PYTHON, which is not a Python 3.11, 3.12 or 3.13 with venv." >&2
  exit 1
fi
install_system_packages
create_environment .venv requirements/development.txt
create_environment .venv-deployment requirements/deployment.txt
.venv/bin/python -m local.assets >> "$log" 2>&1 || fail "Building the documentation's assets failed."

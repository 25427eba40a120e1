#!/usr/bin/env bash
# Prepare this machine for Herald: system packages, the two Python environments. Repeatable; does only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  libreoffice-writer-nogui python3-uno python3-venv poppler-utils
  fonts-liberation fonts-crosextra-carlito fonts-crosextra-caladea fonts-dejavu-core chromium
)
log=.local/setup.log
mkdir -p .local
: > "$log"

fail() {
  echo "$1 The last lines of $log:" >&2
  tail -n 15 "$log" >&2
  exit 1
}

installed() {
  # Where LibreOffice came with a desktop, libreoffice-writer does what the -nogui package does.
  local package=$1
  if [[ $package == libreoffice-writer-nogui ]] && installed libreoffice-writer; then return 0; fi
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]]
}

install_system_packages() {
  if ! command -v apt-get > /dev/null; then
    echo "No apt-get here. Please install LibreOffice Writer with its Python bridge, poppler and Chromium yourself."
    return
  fi
  local missing=() as_root=()
  for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -eq 0 ]] && return
  [[ $(id -u) -eq 0 ]] || as_root=(sudo)
  echo "Installing system packages: ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update >> "$log" 2>&1 || fail "apt-get update failed."
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}" \
    >> "$log" 2>&1 || fail "apt-get install failed."
}

newest_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    # A name on the path is not enough: version managers leave names that only print an error.
    if [[ -n $candidate ]] && "$candidate" -c \
      'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2> /dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Herald needs Python 3.11, 3.12 or 3.13; none was found. Name one with PYTHON=/path/to/python make setup." >&2
  return 1
}

# create_environment FOLDER REQUIREMENTS: an environment as its requirement files say, rebuilt only when they change.
create_environment() {
  local folder=$1 requirements=$2 stamp=$1/.requirements-digest digest
  digest=$(cat requirements/*.txt layers/common/requirements.txt | sha256sum | cut -d ' ' -f 1)
  [[ -f $stamp && $(cat "$stamp") == "$digest" ]] && return
  local python
  python=$(newest_python)
  echo "Installing $requirements into $folder ($("$python" --version))"
  [[ -x $folder/bin/python ]] || "$python" -m venv --clear "$folder" >> "$log" 2>&1 || fail "Creating $folder failed."
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" "${@:3}" \
    >> "$log" 2>&1 || fail "Installing $requirements failed."
  echo "$digest" > "$stamp"
}

install_system_packages
create_environment .venv requirements/development.txt --constraint requirements/constraints.txt
create_environment .venv-deployment requirements/deployment.txt
.venv/bin/python -m local.assets >> "$log" 2>&1 || fail "Building the documentation's assets failed."

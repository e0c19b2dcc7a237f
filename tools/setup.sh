#!/usr/bin/env bash
# Installs what the laboratory is built with: Debian packages, and .venv from requirements.txt.
# Does nothing, fast, when all is there. Arguments: the folder of another LibTorch, or nothing;
# "tests" to install what only the tests need, too.
set -euo pipefail
cd "$(dirname "$0")/.."
torch=${1:-} purpose=${2:-}

packages=(g++ cmake ninja-build ccache git python3-venv nlohmann-json3-dev libboost-dev libnlopt-dev
  libboost-program-options-dev doctest-dev libtbb-dev libssl-dev libhwy-dev libcadical-dev
  coinor-libclp-dev graphviz)
if [ "$purpose" = tests ]; then  # the browser in which the report is tested, and another reader of circuits
  packages+=(chromium fonts-dejavu-core berkeley-abc)
fi

missing_packages() {
  local package status
  for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

if command -v dpkg-query >/dev/null; then
  missing=$(missing_packages)
  if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then as_root=(); elif command -v sudo >/dev/null; then as_root=(sudo); else
      echo "setup: as root, run: apt-get install $missing" >&2
      exit 2
    fi
    echo "setup: installing $missing" >&2
    "${as_root[@]}" apt-get update -qq
    # shellcheck disable=SC2086
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends $missing >/dev/null
  fi
else
  echo "setup: this is not Debian; these must be there: ${packages[*]}" >&2
fi

# Debian's own python3 has ensurepip once python3-venv is there; another one brings its own.
stamp=.venv/requirements.installed
wanted=$(cat requirements.txt; echo "torch folder: $torch")
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  echo "setup: installing requirements.txt into .venv" >&2
  [ -x .venv/bin/python ] || python3 -m venv .venv
  if [ -n "$torch" ]; then
    grep -v '^torch==' requirements.txt | .venv/bin/pip install -q --disable-pip-version-check -r /dev/stdin
  else
    .venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
  fi
  printf '%s\n' "$wanted" > "$stamp"
fi

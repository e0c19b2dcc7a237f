#!/usr/bin/env bash
# Configures when needed, and builds. Arguments: build folder, preset, folder of another LibTorch.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1 preset=$2 torch=${3:-}

chosen=$build/torch.chosen
if [ ! -f "$build/build.ninja" ] || [ "$(cat "$chosen" 2>/dev/null)" != "$torch" ]; then
  mkdir -p "$build"
  if ! cmake --preset "$preset" -DTORCH="$torch" > "$build/configure.log" 2>&1; then
    cat "$build/configure.log" >&2
    exit 2
  fi
  printf '%s' "$torch" > "$chosen"
fi
if ! cmake --build "$build" > "$build/build.log" 2>&1; then
  grep -v '^\[' "$build/build.log" >&2
  exit 2
fi

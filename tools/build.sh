#!/usr/bin/env bash
# Configures when needed, and builds. Arguments: build folder, preset, target (lab, or all for the
# tests, too), folder of another LibTorch.
set -euo pipefail
: "${CMAKE_PREFIX_PATH:=}"
cd "$(dirname "$0")/.."
build=$1 preset=$2 target=$3 torch=${4:-}

chosen=$build/torch.chosen
torch_wanted="$torch $CMAKE_PREFIX_PATH"
if [ ! -f "$build/build.ninja" ] || [ "$(cat "$chosen" 2>/dev/null)" != "$torch_wanted" ]; then
  mkdir -p "$build"
  if ! cmake --preset "$preset" -DTORCH="$torch" > "$build/configure.log" 2>&1; then
    cat "$build/configure.log" >&2
    exit 2
  fi
  printf '%s' "$torch_wanted" > "$chosen"
fi
if ! cmake --build "$build" --target "$target" > "$build/build.log" 2>&1; then
  grep -v '^\[' "$build/build.log" >&2
  exit 2
fi

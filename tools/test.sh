#!/usr/bin/env bash
# Runs every test: the doctest program of each room, then the Python tests; ends with their sum.
# Argument: build folder.
set -uo pipefail
cd "$(dirname "$0")/.."
build=$1
passed=0 failed=0
export OMP_NUM_THREADS=1  # as in runs of the laboratory; threads that wait for one another cost ten times the time

# LibTorch and oneTBB keep memory until the process ends; leaks count where neither is linked.
leaks_of() { case $1 in circuits | core) echo 1 ;; *) echo 0 ;; esac; }

compgen -G "$build/tests/tests_*" >/dev/null || { echo "no test program was built"; exit 1; }
for program in "$build"/tests/tests_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  room=${program##*/tests_}
  echo "== $room"
  log=$build/tests/$room.log
  ASAN_OPTIONS=detect_leaks=$(leaks_of "$room") UBSAN_OPTIONS=print_stacktrace=1 \
    "$program" --no-version 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  summary=$(sed 's/\x1b\[[0-9;]*m//g' "$log" | grep '^\[doctest\] test cases:' | tail -1)
  if [ -z "$summary" ]; then  # it died before its summary
    failed=$((failed + 1))
    continue
  fi
  read -r ok bad <<< "$(sed -E 's/.*\| *([0-9]+) passed \| *([0-9]+) failed.*/\1 \2/' <<< "$summary")"
  passed=$((passed + ok)) failed=$((failed + bad))
  [ "$status" = 0 ] || [ "$bad" != 0 ] || failed=$((failed + 1))
done

echo "== python"
log=$build/tests/python.log
ASAN_OPTIONS=detect_leaks=0 LAB="$PWD/$build/lab" .venv/bin/python -m pytest -q -p no:cacheprovider tests 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
summary=$(tail -1 "$log")
ok=$(grep -oE '[0-9]+ passed' <<< "$summary" | cut -d' ' -f1)
bad=$(grep -oE '[0-9]+ (failed|error)' <<< "$summary" | awk '{n += $1} END {print n + 0}')
passed=$((passed + ${ok:-0})) failed=$((failed + bad))
[ "$status" = 0 ] || [ "$bad" != 0 ] || failed=$((failed + 1))

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

"""How large the page of 10,000 runs with 60 scores is, and how fast it opens, sorts, filters and groups.

    ninja -C build bench_report_page && .venv/bin/python tests/bench/report_page.py [BUILD]

Prints medians of five; exits 1 when the file has 20 MB or more, or opening takes 5 s or more."""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from browser import launched, opened

RUNS, SCORES, TIMES = 10_000, 60, 5

# Seconds from an action until the browser has drawn what came of it.
# (performance.now() counts from the start of the navigation.)
TIMED = """new Promise((done) => {
  const start = %s;
  %s;
  requestAnimationFrame(() => setTimeout(() => done((performance.now() - start) / 1000)));
})"""
ACTIONS = {
    "sort": "document.querySelectorAll('#run-table th button')[5].click()",
    "filter": "const box = document.getElementById('filter'); box.value = 'score1>0.5 arm';"
              "box.dispatchEvent(new Event('input'))",
    "group": "document.getElementById('group').click()",
}


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    seconds = {"open": []} | {name: [] for name in ACTIONS}
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "report.html"
        start = time.monotonic()
        subprocess.run([build / "tests" / "bench_report_page", str(RUNS), str(SCORES), file], check=True)
        print(f"{RUNS} runs x {SCORES} scores: written in {time.monotonic() - start:.2f} s, "
              f"{file.stat().st_size / 1e6:.1f} MB")
        for _ in range(TIMES):
            with launched() as browser, opened(browser, file) as (page, errors):
                seconds["open"].append(page.evaluate(TIMED % ("0", "")))
                for name, action in ACTIONS.items():
                    seconds[name].append(page.evaluate(TIMED % ("performance.now()", action)))
                assert errors == [], errors
        size = file.stat().st_size
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, median in medians.items():
        print(f"{name:7} {median:.2f} s")
    return int(size >= 20e6 or medians["open"] >= 5)


if __name__ == "__main__":
    sys.exit(main())

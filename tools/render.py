"""Draws Vega-Lite specifications with vl-convert. Reads JSON on stdin:
{"jobs": [{"spec": …, "format": "svg" | "png" | "pdf", "file": …}, …]}, or {"bundle": true}, which
writes the JavaScript of Vega, Vega-Lite and vega-embed to stdout. Files appear whole or not at all.
On failure the last line of stderr says why."""

import json
import os
import sys
import tempfile

VERSION = "5.21"  # of Vega-Lite; specifications are written for version 5


def main():
    try:
        import vl_convert
    except ImportError as error:
        sys.exit(f"{sys.executable} has no vl-convert ({error}); run `make setup`, or set LAB_PYTHON")
    request = json.load(sys.stdin)
    if request.get("bundle"):
        sys.stdout.write(vl_convert.javascript_bundle(vl_version=VERSION))
        return
    for job in request["jobs"]:
        try:
            write(job["file"], draw(vl_convert, job["spec"], job["format"]))
        except Exception as error:  # whatever it is, one line says which picture it was
            sys.exit(f"{job['file']}: {' '.join(str(error).split())[:500]}")


def draw(vl_convert, spec, form):
    options = {"vl_version": VERSION}
    if form == "png":
        return vl_convert.vegalite_to_png(spec, scale=2, **options)
    if form == "pdf":
        return vl_convert.vegalite_to_pdf(spec, **options)
    if form == "svg":
        return vl_convert.vegalite_to_svg(spec, **options).encode()
    raise ValueError(f"no format is called {form!r}; known: svg, png, pdf")


def write(file, data):
    folder = os.path.dirname(file)
    os.makedirs(folder, exist_ok=True)
    number, name = tempfile.mkstemp(dir=folder, prefix=".drawing-")
    try:
        with os.fdopen(number, "wb") as out:
            out.write(data)
        os.chmod(name, 0o666 & ~UMASK)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


UMASK = os.umask(0)
os.umask(UMASK)

if __name__ == "__main__":
    main()

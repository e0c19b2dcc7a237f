"""A headless browser that looks at a report without a network."""

import contextlib
import os
import shutil

from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


@contextlib.contextmanager
def launched():
    """The browser. One process can have only one at a time."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(browser, file, width=1200, height=900):
    """The page of a local file, and the list of its errors, which grows while one looks at it."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_offline(True)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: errors.append(f"asks for {request.url}")
            if not request.url.startswith(("file:", "data:", "blob:")) else None)
    page.on("dialog", lambda dialog: (errors.append(f"says {dialog.message}"), dialog.dismiss()))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-state=ready]", state="attached")
    yield page, errors
    context.close()

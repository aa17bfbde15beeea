"""A real browser: Debian's Chromium, driven by Playwright, kept from asking anything of the world outside."""

import contextlib

from playwright.sync_api import sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


@contextlib.contextmanager
def page(width=1280, height=900):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=ARGUMENTS)
        try:
            opened = chromium.new_page(viewport={"width": width, "height": height})
            opened.set_default_timeout(30_000)
            yield opened
        finally:
            chromium.close()

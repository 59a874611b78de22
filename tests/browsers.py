"""A browser for tests of pages: Chromium as the system has it, without a window."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync")  # fmt: skip


@contextmanager
def chromium() -> Iterator:
    """The browser of the system; who asks for it is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the extra `test` is not installed: no playwright")
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on the PATH (Debian, Ubuntu: apt install chromium)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


class Opened:
    """A page, opened: ``page`` is Playwright's; ``errors``, what the console said; ``requests``, what it asked for."""

    def __init__(self, browser, path: Path, **options):
        self.errors, self.requests = [], []
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        self.page = self.context.new_page()
        self.page.on("console", lambda said: self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def until(self, script: str) -> None:
        """Wait until ``script`` is true: Playwright's own way would need what a page's policy forbids."""
        for _ in range(100):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {script}")

    def saved(self, press) -> tuple[str, str]:
        """Name and text of the file that ``press`` downloads."""
        with self.page.expect_download() as download:
            press()
        return download.value.suggested_filename, Path(download.value.path()).read_text(encoding="utf-8")

    def colours(self, place: str) -> tuple[str, str]:
        """Colours of the text and of the ground of what stands at ``place``."""
        said = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
        return tuple(self.page.locator(place).first.evaluate(said))

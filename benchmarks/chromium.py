"""A Chromium without a screen, to look at pages with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rpsdg.traces.errors import ExitCode, RpsdgError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["NoChromiumError", "open_chromium"]


class NoChromiumError(RpsdgError):
    """There is no Chromium on this machine, or nothing to drive it with."""

    code = ExitCode.ENVIRONMENT


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Give a browser, and end it.

    Raises:
        NoChromiumError: there is none.
    """
    path = os.environ.get("RPSDG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise NoChromiumError(
            "no Chromium was found", hint="Install one (Debian: `chromium`), or name it in RPSDG_CHROMIUM."
        )
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NoChromiumError("playwright is not installed", hint="`make install` brings it.") from error
    with sync_playwright() as driver:
        # Chromium's own sandbox needs more than a container gives; the pages that are opened are ours.
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()

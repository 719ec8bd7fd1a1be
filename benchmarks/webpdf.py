"""Let nbconvert's ``webpdf`` exporter find a browser that the system has.

The exporter starts Chromium through Playwright, which looks only where it downloads
its own; a link there to the system's Chromium does as well.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["NotMeasuredError", "webpdf_environment"]

# The first is what Playwright downloads for itself, and the fastest to start.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_LAUNCH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
"""
_MISSING = re.compile(r"Executable doesn't exist at (.+)")


class NotMeasuredError(RuntimeError):
    """Why something could not be measured on this machine."""


def webpdf_environment(folder: Path) -> dict[str, str]:
    """Return the environment variables with which webpdf works.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder for temporary files, because browsers leave some behind, and
        for the link if Playwright has no browser of its own.

    Returns
    -------
    dict of str to str
        A browser has been started with them.

    Raises
    ------
    NotMeasuredError
        Without Playwright or Chromium, or if it does not start.
    """
    if importlib.util.find_spec("playwright") is None:
        raise NotMeasuredError("no Playwright")
    environment = {**os.environ, "TMPDIR": str(folder)}
    error = _launch_error(environment)
    if _MISSING.search(error):
        environment["PLAYWRIGHT_BROWSERS_PATH"] = str(folder / "browsers")
        _link_browser(_launch_error(environment))
        error = _launch_error(environment)
    if error:
        raise NotMeasuredError(f"Chromium does not start: {error.splitlines()[-1]}")
    return environment


def _link_browser(error: str) -> None:
    """Put a link to the system's browser where Playwright missed its own."""
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    missed = _MISSING.search(error)
    if not found or missed is None:
        raise NotMeasuredError("no Chromium")
    link = Path(missed[1].strip())
    link.parent.mkdir(parents=True)
    link.symlink_to(found[0])


def _launch_error(environment: dict[str, str]) -> str:
    """Return what Playwright says when it starts its browser; empty if it works."""
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCH], env=environment, capture_output=True, text=True
    )
    return done.stderr.strip() if done.returncode else ""

"""Make the pictures of the documents from the demo, or check that they are current.

    python docs/pictures.py [FOLDER]           # FOLDER holds a demo's reports; else it is run
    python docs/pictures.py --check [FOLDER]

Beside each picture lies what it shows as text, with the hash of the style it was drawn with and of
the picture itself. A check reads the same text from the demo of today and compares: fonts differ
from machine to machine, words do not. Needs playwright and Debian's chromium.
"""

# ruff: noqa: INP001 - a script, part of no package
from __future__ import annotations

import difflib
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

FOLDER = Path(__file__).parent / "img"
VOLATILE = (
    (r"\d{8}T\d{6}Z-[0-9a-f]{4}", "(sweep)"),
    (r"\d{4}-\d{2}-\d{2}T[\d:]+Z", "(time)"),
    (r"port \d+", "port (n)"),
    (r"netcover \d\S*", "netcover (version)"),
)

WORDS = "element => element.innerText ?? element.textContent"
"""Of an element of a drawing the titles too: they say what its circles mean."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: of which report, at which place of it, and the elements whose words it shows."""

    name: str
    report: str
    shows: str
    place: str = ""
    dark: bool = False


PICTURES = (
    Picture("coverage", "coverage.html", "header, .warning, #section-answers"),
    Picture(
        "coverage-table",
        "coverage.html",
        "#section-scatter, .scatter, #section-controls, #section-table",
        "#record=in%20service&support=past%20LDoS&sort=-until",
    ),
    Picture("coverage-story", "coverage.html", "dialog", "#serial=TST2601A2B3", dark=True),
    Picture("patch-entitlement", "patch-entitlement.html", "header, .warning, .answers"),
    Picture("renewal-package", "renewal-package.html", "header, .warning, .answers"),
)


def show(page: Page, picture: Picture, reports: Path) -> str:
    """Bring the page into the picture's state; what it shows, as text."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="dark" if picture.dark else "light")
    page.goto("about:blank")
    page.goto((reports / picture.report).as_uri() + picture.place)
    if picture.report == "coverage.html":
        page.wait_for_selector("html[data-ready]")
    shown = page.locator(picture.shows)
    if not picture.place.startswith("#serial"):
        shown.first.evaluate("element => element.scrollIntoView()")
    page.wait_for_timeout(300)
    told = (element.evaluate(WORDS) for element in shown.all() if element.is_visible())
    text = re.sub(r"\s*\n\s*", "\n", "\n".join(told))
    for pattern, word in VOLATILE:
        text = re.sub(pattern, word, text)
    style = page.locator("style").first.text_content() or ""
    return f"{text}\n\nstyle {hashlib.sha256(style.encode()).hexdigest()}\n"


def each(reports: Path) -> Iterator[tuple[Picture, Page, str]]:
    """Every picture, shown in a browser, and its text."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = chromium.new_page()
        for picture in PICTURES:
            yield picture, page, show(page, picture, reports)
        chromium.close()


def make(reports: Path) -> int:
    """Take every picture, and write down what it shows."""
    FOLDER.mkdir(exist_ok=True)
    for picture, page, text in each(reports):
        raw = page.screenshot(path=FOLDER / f"{picture.name}.png")
        note = f"{text}picture {hashlib.sha256(raw).hexdigest()}\n"
        (FOLDER / f"{picture.name}.txt").write_text(note, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / picture.name}.png\n")
    return 0


def check(reports: Path) -> int:
    """Compare what the demo of today shows with what the pictures show; 1 where they differ."""
    stale = 0
    for picture, _, text in each(reports):
        path = FOLDER / f"{picture.name}.png"
        note = path.with_suffix(".txt").read_text(encoding="utf-8")
        now = f"{text}picture {hashlib.sha256(path.read_bytes()).hexdigest()}\n"
        if note != now:
            stale = 1
            changed = difflib.unified_diff(
                note.split("\n"), now.split("\n"), "picture", "demo", n=0
            )
            sys.stderr.write(f"{path}: not current; run python docs/pictures.py\n")
            sys.stderr.writelines(f"  {line}\n" for line in list(changed)[:12])
    return stale


def main() -> int:
    """Run the demo unless its folder is given; the exit code."""
    if shutil.which("chromium") is None:
        sys.stderr.write("chromium is not installed; on Debian: apt-get install chromium\n")
        return 2
    words = [word for word in sys.argv[1:] if word != "--check"]
    work = check if "--check" in sys.argv else make
    if words:
        return work(Path(words[0]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        demo = [sys.executable, "-m", "agent", "demo", "--out", folder]
        subprocess.run(demo, check=True)  # noqa: S603 - our own command line
        return work(Path(folder))


if __name__ == "__main__":
    sys.exit(main())

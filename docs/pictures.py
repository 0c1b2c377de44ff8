"""Make the README's picture from the demo: ``python docs/pictures.py``; needs Debian's chromium."""

# ruff: noqa: INP001 - a script, part of no package
from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).parent / "img" / "coverage.png"
SIZE = "1280,1010"


def main() -> int:
    """Run the demo and photograph the first screen of its report; the exit code."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("chromium is not installed; on Debian: apt-get install chromium\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        demo = [sys.executable, "-m", "agent", "demo", "--out", folder]
        subprocess.run(demo, check=True)  # noqa: S603 - our own command line
        PICTURE.parent.mkdir(exist_ok=True)
        shot = [
            chromium,
            "--headless",
            "--no-sandbox",
            "--hide-scrollbars",
            f"--window-size={SIZE}",
            f"--screenshot={PICTURE}",
            (Path(folder) / "coverage.html").as_uri(),
        ]
        subprocess.run(shot, check=True, capture_output=True)  # noqa: S603 - a fixed command
    sys.stdout.write(f"{PICTURE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

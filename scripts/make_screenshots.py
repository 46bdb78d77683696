"""Draw docs/sample-report.png: the top of a report's page, as a browser shows it in the light.

    python scripts/make_screenshots.py reports/example [docs/sample-report.png]

Needs chromium; the page brings its own Chinese font where the machine has none.
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.chromium import Chromium, installed

WIDTH, HEIGHT = 1280, 1500


def draw(page: Path, picture: Path) -> None:
    """Write what a window of 1280 × 1500 shows of the page."""
    browser = Chromium()
    try:
        browser.open(page, WIDTH, HEIGHT)
        browser.run("document.fonts.ready.then(() => 1)")
        picture.write_bytes(base64.b64decode(browser.picture()))
    finally:
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path, help="a folder that topics wrote, with index.html")
    parser.add_argument(
        "picture", type=Path, nargs="?", default=Path("docs/sample-report.png"), help="the PNG"
    )
    args = parser.parse_args()
    page = args.report / "index.html"
    if not page.is_file():
        sys.exit(f"{page} is missing; make a report first: topics train")
    if installed() is None:
        sys.exit("chromium is not installed")
    args.picture.parent.mkdir(parents=True, exist_ok=True)
    draw(page, args.picture)
    print(args.picture)


if __name__ == "__main__":
    main()

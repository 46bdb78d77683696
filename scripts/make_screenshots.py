"""Draw the pictures of the docs in the light of a browser: a report, and the page of topics serve.

    python scripts/make_screenshots.py reports/example      # docs/sample-report.png
    python scripts/make_screenshots.py --serve              # docs/serve.png

Needs chromium; the pages bring their own Chinese font where the machine has none.
"""

from __future__ import annotations

import argparse
import base64
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.chromium import Chromium, installed

WIDTH, HEIGHT = 1280, 1500


def draw(page: Path | str, picture: Path, act: str = "", seen: str = "true") -> None:
    """Write what a window of 1280 × 1500 shows of the page, once it was acted on."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    browser = Chromium()
    try:
        browser.open(page, WIDTH, HEIGHT)
        browser.run(act or "0")
        browser.until(seen)
        browser.run("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        picture.write_bytes(base64.b64decode(browser.picture()))
    finally:
        browser.close()
    print(picture)


def draw_serve(picture: Path) -> None:
    """Draw the page of topics serve with its sample article, the menu of a paragraph open."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "topics", "serve", "--port", "0"]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8"
        ) as server:
            try:
                url = server.stdout.readline().strip() if server.stdout else ""
                draw(
                    url,
                    picture,
                    "document.getElementById('sample').click()",
                    "document.querySelectorAll('#texts .p').length > 4"
                    " && (document.querySelectorAll('.fix')[3].click(), true)",
                )
            finally:
                server.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path, nargs="?", help="a folder with a report")
    parser.add_argument("--serve", action="store_true", help="the page of topics serve")
    parser.add_argument("--out", type=Path, default=Path("docs"), help="where pictures go (docs)")
    args = parser.parse_args()
    if installed() is None:
        sys.exit("chromium is not installed")
    if args.report is None and not args.serve:
        sys.exit("name a folder with a report, or --serve")
    if args.report is not None:
        page = args.report / "index.html"
        if not page.is_file():
            sys.exit(f"{page} is missing; make a report first: topics train")
        draw(page, args.out / "sample-report.png")
    if args.serve:
        draw_serve(args.out / "serve.png")


if __name__ == "__main__":
    main()

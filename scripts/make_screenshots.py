"""Draw the pictures of the documentation: a report and the local page, as a browser shows them.

    python scripts/make_screenshots.py [reports/example] [--to docs]

Needs chromium; the page brings its own Chinese font where the machine has none. The pictures of
the guides are docs/sample-report.png (the top, also in the README), docs/report-map.png (a dot is
pointed at) and docs/report-text.png (an article at the width of a phone, in the dark).
docs/serve.png is the page of topics serve with the packaged article, a label being corrected.
"""

from __future__ import annotations

import argparse
import base64
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.chromium import Chromium, installed
from tests.serving import served, settings_of

ROOT: Final = Path(__file__).parent.parent
_FONTS: Final = "document.fonts.ready.then(() => 1)"
_DOT: Final = """
(() => {
  document.querySelector('#map').scrollIntoView({behavior: 'instant'});
  const dots = [...document.querySelectorAll('.plot-paragraph-map svg a')];
  const right = Math.max(...dots.map((dot) => dot.getBoundingClientRect().right));
  dots.find((dot) => dot.getBoundingClientRect().right === right).focus({focusVisible: true});
})()
"""
_TEXT: Final = """
(() => {
  document.querySelector('.article').open = true;
  document.querySelector('.article .p:not(.tx)').scrollIntoView({behavior: 'instant'});
})()
"""


@dataclass(frozen=True)
class Picture:
    """A file, the size of the window, what is done on the page first."""

    name: str
    width: int
    height: int
    script: str = ""
    dark: bool = False


_SERVED: Final = """
(async () => {
  const until = async (found) => { while (!found()) await new Promise((r) => setTimeout(r, 50)); };
  document.getElementById('sample').click();
  await until(() => document.querySelectorAll('#texts .p').length > 3);
  const top = document.getElementById('results').offsetTop;
  scrollTo({top, behavior: 'instant'});
  await until(() => scrollY === top);
  document.querySelectorAll('#texts .fix')[1].click();
})()
"""
PICTURES: Final = (
    Picture("sample-report.png", 1280, 1500),
    Picture("report-map.png", 1280, 660, _DOT),
    Picture("report-text.png", 390, 760, _TEXT, dark=True),
)


SERVED: Final = Picture("serve.png", 1280, 900, _SERVED)


def draw(browser: Chromium, page: Path | str, picture: Picture, folder: Path) -> Path:
    """Write one picture; return where it is."""
    browser.open(page, picture.width, picture.height, dark=picture.dark)
    browser.run(_FONTS)
    if picture.script:
        browser.run(picture.script)
    place = folder / picture.name
    place.write_bytes(base64.b64decode(browser.picture()))
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "report", type=Path, nargs="?", default=ROOT / "reports" / "example",
        help="a folder that topics wrote, with index.html",
    )  # fmt: skip
    parser.add_argument("--to", type=Path, default=ROOT / "docs", help="where the pictures go")
    args = parser.parse_args()
    page = args.report / "index.html"
    if not page.is_file():
        sys.exit(f"{page} is missing; make a report first: topics train")
    if installed() is None:
        sys.exit("chromium is not installed")
    args.to.mkdir(parents=True, exist_ok=True)
    browser = Chromium()
    try:
        for picture in PICTURES:
            print(draw(browser, page, picture, args.to))
        with tempfile.TemporaryDirectory() as desk:
            settings = settings_of(Path(desk, "labels.csv"))
            with served(settings) as address:
                print(draw(browser, address, SERVED, args.to))
    finally:
        browser.close()


if __name__ == "__main__":
    main()

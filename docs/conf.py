"""How the documentation site is built: scripts/build_docs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from docutils import nodes
from pylopdf_fonts_zh_cn import sans_path
from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import topics  # noqa: E402  # after the path

project = "topics (cn-topics)"
version = release = topics.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
smartquotes_action = "qe"  # quotes and dots; -- begins an option and is no dash
source_suffix = {".md": "markdown"}

html_theme = "furo"
html_title = "topics"
html_show_copyright = False
html_static_path = ["site.css", str(sans_path())]
html_css_files = ["site.css"]
html_theme_options = {
    "light_css_variables": {
        "font-stack": "'Topics Han', -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"
    }
}
html_search_language = "zh"  # splits Chinese, and stems English too

myst_heading_anchors = 3
myst_links_external_new_tab = False

napoleon_custom_sections = [("Learned", "params_style")]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True

_HAN_ENDS = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]$")
_HAN_BEGINS = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


def _join_lines(_: Sphinx, doctree: nodes.document) -> None:
    """Take away ends of source lines inside Chinese sentences: a browser shows them as spaces."""
    for end in [text for text in doctree.findall(nodes.Text) if text == "\n"]:
        at, around = end.parent.index(end), end.parent.children
        if 0 < at < len(around) - 1 and not isinstance(end.parent, nodes.FixedTextElement):
            before, after = around[at - 1].astext(), around[at + 1].astext()
            if _HAN_ENDS.search(before) and _HAN_BEGINS.match(after):
                end.parent.remove(end)


def _set_dashes(_: Sphinx, doctree: nodes.document) -> None:
    """Set the dash between a parameter and its meaning, which Sphinx writes as two hyphens."""
    for text in [found for found in doctree.findall(nodes.Text) if found.startswith(" -- ")]:
        text.parent.replace(text, nodes.Text(text.replace(" -- ", " – ", 1)))


def setup(app: Sphinx) -> None:
    """Hook in what Sphinx has no setting for."""
    app.connect("doctree-read", _join_lines)
    app.connect("doctree-read", _set_dashes)

"""How the documentation site is built: scripts/build_docs."""

from __future__ import annotations

import sys
from pathlib import Path

from pylopdf_fonts_zh_cn import sans_path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import topics  # noqa: E402  # after the path

project = "topics (cn-topics)"
version = release = topics.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
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

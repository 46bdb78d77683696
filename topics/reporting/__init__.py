"""Findings → one self-contained HTML page, and a folder with everything behind it.

Layers inside: marking (text with its evidence) and tables (numbers → CSV) and keeping (findings ↔
JSON) and lettering (a Chinese font) → page (what the templates show) and live (the page of topics
serve) and summary (a Word document) → report (HTML, and the folder on disk).
"""

from __future__ import annotations

from topics.reporting.page import html_tags
from topics.reporting.report import Report, files_of_scores, rebuild

__all__ = ["Report", "files_of_scores", "html_tags", "rebuild"]

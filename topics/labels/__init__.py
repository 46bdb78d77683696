"""Labels: what people say paragraphs are about, read from a table and found in a corpus."""

from topics.labels.agreeing import Agreement
from topics.labels.matching import Label, Labels, Matched
from topics.labels.tables import COLUMNS, SKIPPED, read_labels, read_rows, write_labels

__all__ = [
    "COLUMNS",
    "SKIPPED",
    "Agreement",
    "Label",
    "Labels",
    "Matched",
    "read_labels",
    "read_rows",
    "write_labels",
]

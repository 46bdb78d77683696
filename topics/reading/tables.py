"""Parquet → raw rows, batch by batch."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from topics.errors import require
from topics.reading import files
from topics.reading.documents import Raw, ReadingFault
from topics.reading.rows import MAX_FIELDS, row_of

BATCH: Final = 64  # rows in memory; one text may stand in all of them, and take its place in each
MAX_RATIO: Final = 400  # a dictionary of values and zstd: rows said over and over give hundreds
FREE_RATIO: Final = 1 << 26  # characters below which the ratio does not matter


def parquet_rows(path: Path) -> Iterator[Raw]:
    """Yield what the rows of a parquet file hold; ``number`` is the row's, from 1.

    Raises:
        ReadingFault: if it is damaged or holds no text.
        MissingExtraError: if pyarrow is not installed.
    """
    parquet = require("pyarrow.parquet", "parquet")
    arrow = require("pyarrow", "parquet")
    zipped = path.suffix.lower() == ".gz"
    try:
        packed, size = path.stat().st_size, 0
        source = io.BytesIO(files.whole(path)) if zipped else str(path)
        with parquet.ParquetFile(source) as table:
            if len(table.schema_arrow) > MAX_FIELDS:
                raise ReadingFault(
                    f"{len(table.schema_arrow):,} columns, more than {MAX_FIELDS:,}; "
                    "leave out what is no text"
                )
            number = 0
            for batch in table.iter_batches(batch_size=BATCH):
                for row in batch.to_pylist():
                    number += 1
                    size += sum(len(cell) for cell in row.values() if isinstance(cell, str))
                    if size > max(FREE_RATIO, MAX_RATIO * packed):
                        raise ReadingFault(files.SWOLLEN.format(MAX_RATIO))
                    yield from row_of(row, number)
    except (arrow.ArrowException, OSError, ValueError, ArithmeticError) as error:
        raise ReadingFault(f"not readable parquet ({' '.join(str(error).split())[:80]})") from error

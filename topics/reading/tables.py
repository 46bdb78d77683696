"""Parquet → raw rows, batch by batch."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from topics.errors import require
from topics.reading import files
from topics.reading.documents import Raw, ReadingFault
from topics.reading.rows import row_of

BATCH: Final = 512


def parquet_rows(path: Path) -> Iterator[Raw]:
    """Yield what the rows of a parquet file hold; ``number`` is the row's, from 1.

    Raises:
        ReadingFault: if it is damaged or holds no text.
        MissingExtraError: if pyarrow is not installed.
    """
    parquet = require("pyarrow.parquet", "parquet")
    arrow = require("pyarrow", "parquet")
    packed = path.suffix.lower() == ".gz"
    try:
        source = io.BytesIO(files.whole(path)) if packed else str(path)
        with parquet.ParquetFile(source) as table:
            number = 0
            for batch in table.iter_batches(batch_size=BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield from row_of(row, number)
    except (arrow.ArrowException, OSError) as error:
        raise ReadingFault(f"not readable parquet ({str(error).splitlines()[0][:80]})") from error

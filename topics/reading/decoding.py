"""Bytes → text: encodings are found, not assumed; bytes that fit none are reported, not guessed."""

from __future__ import annotations

import codecs
from typing import Final

from topics.reading.documents import ReadingFault

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC: Final = {
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a zip archive (docx, xlsx, …)",
    b"\xd0\xcf\x11\xe0": "an old Office file (.doc, .xls); save it as .docx",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "gzip data",
    b"PAR1": "a parquet file",
    b"Rar!": "a rar archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x7fELF": "a program",
}
SAMPLE: Final = 1 << 18  # bytes looked at to tell GB18030 from Big5
MAX_CONTROL: Final = 0.01  # share of control bytes above which a file is not text
MIN_COMMON: Final = (
    0.75  # share of two-byte characters that are everyday ones; right ones reach .95
)
_CONTROL: Final = bytes({*range(9), *range(14, 27), *range(28, 32)})


_SIGNED: Final = {sign[:1] for sign, _ in _BOMS} | {sign[:1] for sign in _MAGIC} | {b""}


def encoding_of(head: bytes, *, complete: bool = True) -> str:
    """Return the encoding of a text that begins with ``head``.

    Args:
        head: The file's bytes, or its first ones.
        complete: Whether ``head`` is the whole file; else its last character may be cut.

    Raises:
        ReadingFault: for binary data and for bytes that fit no encoding.
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise ReadingFault(f"not text but {what}")
    if wide := _utf16_without_bom(head):
        return wide
    if len(head) - len(head.translate(None, _CONTROL)) > MAX_CONTROL * len(head):
        raise ReadingFault("binary data, not text")
    fault = _fault(head, "utf-8", complete=complete)
    if fault is None:
        return "utf-8"
    return _chinese_encoding(head[:SAMPLE], head, fault, complete=complete)


def decode(data: bytes) -> str:
    """Return the text of a whole file.

    Raises:
        ReadingFault: as `encoding_of`, or where the found encoding breaks later on.
    """
    if (
        data[:1] not in _SIGNED
        and b"\0" not in data
        and len(data.translate(None, _CONTROL)) == len(data)
    ):
        try:  # most files, at half the price
            return data.decode()
        except UnicodeDecodeError:
            pass
    encoding = encoding_of(data)
    try:  # utf-8-sig, utf-16: without the mark at the start
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadingFault(f"not valid {encoding} at byte {error.start}") from error


def _fault(data: bytes, encoding: str, *, complete: bool) -> int | None:
    """Return the first byte that does not fit, or None."""
    try:
        if complete:
            data.decode(encoding)
        else:
            codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _utf16_without_bom(head: bytes) -> str:
    """Return utf-16-le or -be where every second byte tells it, else an empty string."""
    sample = head[: SAMPLE & ~1]
    if len(sample) < 4 or b"\0" not in sample or (len(head) % 2 and len(head) <= SAMPLE):
        return ""
    for name, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        # Han characters, CJK and full-width marks, ASCII: high bytes 4E–9F, 30, FF, 20, 00.
        fit = sum(0x4E <= byte <= 0x9F or byte in {0x00, 0x20, 0x30, 0xFF} for byte in high)
        blanks = sum(
            sample.count(mark)
            for mark in (b"\n\x00", b"\x00\n", b"\x000", b"\x02\x30", b"\x30\x02")
        )
        if fit > 0.97 * len(high) and blanks:
            try:
                sample.decode(name)
            except UnicodeDecodeError:
                continue
            return name
    return ""


def _chinese_encoding(sample: bytes, head: bytes, utf8_fault: int, *, complete: bool) -> str:
    scores: dict[str, float] = {}
    for name in ("gb18030", "big5hkscs"):
        if _fault(head, name, complete=complete) is None:
            scores[name] = _common_share(sample, name)
    best = max(scores, key=lambda name: scores[name], default="")
    if not best or scores[best] < MIN_COMMON:
        raise ReadingFault(
            f"not UTF-8 (byte {utf8_fault}), and neither GB18030 nor Big5 nor UTF-16; "
            "convert it to UTF-8"
        )
    return best


def _common_share(sample: bytes, encoding: str) -> float:
    """Return the share of non-ASCII characters that are among the everyday ones of the standard."""
    codec = codecs.getincrementaldecoder(encoding)(errors="ignore")
    text = [c for c in codec.decode(sample) if c > "\x7f"]
    if not text:
        return 0.0
    return sum(map(_is_common, text)) / len(text)


def _is_common(char: str) -> bool:
    """Return whether the character is an everyday one of either standard, or a Chinese mark."""
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uff5e" or char in "“”‘’—…·×":
        return True
    simplified, traditional = char.encode("gb2312", "ignore"), char.encode("big5", "ignore")
    return b"\xb0" <= simplified[:1] <= b"\xd7" or b"\xa4" <= traditional[:1] <= b"\xc6"

"""Text as every database stores it, and text files as Windows and others write them."""

import codecs
import re
from pathlib import Path

from annotator.errors import AnnotatorError

_UNSTORABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")

LARGEST_TEXT = 100_000_000
"""Bytes."""


def storable(text: str) -> str:
    """The text with U+FFFD in the place of control characters, other than tabs and line ends, and of lone surrogates.

    PostgreSQL refuses NUL, every database half a character, and the rest does odd things to terminals that print it.
    """
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def read_text(path: Path) -> str:
    """A text file's content: UTF-8, or UTF-16 that says so by its first bytes, as PowerShell writes it.

    Raises:
        AnnotatorError: it cannot be read, is too large, or is in another encoding, which nobody can tell for certain.
    """
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise AnnotatorError(f"{path} is too large for a text.")
        content = path.read_bytes()
    except OSError as error:
        raise AnnotatorError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnnotatorError(f"{path} is not text in UTF-8: save it as UTF-8 (in Excel: “CSV UTF-8”).") from error

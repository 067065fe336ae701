"""Text as every database stores it."""

import re

_UNSTORABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with U+FFFD in the place of control characters, other than tabs and line ends, and of lone surrogates.

    PostgreSQL refuses NUL, every database half a character, and the rest does odd things to terminals that print it.
    """
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)

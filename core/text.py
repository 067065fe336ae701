"""Names of files as text: one spelling of each, found again however it is written, and to bytes whatever it holds."""

import re
import unicodedata
from collections.abc import Iterable


def to_utf8(text: str) -> bytes:
    """UTF-8; the bytes of a file's name that are not UTF-8 become escapes such as \\udcff, which JSON reads back."""
    return text.encode("utf-8", "backslashreplace")


def one_spelling(name: str) -> str:
    """A name in composed form (NFC), as most systems write it and macOS does not; odd bytes as `to_utf8` shows them."""
    return to_utf8(unicodedata.normalize("NFC", name)).decode()


def natural_key(name: str) -> list[tuple[str, int]]:
    """Sorts names as people count: `2.jpg` before `10.jpg`."""
    return [(text, int(number or -1)) for text, number in re.findall(r"(\D*)(\d*)", name)]


class NameIndex:
    """Finds the names of files as lists, tables and other programs write them.

    A name is taken as it is; else in another Unicode form, or with \\ for /; else with other capitals, where only one
    name is meant by that.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._same: dict[str, str] = {}
        self._alike: dict[str, str] = {}
        self._loosely: dict[str, str | None] = {}
        for name in names:
            self._same[name] = name
            self._alike.setdefault(_with_slashes(name), name)
            loose = _with_slashes(name).casefold()
            self._loosely[loose] = name if self._loosely.get(loose, name) == name else None

    def find(self, name: str) -> str | None:
        """The name that is meant, spelled as it was given to the index; None where there is none."""
        alike = _with_slashes(name)
        return self._same.get(name) or self._alike.get(alike) or self._loosely.get(alike.casefold())


def _with_slashes(name: str) -> str:
    return one_spelling(name).replace("\\", "/")

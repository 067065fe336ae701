"""Text that comes from outside, names of files above all: to bytes whatever it holds."""


def to_utf8(text: str) -> bytes:
    """UTF-8; the bytes of a file's name that are not UTF-8 become escapes such as \\udcff, which JSON reads back."""
    return text.encode("utf-8", "backslashreplace")

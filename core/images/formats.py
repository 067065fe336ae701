"""The file formats of photos: which suffix means which, and what a file is by its first bytes."""

IMAGE_SUFFIXES: frozenset[str] = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"})
"""Suffixes, in lower case, of the files that can be read and written."""

READABLE = "JPEG, PNG, WebP, TIFF or BMP"

_FORMAT_OF_SUFFIX = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"BM", "BMP"),
)

_OTHER_SIGNATURES = (
    (b"GIF8", "a GIF picture or animation"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript drawing"),
    (b"8BPS", "a Photoshop document"),
    (b"FUJIFILM", "a camera's raw file"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (b"PK\x03\x04", "a zip archive"),
)

_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim", b"heis")

SIGNATURE_BYTES = 512
"""How many of a file's first bytes `sniff_format` and `describe_other` want to see."""


def format_of_suffix(suffix: str) -> str | None:
    """The format's name ("JPEG", "PNG", "WEBP", "TIFF", "BMP") for a suffix such as ".jpg", None for any other."""
    return _FORMAT_OF_SUFFIX.get(suffix.lower())


def sniff_format(head: bytes) -> str | None:
    """The format's name by the file's first bytes, whatever the file is called, or None."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    return None


def describe_other(head: bytes) -> str | None:
    """What a file is that is not a photo we read, such as "a GIF picture or animation"; None when unknown."""
    for signature, description in _OTHER_SIGNATURES:
        if head.startswith(signature):
            return description
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIF_BRANDS:
            return "a HEIC photo"
        return "an AVIF picture" if brand in (b"avif", b"avis") else "a video"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "a vector drawing (SVG)"
    if text.startswith(b"<!doctype html") or b"<html" in text:
        return "a web page (HTML)"
    if text.startswith(b"<?xml"):
        return "an XML document"
    return None

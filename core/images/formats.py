"""The file formats of photos: which suffix means which, and what a file is by its first bytes."""

_SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp", ".dib"),
    "HEIF": (".heic", ".heif", ".hif"),
    "AVIF": (".avif",),
}
_READ_ONLY = ("HEIF", "AVIF")
_FORMAT_OF_SUFFIX = {suffix: name for name, suffixes in _SUFFIXES.items() for suffix in suffixes}

IMAGE_SUFFIXES: frozenset[str] = frozenset(_FORMAT_OF_SUFFIX)
"""Suffixes, in lower case, of the files that can be read."""

WRITABLE_SUFFIXES: frozenset[str] = frozenset(s for s, name in _FORMAT_OF_SUFFIX.items() if name not in _READ_ONLY)
"""Suffixes, in lower case, of the files that can be written."""

READABLE = "JPEG, PNG, WebP, TIFF, BMP, HEIC or AVIF"
WRITABLE = "JPEG, PNG, WebP, TIFF or BMP"

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

_RAW_SUFFIXES = (
    ".3fr .arw .cr2 .cr3 .dcr .dng .erf .iiq .k25 .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw .rw2 .sr2 .srf "
    ".srw .x3f"
)
_PICTURES = ("picture", "raw file", "Photoshop", "drawing")

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")

SIGNATURE_BYTES = 512
"""How many of a file's first bytes `sniff_format` and `describe_other` want to see."""


def format_of_suffix(suffix: str) -> str | None:
    """The format's name ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "HEIF", "AVIF") for a suffix such as ".jpg", or None."""
    return _FORMAT_OF_SUFFIX.get(suffix.lower())


def output_suffix(suffix: str, kind: str | None = None, *, transparent: bool = False) -> str:
    """The suffix under which a photo is saved: its own, where that stands for a format that can be written.

    Args:
        suffix: the source's.
        kind: the source's format by its content; a suffix that stands for another is not kept. None: not asked.
        transparent: whether the photo has transparency.

    Returns:
        Otherwise the usual suffix of the format; for one that is not written ".jpg", or ".png" with transparency.
    """
    named = format_of_suffix(suffix)
    if named is not None and named not in _READ_ONLY and kind in (None, named):
        return suffix
    if kind is None or kind in _READ_ONLY:
        return ".png" if transparent else ".jpg"
    return _SUFFIXES[kind][0]


def sniff_format(head: bytes) -> str | None:
    """The format's name by the file's first bytes, whatever the file is called, or None."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return _brand(head)
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    return None


def _brand(head: bytes) -> str | None:
    """HEIF or AVIF by a file's brands, the major one first; mif1 may be either."""
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(len(head), int.from_bytes(head[:4], "big")), 4))]
    if any(brand in _AVIF_BRANDS for brand in brands):
        return "AVIF"
    return "HEIF" if brands[0] in _HEIF_BRANDS else None


def describe_other(head: bytes) -> str | None:
    """What a file is that is not a photo we read, such as "a GIF picture or animation"; None when unknown."""
    for signature, description in _OTHER_SIGNATURES:
        if head.startswith(signature):
            return description
    if head[4:8] == b"ftyp":
        return "a camera's raw file" if head[8:12] == b"crx " else "a video"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "a vector drawing (SVG)"
    if text.startswith(b"<!doctype html") or b"<html" in text:
        return "a web page (HTML)"
    if text.startswith(b"<?xml"):
        return "an XML document"
    return None


def is_raw(suffix: str) -> bool:
    """Whether a suffix is that of a camera's raw file, which often looks like TIFF inside."""
    return suffix.lower() in _RAW_SUFFIXES.split()


def is_picture(description: str) -> bool:
    """Whether what `describe_other` says is some kind of picture, which somebody may miss among the photos."""
    return any(word in description for word in _PICTURES)

"""XMP: captions, authors and licences, without what describes the file's old pixels."""

import re

_ORIENTATION = re.compile(rb"""(\btiff:Orientation(?:\s*=\s*["']|>)\s*)[2-8]""")
_GAIN_MAP = rb"(?:hdrgm|HDRGainMap|hdrgainmap|apdi):\w+"
_FILM = rb"GCamera:(?:MotionPhoto|MicroVideo)\w*"
_OTHER_PICTURES = rb"Container:Directory|GContainer:Directory|xmp:Thumbnails|xap:Thumbnails|xmpNote:HasExtendedXMP"
_OUTDATED = b"|".join((_GAIN_MAP, _FILM, _OTHER_PICTURES))
_HAS_FILM = re.compile(rb"""\bGCamera:(?:MotionPhoto|MicroVideo)(?:\s*=\s*["']|>)1""")
_ATTRIBUTE = re.compile(rb"""\s+(?:%s)\s*=\s*(?:"[^"]*"|'[^']*')""" % _OUTDATED)
_ELEMENT = re.compile(rb"<(%s)(?:\s[^>]*)?(?:/>|>.*?</\1\s*>)" % _OUTDATED, re.DOTALL)


def update_xmp(xmp: bytes | None) -> bytes | None:
    """XMP for a photo that is upright and stands alone: orientation 1; no thumbnails, gain map, film or further parts.

    What is none, or is not in UTF-8, is None or left as it is.
    """
    if not xmp:
        return None
    return _ORIENTATION.sub(rb"\g<1>1", _ELEMENT.sub(b"", _ATTRIBUTE.sub(b"", xmp)))


def tells_of_gain_map(xmp: bytes | None) -> bool:
    """Whether it describes an HDR gain map, a second picture that brightens the first on a screen that can."""
    return xmp is not None and re.search(rb"\b%s" % _GAIN_MAP, xmp) is not None


def tells_of_film(xmp: bytes | None) -> bool:
    """Whether the file is a motion photo: a film follows the photo."""
    return xmp is not None and _HAS_FILM.search(xmp) is not None

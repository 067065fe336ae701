"""TIFF to pixels: grey and RGB as samples, the rest by Pillow; what a file holds is first read from its tags."""

import logging
import math
import os
from typing import BinaryIO

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile
from tifffile import TiffFile, TiffPage

from core.images.decode_pillow import pixels_of
from core.images.decode_tiff_samples import MIN_IS_BLACK, MIN_IS_WHITE, RGB, decode_tiff_samples
from core.images.iptc import find_iptc
from core.images.photo import Photo, Pixels
from core.images.refusals import Refusal, refuse_size

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # it would print what it finds odd in a broken file

_CMYK = 5
_JPEG_COMPRESSIONS = (6, 7)
_PREMULTIPLIED = 1
_REDUCED, _MASK = 1, 4
_UNSIGNED, _VOID = 1, 4
_DNG_VERSION = 50706
_ICC_PROFILE, _RESOLUTION_UNIT, _X_RESOLUTION, _Y_RESOLUTION = 34675, 296, 282, 283
_EXIF_IFD, _GPS_IFD, _INTEROPERABILITY_IFD = 0x8769, 0x8825, 0xA005
_DESCRIPTION = 270
_XMP, _IPTC, _PHOTOSHOP = 700, 33723, 34377
_DESCRIBING_TAGS = (_DESCRIPTION, 271, 272, 305, 306, 315, 316, 33432)
_SHAPE_DESCRIPTIONS = ('{"shape"', "ImageJ=")


class _UncappedTiffImageFile(TiffImageFile):
    """Pillow's reader without its process-wide cap, since the size has been checked against the caller's."""

    def load_prepare(self) -> None:
        if self._im is None:
            self.im = Image.core.new(self.mode, self._tile_size)
        super().load_prepare()


def decode_tiff(stream: BinaryIO, max_pixels: int) -> Photo:
    """A photo with its pixels already upright, since both decoders turn them; its EXIF says nothing of orientation.

    Raises:
        Refusal: too many pixels, several pages, a camera's raw file, a kind of pixels that is not supported, or broken.
    """
    with TiffFile(stream) as tiff:
        page = tiff.pages[0]
        if not isinstance(page, TiffPage):
            raise Refusal("is broken")
        refuse_size(page.imagewidth, page.imagelength, max_pixels)
        _refuse_raw_and_pages(tiff, page)
        _refuse_cut_off(page, stream)
        depth = _depth(page)
        orientation = _integer(page, 274) or 1
        pixels: Pixels
        alpha: Pixels | None
        plain = page.photometric in (MIN_IS_WHITE, MIN_IS_BLACK, RGB)
        if plain and (depth == 16 or (depth == 8 and not _is_for_pillow(page))):
            pixels, alpha = decode_tiff_samples(stream, page)
        elif depth == 16 and page.photometric != _CMYK:
            raise Refusal(f"holds 16-bit pixels of a kind that is not supported ({_photometric_name(page)})")
        else:
            stream.seek(0)
            try:
                image = _UncappedTiffImageFile(stream)
            except SyntaxError as error:
                raise Refusal("holds pixels stored in a way that is not supported") from error
            pixels, alpha = pixels_of(image)
            if depth == 1 and page.photometric not in (MIN_IS_WHITE, MIN_IS_BLACK) and pixels.shape[2] == 1:
                raise Refusal("is broken")
        dpi = _resolution(page)
        if dpi and orientation >= 5:
            dpi = dpi[1], dpi[0]
        icc = page.tags.get(_ICC_PROFILE)
        profile = bytes(icc.value) if icc is not None and page.photometric != _CMYK else None
        xmp, iptc = _bytes(page, _XMP), _bytes(page, _IPTC) or find_iptc(_bytes(page, _PHOTOSHOP) or b"")
    return Photo(pixels, alpha, "TIFF", icc_profile=profile or None, exif=_exif(stream), xmp=xmp, iptc=iptc, dpi=dpi)


def _refuse_raw_and_pages(tiff: TiffFile, page: TiffPage) -> None:
    if _DNG_VERSION in page.tags or page.subfiletype & _REDUCED:
        raise Refusal("is a camera's raw file: develop it to a photo first")
    index = 1
    while index < 16:
        try:
            other = tiff.pages[index]
        except IndexError:
            return
        if not isinstance(other, TiffPage) or not other.subfiletype & (_REDUCED | _MASK):
            raise Refusal("has several pages, not one photo")
        index += 1


def _refuse_cut_off(page: TiffPage, stream: BinaryIO) -> None:
    size = stream.seek(0, os.SEEK_END)
    if not page.dataoffsets or len(page.dataoffsets) != len(page.databytecounts):
        raise Refusal("is broken: it has no pixels")
    if any(start + count > size for start, count in zip(page.dataoffsets, page.databytecounts, strict=True)):
        raise Refusal("is cut off")


def _depth(page: TiffPage) -> int:
    """Bits a sample: 1, 2, 4, 8 or 16."""
    if page.sampleformat is not None and int(page.sampleformat) not in (_UNSIGNED, _VOID):
        raise Refusal("holds signed or floating-point numbers, which are not supported")
    tag = page.tags.get(258)
    values = (1,) if tag is None else tag.value if isinstance(tag.value, tuple) else (tag.value,)
    if len(set(values)) != 1 or values[0] not in (1, 2, 4, 8, 16):
        raise Refusal(f"holds {'/'.join(str(value) for value in values[:4])} bits a sample, which is not supported")
    return int(values[0])


def _is_for_pillow(page: TiffPage) -> bool:
    """Of 8 bits: JPEG inside TIFF, alpha that colours were multiplied by, and samples beyond alpha."""
    extra = page.samplesperpixel - (3 if page.photometric == RGB else 1)
    return page.compression in _JPEG_COMPRESSIONS or extra > 1 or _PREMULTIPLIED in map(int, page.extrasamples)


def _integer(page: TiffPage, code: int) -> int | None:
    tag = page.tags.get(code)
    return int(tag.value) if tag is not None and isinstance(tag.value, int) else None


def _bytes(page: TiffPage, code: int) -> bytes | None:
    """A tag of bytes, also where a program took IPTC's for whole numbers, as the standard once said."""
    tag = page.tags.get(code)
    if tag is None:
        return None
    if isinstance(tag.value, bytes):
        return tag.value
    page.parent.filehandle.seek(tag.valueoffset)
    return bytes(page.parent.filehandle.read(tag.valuebytecount))


def _photometric_name(page: TiffPage) -> str:
    return getattr(page.photometric, "name", str(page.photometric))


def _resolution(page: TiffPage) -> tuple[float, float] | None:
    unit = page.tags.get(_RESOLUTION_UNIT)
    factor = {2: 1.0, 3: 2.54}.get(2 if unit is None else int(unit.value))
    values = []
    for code in (_X_RESOLUTION, _Y_RESOLUTION):
        tag = page.tags.get(code)
        if factor is None or tag is None or not isinstance(tag.value, tuple) or len(tag.value) != 2 or not tag.value[1]:
            return None
        values.append(tag.value[0] / tag.value[1] * factor)
    if all(math.isfinite(value) and 1 <= value <= 65535 for value in values):
        return values[0], values[1]
    return None


def _exif(stream: BinaryIO) -> bytes | None:
    """The tags that describe the photo, with its EXIF and GPS directories, as a TIFF structure; None without any."""
    try:
        stream.seek(0)
        found = Image.Exif()
        found.load_from_fp(stream)
        kept = Image.Exif()
        for tag in _DESCRIBING_TAGS:
            if tag in found and not (tag == _DESCRIPTION and str(found[tag]).startswith(_SHAPE_DESCRIPTIONS)):
                kept[tag] = found[tag]
        for directory in (_EXIF_IFD, _GPS_IFD):
            if directory in found:
                content = dict(found.get_ifd(directory))
                content.pop(_INTEROPERABILITY_IFD, None)
                if content:
                    kept[directory] = content
        return kept.tobytes() if len(kept) else None
    except Exception:  # EXIF in a state that Pillow cannot read is left out; the photo itself is sound
        return None

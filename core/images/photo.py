"""A photo in memory: upright pixels, and everything of its file that is kept when it is saved again."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8 | np.uint16]

GAIN_MAP = "an HDR gain map"
FILM = "the film of a motion photo"
FURTHER_PICTURES = "further pictures of the file"


@dataclass(frozen=True)
class JpegSettings:
    """How a JPEG was compressed, so that it can be saved at the same quality."""

    tables: tuple[tuple[int, ...], ...]
    """Quantisation tables of 64 values 1…255, in the order of the components that use them."""
    subsampling: int
    """Chroma subsampling as Pillow counts it: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0."""


@dataclass(frozen=True)
class Photo:
    """A photo as `read_photo` gives it and `write_photo` takes it."""

    pixels: Pixels
    """(H, W, 3) RGB or (H, W, 1) grey, uint8 or uint16, upright."""
    alpha: Pixels | None = None
    """Opacity (H, W) of the pixels' dtype, full scale is opaque; None without transparency. Not premultiplied."""
    format: str = "PNG"
    """The file's format: "JPEG", "PNG", "WEBP", "TIFF", "BMP", "HEIF" or "AVIF"."""
    icc_profile: bytes | None = None
    """The ICC colour profile that the pixels are in; None means sRGB or unknown."""
    exif: bytes | None = None
    """EXIF as a TIFF structure (no "Exif" prefix) whose orientation is 1 and whose thumbnail is unlinked."""
    xmp: bytes | None = None
    """XMP, an XML packet: captions, authors, licences, an editor's settings."""
    iptc: bytes | None = None
    """IPTC records: captions, authors and licences as news agencies write them."""
    comment: bytes | None = None
    """JPEG's comment, written to JPEG again."""
    png_text: tuple[tuple[bytes, bytes], ...] = ()
    """PNG's text chunks (tEXt, zTXt, iTXt) as (name, content), written to PNG again."""
    dpi: tuple[float, float] | None = None
    """Pixels an inch, across and down."""
    jpeg: JpegSettings | None = None
    """The source's compression, where it was a JPEG that can be saved alike."""
    lossless: bool = True
    """Whether the source's pixels were stored without loss; decides how WebP is written."""
    png_colour: tuple[tuple[bytes, bytes], ...] = ()
    """PNG's own colour chunks (cICP, gAMA, cHRM, sRGB) as (name, content), written to PNG again."""
    lost: tuple[str, ...] = ()
    """What the file held besides the photo and no other file can take over, such as `GAIN_MAP`."""

    def __post_init__(self) -> None:
        shape, dtype = self.pixels.shape, self.pixels.dtype
        if len(shape) != 3 or shape[2] not in (1, 3) or dtype not in (np.uint8, np.uint16):
            raise ValueError(f"a photo's pixels are (H, W, 3) or (H, W, 1) in uint8 or uint16, not {shape} {dtype}")
        if self.alpha is not None and (self.alpha.shape != shape[:2] or self.alpha.dtype != dtype):
            raise ValueError(f"alpha {self.alpha.shape} {self.alpha.dtype} does not fit the pixels {shape} {dtype}")

    def with_pixels(self, pixels: Pixels) -> "Photo":
        """The same photo with other pixels, of the same shape and dtype (otherwise ValueError)."""
        if pixels.shape != self.pixels.shape or pixels.dtype != self.pixels.dtype:
            raise ValueError(
                f"{pixels.shape} {pixels.dtype} cannot take the place of {self.pixels.shape} {self.pixels.dtype}"
            )
        return replace(self, pixels=pixels)

"""Pictures of an original for the screen: scaled, upright, sRGB; its rain mask; its rain enhanced; original tiles."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL.JpegImagePlugin import JpegImageFile

from annotator.blobs import Blobs
from annotator.web.cache import DiskCache
from core.depth import round_to_8_bits
from core.images import Photo, read_photo
from core.images.exif import make_upright
from core.images.orientation import turn_upright
from core.images.screen import colours_over, preview, shrink, to_srgb

if TYPE_CHECKING:
    from core.methods import Derained, Method

PREVIEW_SIDE, THUMB_SIDE, MASK_SIDE = 2000, 320, 1280
"""Longest sides in pixels. 2000 is half of a photo of 12 megapixels (4000 × 3000), which JPEG decodes much faster."""

TILE = 1024
DECODED = 2
"""How many originals are held decoded for their tiles."""

DERAINED = 2
"""How many results of the model are held, for the views of one photo that are made of them."""

LAYER_GAIN = 3

BEHIND = 128
"""The grey behind transparent pixels."""


class Previews:
    """Makes and keeps the pictures of a project's originals; every method gives a JPEG.

    Raises:
        AnnotatorError: no sha256. ImageFileError: no such original, or one that cannot be decoded.
    """

    def __init__(self, blobs: Blobs, cache: DiskCache) -> None:
        self.blobs = blobs
        self.cache = cache
        self._decoded: OrderedDict[str, Photo] = OrderedDict()
        self._decoding = threading.Lock()
        self._derained: OrderedDict[str, tuple[np.ndarray, Derained]] = OrderedDict()
        self._deraining = threading.Lock()

    def preview(self, sha256: str) -> bytes:
        """The whole photo, at most PREVIEW_SIDE a side."""
        return self._kept(sha256, "preview-1", lambda: _jpeg(*self._small(sha256, PREVIEW_SIDE)))

    def thumb(self, sha256: str) -> bytes:
        """The whole photo, at most THUMB_SIDE a side."""
        return self._kept(sha256, "thumb-1", lambda: _jpeg(self._small(sha256, THUMB_SIDE)[0]))

    def rain(self, sha256: str) -> bytes:
        """The preview with its rain enhanced."""
        return self._kept(sha256, "rain-1", lambda: _jpeg(enhance_rain(self._small(sha256, PREVIEW_SIDE)[0])))

    def mask(self, sha256: str) -> bytes:
        """The rain mask m of the photo at most MASK_SIDE a side, as colours over it; takes seconds the first time."""

        def make() -> bytes:
            small, result = self._result(sha256)
            return _jpeg(colours_over(small, round_to_8_bits(result.needed_mask)))

        return self._kept(sha256, "mask-1", make)

    def derained(self, sha256: str) -> bytes:
        """The derained photo ỹ, at most MASK_SIDE a side; takes seconds the first time."""
        return self._kept(sha256, "derained-1", lambda: _jpeg(self._result(sha256)[1].pixels))

    def layer(self, sha256: str) -> bytes:
        """What deraining took away, x − ỹ, LAYER_GAIN times as bright; takes seconds the first time."""

        def make() -> bytes:
            small, result = self._result(sha256)
            taken = small.astype(np.float32) - result.pixels
            return _jpeg(np.clip(LAYER_GAIN * taken, 0, 255).astype(np.uint8))

        return self._kept(sha256, "layer-1", make)

    def tile(self, sha256: str, column: int, row: int) -> bytes | None:
        """Original pixels from (TILE · column, TILE · row) on, at most TILE a side; None outside the photo."""
        photo = self._whole(sha256)
        part = (slice(TILE * row, TILE * (row + 1)), slice(TILE * column, TILE * (column + 1)))
        pixels = photo.pixels[part]
        if column < 0 or row < 0 or pixels.size == 0:
            return None
        alpha = None if photo.alpha is None else photo.alpha[part]
        return _jpeg(_flat(preview(replace(photo, pixels=pixels, alpha=alpha), pixels, TILE)), exact=True)

    @cached_property
    def _method(self) -> "Method":
        from core.inference import AUTO
        from core.methods import Sources, find_methods

        return find_methods(["ours"], Sources(device="auto", scale=AUTO))[0]

    def _kept(self, sha256: str, view: str, make: Callable[[], bytes]) -> bytes:
        path = self.blobs.path(sha256)
        return self.cache.get(f"{path.parent.name}/{path.name}-{view}.jpg", make)

    def _small(self, sha256: str, side: int) -> tuple[np.ndarray, bool]:
        """sRGB uint8 (h, w, 3), and whether it is the photo at its own size."""
        path = self.blobs.path(sha256)
        small = small_jpeg(path.read_bytes(), side) if path.is_file() else None
        if small is not None:
            return small, False
        photo = read_photo(path, name="The original")
        return _flat(preview(photo, photo.pixels, side)), max(photo.pixels.shape[:2]) <= side

    def _result(self, sha256: str) -> "tuple[np.ndarray, Derained]":
        """The photo at most MASK_SIDE a side, sRGB uint8 (h, w, 3), and what the model makes of it; held."""
        with self._deraining:
            found = self._derained.pop(sha256, None)
            if found is None:
                small, _ = self._small(sha256, MASK_SIDE)
                found = small, self._method.derain(small)
            self._derained[sha256] = found
            while len(self._derained) > DERAINED:
                self._derained.popitem(last=False)
        return found

    def _whole(self, sha256: str) -> Photo:
        with self._decoding:
            photo = self._decoded.pop(sha256, None) or read_photo(self.blobs.path(sha256), name="The original")
            self._decoded[sha256] = photo
            while len(self._decoded) > DECODED:
                self._decoded.popitem(last=False)
        return photo


def small_jpeg(content: bytes, side: int) -> np.ndarray | None:
    """A JPEG of RGB or grey decoded at a fraction of its size, then shrunk to `side`: sRGB uint8 (h, w, 3), upright.

    None for any other file and for photos of at most twice `side`, where nothing is gained.
    """
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    try:
        with JpegImageFile(BytesIO(content)) as image:
            if image.mode not in ("RGB", "L") or max(image.size) < 2 * side:
                return None
            exif = make_upright(image.info.get("exif"))
            image.draft(image.mode, (side, side))
            pixels = np.atleast_3d(np.asarray(image))
    except (OSError, ValueError, SyntaxError):  # the careful reader says what is wrong
        return None
    upright = turn_upright(pixels, exif.orientation) if exif else pixels
    small = shrink(np.repeat(upright, 3, axis=2) if upright.shape[2] == 1 else upright, side)
    return to_srgb(np.ascontiguousarray(small), image.info.get("icc_profile"))


def enhance_rain(pixels: np.ndarray) -> np.ndarray:
    """Shows thin, nearly upright, bright streaks: what stands out from its left and right, over the local contrast.

    Args:
        pixels: (h, w, 3) uint8.

    Returns:
        (h, w, 3) uint8: streaks bright on the dimmed grey photo.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = cv2.GaussianBlur(grey, (1, 7), 0) - cv2.GaussianBlur(grey, (31, 1), 5)
    spread = np.sqrt(cv2.blur(detail * detail, (65, 65))) + 1.5
    shown = 0.3 * grey + 60 + 45 * detail / spread
    return np.repeat(np.clip(shown, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def _flat(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 3) from (h, w, 3 or 4) uint8: what is transparent shows grey."""
    if pixels.shape[2] == 3:
        return pixels
    opacity = pixels[..., 3:].astype(np.float32) / 255
    return np.rint(BEHIND + opacity * (pixels[..., :3] - np.float32(BEHIND))).astype(np.uint8)


def _jpeg(pixels: np.ndarray, exact: bool = False) -> bytes:
    """(h, w, 3) RGB uint8 as JPEG; `exact` spends more bytes, for photos seen at their own size."""
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if exact else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    settings = [cv2.IMWRITE_JPEG_QUALITY, 96 if exact else 90, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    return cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), settings)[1].tobytes()

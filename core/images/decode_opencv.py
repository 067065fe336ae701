"""OpenCV's decoder, for 16 bits a sample; quiet, and in RGB order."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.images.refusals import Refusal


def decode_16_bit(content: bytes | NDArray[np.uint8]) -> NDArray[np.uint16]:
    """The first picture of a file as (H, W, C) uint16; C is grey, RGB or RGBA.

    Raises:
        Refusal: OpenCV cannot decode it, or not as 16 bits.
    """
    buffer = np.frombuffer(content, np.uint8) if isinstance(content, bytes) else content
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        array = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise Refusal("is broken or cut off") from error
    finally:
        cv2.utils.logging.setLogLevel(level)
    if array is None:
        raise Refusal("is broken or cut off")
    if array.dtype != np.uint16:
        raise Refusal("holds 16-bit pixels stored in a way that is not supported")
    pixels: NDArray[np.uint16] = np.asarray(array, np.uint16)
    if pixels.ndim == 2:
        return pixels[..., np.newaxis]
    pixels[..., [0, 2]] = pixels[..., [2, 0]]
    return pixels

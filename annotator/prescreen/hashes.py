"""Perceptual hashes: near-duplicates have nearly the same, however they were scaled, squashed or compressed."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from annotator.prescreen.working_copy import WorkingCopy

BITS = 256
NEAR = 31
"""Hashes that differ in at most this many of their 256 bits are those of the same picture (PDQ's recommended limit)."""

_SIDE, _FREQUENCIES = 64, 16


@dataclass(frozen=True)
class Hashes:
    """Hash of a photo and of its mirror image, each (32,) uint8, 256 bits."""

    upright: np.ndarray
    mirrored: np.ndarray

    def to_hex(self) -> dict[str, str]:
        """The hashes as hexadecimal text, by kind."""
        return {"dct": self.upright.tobytes().hex(), "dct-mirrored": self.mirrored.tobytes().hex()}

    @staticmethod
    def from_hex(kinds: dict[str, str]) -> "Hashes":
        """What `to_hex` gave (KeyError or ValueError for anything else)."""
        return Hashes(*(np.frombuffer(bytes.fromhex(kinds[kind]), np.uint8) for kind in ("dct", "dct-mirrored")))


def hash_photo(copy: WorkingCopy) -> Hashes:
    """The hash: signs, against their median, of the 16 × 16 lowest frequencies but the mean of the photo at 64 × 64.

    The same construction as PDQ's (Facebook, The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm,
    2019) with an area mean for its filter; a mirrored photo has the odd horizontal frequencies negated.
    """
    small = cv2.resize(copy.grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
    waves = _waves()
    spectrum = waves @ small @ waves.T
    signs = np.where(np.arange(1, _FREQUENCIES + 1) % 2, -1.0, 1.0)
    return Hashes(_bits(spectrum), _bits(spectrum * signs))


def distances(hashes: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Number of different bits: (n, 32) and (m, 32) uint8 -> (n, m)."""
    return np.bitwise_count(hashes[:, None] ^ other[None]).sum(-1, dtype=np.int64)


@cache
def _waves() -> np.ndarray:
    """The cosines of frequencies 1 … 16 over 64 samples, (16, 64)."""
    frequency, sample = np.arange(1, _FREQUENCIES + 1)[:, None], np.arange(_SIDE)
    return np.cos(np.pi * frequency * (2 * sample + 1) / (2 * _SIDE))


def _bits(spectrum: np.ndarray) -> np.ndarray:
    return np.packbits(spectrum > np.median(spectrum))

"""Metrics: one table of them, the protocols that say on what they are taken, and what a rain mask shows.

A new one is a file with its function and a line in `core.metrics.table`.
"""

from core.metrics.average_precision import average_precision
from core.metrics.protocols import PROTOCOLS, Protocol, Scores, measure
from core.metrics.psnr import psnr
from core.metrics.removal import RainyPhoto, Removal
from core.metrics.ssim import ssim
from core.metrics.table import METRICS, WITH_REFERENCE, WITHOUT_REFERENCE, measure_removal

__all__ = [
    "METRICS",
    "PROTOCOLS",
    "WITHOUT_REFERENCE",
    "WITH_REFERENCE",
    "Protocol",
    "RainyPhoto",
    "Removal",
    "Scores",
    "average_precision",
    "measure",
    "measure_removal",
    "psnr",
    "ssim",
]

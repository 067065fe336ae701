"""Metrics: PSNR, SSIM, average precision, and the protocols of what they are taken on; rain in a mask and on photos."""

from core.metrics.average_precision import average_precision
from core.metrics.protocols import PROTOCOLS, Protocol, Scores, measure
from core.metrics.psnr import psnr
from core.metrics.ssim import ssim

__all__ = ["PROTOCOLS", "Protocol", "Scores", "average_precision", "measure", "psnr", "ssim"]

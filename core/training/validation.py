"""Validation: PSNR and SSIM on held-out pairs, the mask's precision, and what happens to clean photos."""

from collections.abc import Mapping

import numpy as np

from core.evaluation import evaluate_pairs
from core.methods.method import Method
from core.metrics import WITH_REFERENCE, WITHOUT_REFERENCE, RainyPhoto, Removal, measure_removal
from datasets.pairs import PairedPhotos


def validate(method: Method, sets: dict[str, list[PairedPhotos]]) -> dict[str, float]:
    """Means over each set: psnr and ssim (protocol y; rgb on "clean", where 100 dB stands for equal photos), the mask's
    average precision for |x − y| > 10/255, and its mean on "clean"."""
    values: dict[str, float] = {}
    for name, pairs in sets.items():
        protocol = "rgb" if name == "clean" else "y"
        table = evaluate_pairs(method, pairs, [protocol])
        for metric in WITH_REFERENCE[:1] if name == "clean" else WITH_REFERENCE:
            values[f"{name} {metric.key}"] = float(metric.finite(table[f"derained_{metric.key}_{protocol}"]).mean())
        if name == "clean":
            values[f"{name} mask"] = float(table["mask_mean"].mean())
        else:
            values[f"{name} precision"] = float(table["mask_average_precision"].mean())
    return values


def validate_rain_generator(
    method: Method, clean: list[PairedPhotos], real: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """G_r's figures, each with "gr " before its name: on clean photos as `validate`, on real ones `validate_real`."""
    figures = validate(method, {"clean": clean}) | validate_real(method, real)
    return {f"gr {name}": value for name, value in figures.items()}


def validate_real(method: Method, photos: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Means of the metrics without reference over real rainy photos (H, W, 3) uint8 by name where they have a score."""
    found = [
        measure_removal(Removal(RainyPhoto(photo), method.derain(photo).pixels * 255)) for photo in photos.values()
    ]
    measured = [figures for figures in found if np.isfinite(figures[WITHOUT_REFERENCE[0].key])]
    values = {
        metric.key: [f[metric.key] for f in measured if np.isfinite(f[metric.key])] for metric in WITHOUT_REFERENCE
    }
    return {key: float(np.mean(of_photos)) for key, of_photos in values.items() if of_photos}

"""Validation: PSNR and SSIM on held-out pairs, the mask's precision, and what happens to clean photos."""

from collections.abc import Callable, Mapping

import numpy as np
import torch

from core.evaluation import evaluate_pairs
from core.metrics import WITH_REFERENCE, WITHOUT_REFERENCE, RainyPhoto, Removal, measure_removal
from core.networks import SemiDerainGAN
from datasets.pairs import PairedPhotos


@torch.inference_mode()
def validate(model: SemiDerainGAN, sets: dict[str, list[PairedPhotos]], generator: str = "gs") -> dict[str, float]:
    """Means over each set: psnr and ssim (protocol y; rgb on "clean", where 100 dB stands for equal photos), the mask's
    average precision for |x − y| > 10/255, and its mean on "clean"."""
    derain = _deraining(model, generator)
    values: dict[str, float] = {}
    for name, pairs in sets.items():
        protocol = "rgb" if name == "clean" else "y"
        table = evaluate_pairs(derain, pairs, [protocol])
        for metric in WITH_REFERENCE[:1] if name == "clean" else WITH_REFERENCE:
            values[f"{name} {metric.key}"] = float(metric.finite(table[f"derained_{metric.key}_{protocol}"]).mean())
        if name == "clean":
            values[f"{name} mask"] = float(table["mask_mean"].mean())
        else:
            values[f"{name} precision"] = float(table["mask_average_precision"].mean())
    return values


def validate_rain_generator(
    model: SemiDerainGAN, clean: list[PairedPhotos], real: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """G_r's figures, each with "gr " before its name: on clean photos as `validate`, on real ones `validate_real`."""
    figures = validate(model, {"clean": clean}, "gr") | validate_real(model, real)
    return {f"gr {name}": value for name, value in figures.items()}


@torch.inference_mode()
def validate_real(model: SemiDerainGAN, photos: Mapping[str, np.ndarray], generator: str = "gr") -> dict[str, float]:
    """Means of the metrics without reference over real rainy photos (H, W, 3) uint8 by name where they have a score."""
    derain = _deraining(model, generator)
    found = [measure_removal(Removal(RainyPhoto(photo), derain(photo)[0] * 255)) for photo in photos.values()]
    measured = [figures for figures in found if np.isfinite(figures[WITHOUT_REFERENCE[0].key])]
    values = {
        metric.key: [f[metric.key] for f in measured if np.isfinite(f[metric.key])] for metric in WITHOUT_REFERENCE
    }
    return {key: float(np.mean(of_photos)) for key, of_photos in values.items() if of_photos}


def _deraining(model: SemiDerainGAN, generator: str) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """(H, W, 3) uint8 -> derained image (H, W, 3) and mask (H, W), float32, 0…1."""
    device = next(model.parameters()).device
    model.eval()

    def derain(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x = torch.from_numpy(pixels).to(device).permute(2, 0, 1)[None].float() / 255
        result = model(x.contiguous(memory_format=torch.channels_last), generator)
        return result.derained[0].permute(1, 2, 0).cpu().numpy(), result.mask[0, 0].cpu().numpy()

    return derain

"""Sample pictures of a run, a row a photo: x, m, ỹ, and for real photos x̃."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.images import Photo, write_photo
from core.networks import SemiDerainGAN
from core.networks.rain_generator import RainGenerator
from core.training.cutting import to_tensor

SIDE = 256


@torch.inference_mode()
def write_samples(
    path: Path,
    model: SemiDerainGAN,
    synthetic: list[np.ndarray],
    real: list[np.ndarray],
    rain_generator: RainGenerator | None = None,
    generator: str = "gs",
) -> None:
    """Writes one PNG: synthetic rainy photos by the generator, then real ones by G_r, cut to `SIDE` pixels.

    Args:
        path: of the PNG.
        model: SSRML and generators; left in evaluation mode.
        synthetic, real: rainy photos (H, W, 3) uint8; real ones only where the model holds G_r.
        rain_generator: G_r′, for x̃; without it the last column stays empty.
        generator: of the synthetic ones.

    Raises:
        core.images.ImageFileError: the file cannot be written.
    """
    model.eval()
    rows = [_row(model, photo, generator, None) for photo in synthetic]
    rows += [_row(model, photo, "gr", rain_generator) for photo in real]
    pixels = (torch.cat(rows, 1).clamp(0, 1) * 255).round().byte().permute(1, 2, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_photo(Photo(pixels.cpu().numpy()), path)


def _row(model: SemiDerainGAN, photo: np.ndarray, generator: str, rain_generator: RainGenerator | None) -> Tensor:
    """x | m | ỹ | x̃ -> (3, SIDE, 4 · SIDE)."""
    height, width = photo.shape[:2]
    top, left = max(0, height - SIDE) // 2, max(0, width - SIDE) // 2
    cut = photo[top : top + SIDE, left : left + SIDE]
    cut = np.pad(cut, ((0, SIDE - cut.shape[0]), (0, SIDE - cut.shape[1]), (0, 0)))
    x = to_tensor(cut)[None].to(next(model.parameters()).device)
    result = model(x, generator)
    again = torch.zeros_like(x) if rain_generator is None else rain_generator(result.derained)
    return torch.cat((x, result.mask.expand_as(x), result.derained, again), 3)[0]

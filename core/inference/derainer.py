"""Derains one photo of any size: whole when it is small enough, in overlapping tiles when it is large."""

import math
import numbers
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from core.inference.device import choose_device, choose_dtype
from core.inference.engine import Engine, TorchEngine, load_model
from core.inference.errors import InferenceError
from core.inference.memory import give_back_memory
from core.inference.network import to_input
from core.inference.rain_scale import choose_scale
from core.inference.self_ensemble import self_ensemble
from core.inference.tiles import Span, blend, split, split_both
from core.inference.working_scale import LARGEST_SCALE, enlarged_bands, shrink, take_rain
from core.networks import SemiDerainGAN

DEFAULT_WEIGHTS = Path(__file__).resolve().parents[2] / "weights" / "fast"
DEFAULT_TILE = 1024
DEFAULT_OVERLAP = 224
AUTO = "auto"
"""The scale that is chosen by the photo's rain."""
SHRUNK_TILE = 992
"""Side of a square with as many pixels as a tile of a shrunk photo has at most: 12 megapixels at scale 2 are four tiles
then, and of 24 megapixels what else memory has to hold leaves no more."""
LARGE = 500_000
"""Photos of more pixels than that leave so much free memory behind that it is given back to the system."""

HUGE = 16_000_000
"""Of photos of more pixels than that, it is given back after every tile of the shrunk photo, too: what is free, in
pieces, grows from tile to tile, to more than the photo takes."""


@dataclass(frozen=True)
class Result:
    """What deraining a photo of (H, W, channels) gives.

    Attributes:
        pixels: derained image ỹ, same shape and dtype as the photo.
        mask: rain mask m of the last step, (H, W) float32, 0…1.
        masks: every step's mask, each (H, W) float32, 0…1, if they were asked for; otherwise empty.
        generator: the generator that made `pixels`.
        scale: the working scale: the network saw the photo shrunk by that.
    """

    pixels: np.ndarray
    mask: np.ndarray
    masks: list[np.ndarray] = field(default_factory=list)
    generator: str = ""
    scale: int = 1


class Derainer:
    """Holds a model on a device, ready to derain photos.

    Args:
        weights: folder with config.json and model.safetensors; or a model, which is moved to the device, set to
            evaluation mode and used as it is; or an engine, which has its own device and number format.
        device: "auto", "cpu", "cuda" or "cuda:N".
        dtype: number format of the convolutions, "auto", "float32", "bfloat16" or "float16" (CUDA only).
        tile: longest side of a tile in pixels; photos of at most tile × tile pixels are done whole. None: always whole.
        overlap: width in pixels of the strip that neighbouring tiles share.
        self_ensemble: whether image and mask are the mean over the photo's four mirror images: better, four times
            slower.

    Raises:
        InferenceError: weights that cannot be loaded, a device that is not there, or a tile shorter than 3 overlaps.
    """

    def __init__(
        self,
        weights: str | Path | SemiDerainGAN | Engine = DEFAULT_WEIGHTS,
        *,
        device: str = "auto",
        dtype: str = "auto",
        tile: int | None = DEFAULT_TILE,
        overlap: int = DEFAULT_OVERLAP,
        self_ensemble: bool = False,
    ) -> None:
        self.self_ensemble = self_ensemble
        self.model = _engine(weights, device, dtype)
        self.device, self.dtype = self.model.device, self.model.dtype
        stride = self.model.stride
        self.overlap = math.ceil(overlap / stride) * stride
        self.tile = None if tile is None else tile // stride * stride
        if overlap < 0 or (self.tile is not None and self.tile < max(3 * self.overlap, stride)):
            raise InferenceError(
                f"A tile of {tile} pixels is too small: it must be at least {max(3 * self.overlap, stride)} pixels."
                if overlap >= 0
                else f"The overlap of tiles must not be negative, but is {overlap}."
            )

    def __call__(
        self,
        pixels: np.ndarray,
        *,
        generator: str | None = None,
        strength: float = 1.0,
        steps: bool = False,
        scale: int | str = AUTO,
        progress: Callable[[int, int], None] | None = None,
    ) -> Result:
        """Derains one photo.

        Args:
            pixels: rainy image x, (H, W, 3) RGB or (H, W, 1) grey, uint8 or uint16, H and W at least 1. Grey is
                shown to the model as three equal channels, and their mean comes back.
            generator: one of the model's generators; None for its default.
            strength: s in 0…1; gives x + s(ỹ − x), rounded. 0 gives x itself, bit for bit.
            steps: whether to return every step's mask.
            scale: the working scale. At 1 the network sees the photo as it is, at 2 shrunk by 2, and so on; then
                ỹ = x − R with R enlarged. "auto" chooses 1, 2, 3 or 4 by the width of the rain (docs/scale.md).
            progress: called with (tiles done, tiles in all), first with 0 done. What it raises ends the work.

        Raises:
            InferenceError: wrong pixels or settings, memory that does not suffice, or a model that gives no numbers.
        """
        _check_pixels(pixels)
        if not isinstance(strength, numbers.Real) or not 0 <= strength <= 1:
            raise InferenceError(f"The strength must be a number from 0 to 1, but is {strength!r}.")
        generator = self.check_generator(generator)

        _check_scale(scale)
        scale = self.choose_scale(pixels) if scale == AUTO else int(scale)

        height, width, _ = pixels.shape
        derain = self._full if scale == 1 else partial(self._shrunk, scale=scale)
        try:
            derained, masks = derain(pixels, generator, float(strength), steps, progress=progress or _ignore)
        except (MemoryError, torch.OutOfMemoryError, cv2.error) as error:
            if isinstance(error, cv2.error) and error.code != cv2.Error.StsNoMem:
                raise
            raise InferenceError(
                f"There is not enough memory to derain {width} × {height} pixels; use smaller tiles."
            ) from error
        finally:
            if height * width > LARGE:
                give_back_memory()
        return Result(derained, masks[-1], masks if steps else [], generator, scale)

    def _full(
        self, pixels: np.ndarray, generator: str, strength: float, steps: bool, *, progress: Callable[[int, int], None]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Derained image and masks of a photo that the network sees as it is."""
        height, width, channels = pixels.shape
        rows, columns = self._cut(height, width)
        derained = np.empty_like(pixels)
        masks: list[np.ndarray] = []

        def predict(row: Span, column: Span) -> np.ndarray:
            return self._predict(pixels[row.start : row.stop, column.start : column.stop], generator, steps)

        for y, x, values in _counted(blend(rows, columns, predict), len(rows) * len(columns), progress):
            _mix(pixels[y, x], values[:channels], strength, out=derained[y, x])
            step_masks = values[channels:]
            masks = masks or [np.empty((height, width), np.float32) for _ in step_masks]
            for mask, part in zip(masks, step_masks):
                np.clip(part, 0, 1, out=mask[y, x])
        return derained, masks

    def _shrunk(
        self,
        pixels: np.ndarray,
        generator: str,
        strength: float,
        steps: bool,
        *,
        scale: int,
        progress: Callable[[int, int], None],
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Derained image and masks of a photo that the network sees shrunk by `scale`."""
        height, width, channels = pixels.shape
        small = shrink(pixels, scale)
        rows, columns = self._cut_shrunk(*small.shape[:2])
        top = np.float32(np.iinfo(pixels.dtype).max)
        found: np.ndarray | None = None

        def predict(row: Span, column: Span) -> np.ndarray:
            """R and masks of a tile."""
            tile = small[row.start : row.stop, column.start : column.stop]
            values = self._predict(tile, generator, steps)
            values[:channels] = tile.transpose(2, 0, 1) / top - values[:channels]
            return values

        for y, x, values in _counted(blend(rows, columns, predict), len(rows) * len(columns), progress):
            found = np.empty((*small.shape[:2], len(values)), np.float16) if found is None else found
            torch.from_numpy(found)[y, x].copy_(torch.from_numpy(values).permute(1, 2, 0))
            if height * width > HUGE:
                give_back_memory()
        assert found is not None
        if height * width > LARGE:
            give_back_memory()  # the tiles' is not needed any more, and what follows takes as much again
        derained = np.empty_like(pixels)
        masks = [np.empty((height, width), np.float32) for _ in range(found.shape[2] - channels)]
        for y, rain, step_masks in enlarged_bands(pixels, small, found[..., :channels], found[..., channels:], scale):
            derained[y] = take_rain(pixels[y], rain, strength)
            for mask, part in zip(masks, step_masks):
                mask[y] = part
        return derained, masks

    def choose_scale(self, pixels: np.ndarray) -> int:
        """The working scale of a photo, (H, W, 3) or (H, W, 1), uint8 or uint16: 1, 2, 3 or 4, by its rain's width.

        Photos that would shrink to less than 80,000 pixels, such as 481×321, stay as they are. All generators share
        the mask that it is told from, so they share the scale.

        Raises:
            InferenceError: wrong pixels, or a model that gives no numbers.
        """
        _check_pixels(pixels)
        return choose_scale(pixels, self._mask)

    @property
    def generators(self) -> tuple[str, ...]:
        """The generators held."""
        return self.model.generators

    @property
    def default_generator(self) -> str:
        """The one for a photo of which nothing is said."""
        return self.model.default_generator

    def check_generator(self, generator: str | None) -> str:
        """The generator's name, or the default one's for None.

        Raises:
            InferenceError: the weights do not hold it.
        """
        generator = self.model.default_generator if generator is None else generator
        if generator not in self.model.generators:
            raise InferenceError(
                f"These weights hold no generator {generator!r}, only {', '.join(self.model.generators)}."
            )
        return generator

    def _cut(self, height: int, width: int) -> tuple[list[Span], list[Span]]:
        stride, tile = self.model.stride, self.tile
        if tile is None or self._fits(height, width, tile):
            return [Span(0, height, 0, 0)], [Span(0, width, 0, 0)]
        return split(height, tile, self.overlap, stride), split(width, tile, self.overlap, stride)

    def _cut_shrunk(self, height: int, width: int) -> tuple[list[Span], list[Span]]:
        """Tiles of a shrunk photo, of any sides."""
        tile = None if self.tile is None else min(self.tile, max(SHRUNK_TILE, 3 * self.overlap))
        if tile is None or self._fits(height, width, tile):
            return [Span(0, height, 0, 0)], [Span(0, width, 0, 0)]
        return split_both(height, width, tile**2, self.overlap, self.model.stride)

    def _fits(self, height: int, width: int, tile: int) -> bool:
        """Whether so many pixels, padded, are no more than a tile's."""
        stride = self.model.stride
        return math.ceil(height / stride) * math.ceil(width / stride) * stride**2 <= tile**2

    @torch.inference_mode()
    def _predict(self, pixels: np.ndarray, generator: str, steps: bool) -> np.ndarray:
        """(h, w, c) integers -> (c + masks, h, w) float32: derained image and mask, or every step's, all 0…1."""
        channels = pixels.shape[2]
        run = partial(self_ensemble, self.model) if self.self_ensemble else self.model
        derained, mask, masks = run(to_input(pixels, self.device), generator)
        if channels == 1:
            derained = derained.float().mean(1, keepdim=True)
        values = torch.cat([part.float() for part in (derained, *(masks if steps else (mask,)))], 1)[0]
        return _as_array(values)

    @torch.inference_mode()
    def _mask(self, pixels: np.ndarray) -> np.ndarray:
        """(h, w, c) integers -> rain mask of the last step (h, w) float32, 0…1."""
        return _as_array(self.model.find_mask(to_input(pixels, self.device))[0, 0].float())


def _engine(weights: str | Path | SemiDerainGAN | Engine, device: str, dtype: str) -> Engine:
    if not isinstance(weights, (str, Path, nn.Module)):
        return weights
    place = choose_device(device)
    number_format = choose_dtype(place, dtype)
    return TorchEngine(load_model(weights) if isinstance(weights, (str, Path)) else weights, place, number_format)


def _check_pixels(pixels: np.ndarray) -> None:
    if not isinstance(pixels, np.ndarray):
        raise InferenceError(f"A photo must be a NumPy array, not {type(pixels).__name__}.")
    if pixels.dtype not in (np.uint8, np.uint16):
        raise InferenceError(f"A photo must hold uint8 or uint16, not {pixels.dtype}.")
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3):
        raise InferenceError(f"A photo must have the shape (height, width, 1 or 3), not {pixels.shape}.")
    if 0 in pixels.shape:
        raise InferenceError(f"A photo must have at least one pixel, but its shape is {pixels.shape}.")


def _check_scale(scale: int | str) -> None:
    if isinstance(scale, str) and scale == AUTO:
        return
    if isinstance(scale, bool) or not isinstance(scale, numbers.Integral) or not 1 <= scale <= LARGEST_SCALE:
        raise InferenceError(f"The scale must be {AUTO} or a whole number from 1 to {LARGEST_SCALE}, not {scale!r}.")


def _as_array(values: Tensor) -> np.ndarray:
    if not torch.isfinite(values.sum()):
        raise InferenceError("The model gave values that are not numbers; its weights are damaged.")
    return values.cpu().contiguous().numpy()


def _counted(
    parts: Iterator[tuple[slice, slice, np.ndarray]], total: int, progress: Callable[[int, int], None]
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """The parts, with progress told before the first and after each has been used."""
    progress(0, total)
    for done, part in enumerate(parts, 1):
        yield part
        progress(done, total)


def _ignore(done: int, total: int) -> None:
    pass


def _mix(pixels: np.ndarray, derained: np.ndarray, strength: float, out: np.ndarray) -> None:
    """Writes x + s(ỹ − x), rounded, into `out`: pixels and out (h, w, c) integers, derained (c, h, w) float32, 0…1."""
    top = np.iinfo(pixels.dtype).max
    for channel, values in enumerate(derained):
        x = pixels[:, :, channel].astype(np.float32)
        mixed = x + strength * (values * top - x)
        out[:, :, channel] = np.clip(np.rint(mixed), 0, top)

"""What the demo holds of one derained photo: previews at once, full-size files when they are asked for."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from app import previews, settings
from app.derain.network import Network
from app.derain.strength import blend
from app.uploads import read_within_caps
from core.depth import round_to_8_bits
from core.images import Photo, left_out, read_photo, write_mask, write_photo
from core.images.formats import output_suffix
from core.inference import AUTO
from core.metrics.rain_measures import THRESHOLD, RainMeasures, measure_rain

LEAST_SEEN = 0.001
"""Share of the mask's pixels above the measures' threshold from which its steps are worth a look."""


@dataclass(frozen=True)
class Opened:
    """A photo accepted by the demo, in a folder of its own that goes when nothing refers to it any more."""

    folder: TemporaryDirectory[str]
    source: Path
    photo: Photo
    small: np.ndarray
    rainy: Path

    @property
    def is_large(self) -> bool:
        """Whether the network takes so long that a first look is worth its time."""
        height, width = self.photo.pixels.shape[:2]
        return height * width > settings.LARGE_PIXELS

    def save_look(self, looked: np.ndarray) -> Path:
        """PNG of a first look, (h, w, 3 or 4) uint8."""
        return previews.save_png(looked, Path(self.folder.name) / "look.png")

    @property
    def facts(self) -> str:
        """Format, size and depth in a few words: "JPEG, 4000 × 3000, 8 bit"."""
        height, width, channels = self.photo.pixels.shape
        facts = [self.photo.format, f"{width} × {height}", f"{8 * self.photo.pixels.itemsize} bit"]
        if channels == 1:
            facts.append("grey")
        if self.photo.alpha is not None:
            facts.append("alpha")
        return ", ".join(facts)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What of the photo's file the derained photo will not hold, such as "an HDR gain map"."""
        return left_out(self.photo, Path(derained_name(self.photo, self.source)).suffix)


@dataclass(frozen=True)
class Outcome:
    """A derained photo: the full derained image (strength 1) on disk, previews of everything the page shows.

    Attributes:
        scale: the network saw the photo shrunk by that.
        left_out: what of the photo's file the derained photo does not hold.
        measures: of the removed layer, what became darker by full strength.
        removed, gain: the removed layer R = x − ỹ as a picture, brightened so many times.
        small_mask, mask_gain: likewise the rain mask m, (h, w) uint8.
        steps: the rain mask at each step; empty where there is nothing to see in any.
    """

    folder: TemporaryDirectory[str]
    source: Path
    generator: str
    scale: int
    left_out: tuple[str, ...]
    measures: RainMeasures
    rainy: Path
    removed: Path
    gain: int
    small_mask: np.ndarray
    mask_gain: int
    steps: tuple[Path, ...]
    small_rainy: np.ndarray
    small_derained: np.ndarray

    def derained_preview(self, strength: float, strength_map: np.ndarray | None = None) -> Path:
        """PNG of the derained image, at most `PREVIEW_SIDE` pixels long; strengths as for `blend`."""
        if strength == 1 and strength_map is None:
            return self.full_preview
        pixels = blend(self.small_rainy, self.small_derained, strength, strength_map)
        return previews.save_png(pixels, Path(self.folder.name) / "derained.png")

    @property
    def full_preview(self) -> Path:
        """PNG of the derained image at strength 1, for the brush."""
        return Path(self.folder.name) / "full.png"

    def mask_preview(self) -> Path:
        """PNG of the rain mask, brightened."""
        return previews.save_png(self.small_mask, Path(self.folder.name) / "mask.png")

    def colours_preview(self) -> Path:
        """PNG of the photo with colours on it where light was removed."""
        removed = removed_layer(self.small_rainy, self.small_derained).max(2)
        return previews.save_png(
            previews.colours_over(self.small_rainy, removed), Path(self.folder.name) / "colours.png"
        )

    def derained_file(self, strength: float, strength_map: np.ndarray | None = None) -> Path:
        """The derained photo in the format, size and depth of the photo that came in; strengths as for `blend`."""
        photo = read_photo(self.source)
        derained = np.load(Path(self.folder.name) / "derained.npy", mmap_mode="r")
        path = Path(self.folder.name) / derained_name(photo, self.source)
        write_photo(photo.with_pixels(blend(photo.pixels, derained, strength, strength_map)), path)
        return path

    def mask_file(self) -> Path:
        """The rain mask at full size, 8-bit grey PNG."""
        path = Path(self.folder.name) / mask_name(self.source)
        write_mask(np.load(Path(self.folder.name) / "mask.npy") / np.float32(255), path)
        return path


def open_photo(path: Path) -> Opened:
    """Reads a photo, keeps a copy of its file for the download, and makes its preview.

    Raises:
        ImageFileError: see `app.uploads.read_within_caps`.
    """
    photo = read_within_caps(path)
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="derain-")
    source = Path(folder.name) / "source" / path.name
    source.parent.mkdir()
    shutil.copyfile(path, source)
    small = previews.preview(photo, photo.pixels, settings.PREVIEW_SIDE)
    return Opened(folder, source, photo, small, previews.save_png(small, Path(folder.name) / "rainy.png"))


def derain(
    opened: Opened,
    network: Network,
    generator: str | None,
    scale: int | str = AUTO,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Runs the network on an opened photo; `progress` hears the tiles done and their number."""
    result = network(opened.photo.pixels, generator=generator, scale=scale, steps=True, progress=progress)
    folder = Path(opened.folder.name)
    np.save(folder / "derained.npy", result.pixels)
    np.save(folder / "mask.npy", round_to_8_bits(result.mask))
    derained = previews.preview(opened.photo, result.pixels, settings.PREVIEW_SIDE)
    previews.save_png(derained, folder / "full.png")
    removed, gain = stretched(removed_layer(opened.small, derained))
    mask, mask_gain = stretched(round_to_8_bits(previews.shrink(result.mask, settings.PREVIEW_SIDE)))
    seen = bool((result.mask > THRESHOLD).mean() > LEAST_SEEN)
    return Outcome(
        folder=opened.folder,
        source=opened.source,
        generator=result.generator,
        scale=result.scale,
        left_out=opened.left_out,
        measures=measure_rain(taken_light(opened.photo.pixels, result.pixels)),
        rainy=opened.rainy,
        removed=previews.save_png(removed, folder / "removed.png"),
        gain=gain,
        small_mask=mask,
        mask_gain=mask_gain,
        steps=step_pictures(result.masks, folder) if seen else (),
        small_rainy=opened.small,
        small_derained=derained,
    )


def step_pictures(masks: Sequence[np.ndarray], folder: Path) -> tuple[Path, ...]:
    """The rain mask at each step as a small picture, all brightened alike."""
    small = np.stack([round_to_8_bits(previews.shrink(mask, settings.STEP_SIDE)) for mask in masks])
    return tuple(
        previews.save_png(step, folder / f"step-{number}.png") for number, step in enumerate(stretched(small)[0], 1)
    )


def taken_light(rainy: np.ndarray, derained: np.ndarray) -> np.ndarray:
    """The light that was taken away, mean over the channels: (H, W, c) integers, twice -> (H, W) float32, 0…1.

    Row by row, so that no copy of the photo in floats is made.
    """
    taken = np.empty(rainy.shape[:2], np.float32)
    for row, (x, y) in enumerate(zip(rainy, derained, strict=True)):
        taken[row] = (x.astype(np.float32) - y).mean(1)
    return np.maximum(taken / np.iinfo(rainy.dtype).max, 0)


def removed_layer(rainy: np.ndarray, derained: np.ndarray) -> np.ndarray:
    """R = x − ỹ of two previews, (h, w, 3) uint8; 0 where light was added. Alpha is left out."""
    return cv2.subtract(np.ascontiguousarray(rainy[..., :3]), np.ascontiguousarray(derained[..., :3]))


def stretched(picture: np.ndarray) -> tuple[np.ndarray, int]:
    """A dark picture, uint8, so many times brighter that its brightest hundredth is white; 1 … 16 times."""
    gain = int(np.clip(255 / max(np.percentile(picture, 99), 1), 1, settings.MOST_GAIN))
    return np.minimum(picture.astype(np.uint16) * gain, 255).astype(np.uint8), gain


def derained_name(photo: Photo, source: Path) -> str:
    """File name of the derained photo: the source's own suffix where it names the format, else the usual one."""
    return f"{source.stem}_derained{output_suffix(source.suffix, photo.format, transparent=photo.alpha is not None)}"


def mask_name(source: Path) -> str:
    """File name of the rain mask."""
    return f"{source.stem}_mask.png"

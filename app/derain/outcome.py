"""What the demo holds of one derained photo: previews at once, full-size files when they are asked for."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app import previews, settings
from app.uploads import read_within_caps
from core.depth import round_to_8_bits
from core.images import Photo, read_photo, write_mask, write_photo
from core.images.formats import output_suffix
from core.inference import Derainer
from core.metrics.rain_measures import RainMeasures, measure_rain


@dataclass(frozen=True)
class Opened:
    """A photo accepted by the demo, in a folder of its own that goes when nothing refers to it any more."""

    folder: TemporaryDirectory[str]
    source: Path
    photo: Photo
    small: np.ndarray
    rainy: Path

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


@dataclass(frozen=True)
class Outcome:
    """A derained photo: the full derained image (strength 1) on disk, previews of everything the page shows."""

    folder: TemporaryDirectory[str]
    source: Path
    generator: str
    measures: RainMeasures
    rainy: Path
    mask: Path
    colours: Path
    steps: tuple[Path, ...]
    small_rainy: np.ndarray
    small_derained: np.ndarray

    def derained_preview(self, strength: float) -> Path:
        """PNG of the derained image at `strength` 0…1, at most `PREVIEW_SIDE` pixels long."""
        pixels = blend(self.small_rainy, self.small_derained, strength)
        return previews.save_png(pixels, Path(self.folder.name) / "derained.png")

    def derained_file(self, strength: float) -> Path:
        """The derained photo at `strength` 0…1, in the format, size and depth of the photo that came in."""
        photo = read_photo(self.source)
        derained = np.load(Path(self.folder.name) / "derained.npy", mmap_mode="r")
        path = Path(self.folder.name) / derained_name(photo, self.source)
        write_photo(photo.with_pixels(blend(photo.pixels, derained, strength)), path)
        return path

    @property
    def mask_file(self) -> Path:
        """The rain mask at full size, 8-bit grey PNG."""
        return Path(self.folder.name) / mask_name(self.source)


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
    opened: Opened, derainer: Derainer, generator: str | None, progress: Callable[[int, int], None] | None = None
) -> Outcome:
    """Runs the model on an opened photo; `progress` hears the tiles done and their number."""
    result = derainer(opened.photo.pixels, generator=generator, steps=True, progress=progress)
    folder = Path(opened.folder.name)
    np.save(folder / "derained.npy", result.pixels)
    small_mask = round_to_8_bits(previews.shrink(result.mask, settings.PREVIEW_SIDE))
    outcome = Outcome(
        folder=opened.folder,
        source=opened.source,
        generator=result.generator,
        measures=measure_rain(result.mask),
        rainy=opened.rainy,
        mask=previews.save_png(small_mask, folder / "mask.png"),
        colours=previews.save_png(previews.colours_over(opened.small, small_mask), folder / "colours.png"),
        steps=tuple(
            previews.save_png(round_to_8_bits(previews.shrink(step, settings.STEP_SIDE)), folder / f"step-{i}.png")
            for i, step in enumerate(result.masks, 1)
        ),
        small_rainy=opened.small,
        small_derained=previews.preview(opened.photo, result.pixels, settings.PREVIEW_SIDE),
    )
    write_mask(result.mask, outcome.mask_file)
    return outcome


def blend(rainy: np.ndarray, derained: np.ndarray, strength: float) -> np.ndarray:
    """x + s(ỹ − x), rounded to the integers of x; s = 1 gives ỹ itself. Row by row, so that no float copy is made."""
    if strength == 1:
        return np.asarray(derained)
    blended = np.empty_like(rainy)
    for row, (x, y) in enumerate(zip(rainy, derained, strict=True)):
        blended[row] = np.rint(x + np.float32(strength) * (y.astype(np.float32) - x))
    return blended


def derained_name(photo: Photo, source: Path) -> str:
    """File name of the derained photo: the source's own suffix where it names the format, else the usual one."""
    return f"{source.stem}_derained{output_suffix(source.suffix, photo.format, transparent=photo.alpha is not None)}"


def mask_name(source: Path) -> str:
    """File name of the rain mask."""
    return f"{source.stem}_mask.png"

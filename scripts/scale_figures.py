"""Makes docs/scale.md's figures and pictures again.

    python scripts/scale_figures.py choice   DATA LARGE [--photos 100] [--seed 77]
    python scripts/scale_figures.py enlarged PAIRS [--photos 100]
    python scripts/scale_figures.py rendered DATA LARGE [--photos 10]
    python scripts/scale_figures.py fine     DATA LARGE [--photos 6]
    python scripts/scale_figures.py clean    LARGE [--photos 10]
    python scripts/scale_figures.py speed    DATA LARGE
    python scripts/scale_figures.py memory   DATA LARGE
    python scripts/scale_figures.py pictures DATA LARGE --output docs/pictures
    python scripts/scale_figures.py real     PHOTOS --output FOLDER
    python scripts/scale_figures.py doubled  PHOTOS [--photos 16]

DATA holds clean/ (BSDS500) and streaks/, PAIRS is a folder of pairs such as Rain100L, LARGE are large free photos
(scripts/debian_photos.py), PHOTOS any. `real` writes each photo done at its own scale and at scale 1, to be looked at.
"""

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import numpy as np
import torch
from fit_rain_scale import fits
from rain_at_scale import Scenes, draw, open_scenes, rain_over, read_rgb8

from core.images import Photo, write_photo
from core.inference import Derainer
from core.inference.rain_scale import SCALES, look, rain_width
from core.metrics import psnr
from datasets.folders import open_photos
from datasets.pairs import open_pairs
from datasets.rain import RECIPES, Recipe, render
from datasets.rain.render import to_uint8

FINE = Recipe(
    streak_layers=(1, 2),
    density=(0.05, 0.2),
    shortest=(15, 30),
    longest=(40, 120),
    thickness=(2.0, 3.0),
    tilt=8.0,
    brightness=(0.2, 0.7),
)
"""Rain of streaks 2 to 3 pixels wide."""
BASE = (321, 481)
SIDES = {"full HD": (1080, 1920), "12 megapixels": (3000, 4000), "24 megapixels": (4000, 6000)}
PICTURE = (820, 1230)
"""Height and width of the part of a photo that is shown."""


def main() -> None:
    """Reads the arguments and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=list(FIGURES))
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--photos", type=int, default=10)
    parser.add_argument("--seed", type=int, default=77, help="of choice: what is drawn (default: 77)")
    parser.add_argument("--generator", choices=("gs", "gr"), default="gs")
    parser.add_argument("--scales", type=int, nargs="+", default=[2, 3, 4], help="of speed: how wide the rain is")
    parser.add_argument("--runs", type=int, default=2, help="of speed: runs of each, the fastest counts (default: 2)")
    parser.add_argument("--output", type=Path, help="folder that pictures are written to")
    args = parser.parse_args()
    FIGURES[args.what](args, Derainer())


def choice(args: argparse.Namespace, derainer: Derainer) -> None:
    """How often the scale is right within a factor of 1.4, for rain drawn at 1, 2, 3 and 4 times its size."""
    _, scenes = open_scenes(*args.folders)
    rng = np.random.default_rng(args.seed)
    right: dict[int, list[bool]] = {scale: [] for scale in SCALES}
    for index in range(args.photos):
        scale = SCALES[index % len(SCALES)]
        pixels, recipe = draw(scenes, scale, rng, enlarged=index % 8 < 4)
        chosen = derainer.choose_scale(pixels)
        right[scale].append(1 / 1.4 < chosen / scale < 1.4)
        if not right[scale][-1]:
            print(f"wrong: {recipe} at {scale}: {chosen}", flush=True)
    for scale, hits in right.items():
        print(f"rain at {scale}×: right {sum(hits)} of {len(hits)}")
    print(f"in all {sum(map(sum, right.values()))} of {args.photos}")


def enlarged(args: argparse.Namespace, derainer: Derainer) -> None:
    """Pairs enlarged 2, 3 and 4 times: PSNR (rgb) at the scale that is chosen, and at 1."""
    pairs = open_pairs(args.folders[0])
    rows = []
    for index in range(min(args.photos, len(pairs))):
        name, rainy, clean = pairs[index]
        rows.append(_enlarged(derainer, name, rainy, clean, args.generator))
    _means(rows)


def rendered(args: argparse.Namespace, derainer: Derainer) -> None:
    """The same for heavy rain rendered on held-out photos."""
    _, scenes = open_scenes(*args.folders)
    rows = []
    for index in range(args.photos):
        rng = np.random.default_rng(index)
        clean = read_rgb8(scenes.small[index * len(scenes.small) // args.photos])
        rainy = to_uint8(render(clean, "heavy", rng, scenes.streaks)[0])
        rows.append(_enlarged(derainer, str(index), rainy, clean, args.generator))
    _means(rows)


def _enlarged(derainer: Derainer, name: str, rainy: np.ndarray, clean: np.ndarray, generator: str) -> list[float]:
    row = [psnr(clean, derainer(rainy, generator=generator, scale=1).pixels)]
    print(f"{name}: 1× {row[0]:.2f}", end="", flush=True)
    for factor in (2, 3, 4):
        x, y = (
            cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC) for image in (rainy, clean)
        )
        result = derainer(x, generator=generator)
        row.append(psnr(y, result.pixels))
        print(f"  {factor}×, scale {result.scale}: {row[-1]:.2f}", end="", flush=True)
    print(flush=True)
    return row


def _means(rows: list[list[float]]) -> None:
    means = np.mean(rows, 0)
    print(f"mean of {len(rows)} at 1×, 2×, 3×, 4×: " + ", ".join(f"{mean:.2f}" for mean in means))
    print("against 1×: " + ", ".join(f"{mean - means[0]:+.2f}" for mean in means[1:]))


def fine(args: argparse.Namespace, derainer: Derainer) -> None:
    """Rain 2 to 3 pixels wide on photos of 8 megapixels and more: the chosen scale against 1, on a part of each."""
    _, scenes = open_scenes(*args.folders)
    for index, clean in enumerate(_of_megapixels(scenes, 8, args.photos)):
        rainy = rain_over(clean, FINE, 1, np.random.default_rng(index), scenes)
        scale = derainer.choose_scale(rainy)
        x, y = _part(rainy), _part(clean)
        full = psnr(y, derainer(x, generator=args.generator, scale=1).pixels)
        auto = full if scale == 1 else psnr(y, derainer(x, generator=args.generator, scale=scale).pixels)
        print(
            f"{clean.shape[1]}×{clean.shape[0]}: rainy {psnr(y, x):.2f}, scale 1 {full:.2f}, {scale} {auto:.2f}",
            flush=True,
        )


def clean(args: argparse.Namespace, derainer: Derainer) -> None:
    """Photos without rain, brought to 12 megapixels: in against out, PSNR (rgb), at the scale that is chosen."""
    files = open_photos(args.folders[0]).photos[: args.photos]
    for file in files:
        photo = _sized(read_rgb8(args.folders[0] / file), 12e6)
        scale = derainer.choose_scale(photo)
        found = [
            psnr(photo, derainer(photo, generator=generator, scale=scale).pixels)
            for generator in derainer.model.generators
        ]
        print(file, "scale", scale, *(f"{g} {f:.1f}" for g, f in zip(derainer.model.generators, found)), flush=True)


def speed(args: argparse.Namespace, derainer: Derainer) -> None:
    """Time by size, as a multiple of 481×321 timed in turns with it: of the clock, and of the processors."""
    _, scenes = open_scenes(*args.folders)
    (large,) = _of_megapixels(scenes, 8, 1)
    small = np.ascontiguousarray(_part(large, BASE))
    derainer(small)
    print(f"load {os.getloadavg()[0]:.1f}, {torch.get_num_threads()} threads")
    for name, (height, width) in SIDES.items():
        photo = cv2.resize(large, (width, height), interpolation=cv2.INTER_CUBIC)
        for scale in args.scales:
            rainy = rain_over(photo, "heavy", scale, np.random.default_rng(0), scenes)
            base, runs = [], []
            for _ in range(args.runs):
                base += [_timed(derainer, small)[0] for _ in range(2)]
                run, chosen = _timed(derainer, rainy)
                runs.append(run)
                base += [_timed(derainer, small)[0] for _ in range(2)]
            first, best = (np.min(times, 0) for times in (base, runs))
            print(
                f"{name}, rain {scale}×, scale {chosen}: {best[0]:.2f} s, {best[1]:.2f} s of the processor; "
                f"{best[0] / first[0]:.1f} and {best[1] / first[1]:.1f} times {first[0]:.3f} and {first[1]:.3f} s",
                flush=True,
            )


def _timed(derainer: Derainer, photo: np.ndarray) -> tuple[tuple[float, float], int]:
    """Seconds of the clock and of the processors, and the scale."""
    start, used = time.perf_counter(), time.process_time()
    scale = derainer(photo).scale
    return (time.perf_counter() - start, time.process_time() - used), scale


def memory(args: argparse.Namespace, derainer: Derainer) -> None:
    """Peak of 24 megapixels over the idle process, photo, result and mask included, at every scale."""
    _, scenes = open_scenes(*args.folders)
    (large,) = _of_megapixels(scenes, 8, 1)
    derainer(large[:300, :300])
    for scale in (4, 3, 2):
        Path("/proc/self/clear_refs").write_text("5")
        idle = _status("VmRSS")
        rainy = cv2.resize(large, (6000, 4000), interpolation=cv2.INTER_CUBIC)
        derainer(rainy, scale=scale)
        print(f"24 megapixels, scale {scale}: {_status('VmHWM') - idle:.0f} MB over the idle process", flush=True)
        del rainy


def pictures(args: argparse.Namespace, derainer: Derainer) -> None:
    """Rendered rain, three times its size, on a free photo: a part of it as it is, at scale 1, and at its own scale."""
    _, scenes = open_scenes(*args.folders)
    (large,) = _of_megapixels(scenes, 8, 1)
    rainy = rain_over(large, RECIPES["heavy"], 3, np.random.default_rng(3), scenes)
    scale = derainer.choose_scale(rainy)
    x = _part(rainy, PICTURE)
    strip = [x, *(derainer(x, generator=args.generator, scale=at).pixels for at in (1, scale))]
    write_photo(Photo(np.concatenate(strip, 0)), args.output / "scale.jpg")
    print(
        f"{large.shape[1]}×{large.shape[0]}: scale {scale}; PSNR",
        *(f"{psnr(_part(large, PICTURE), s):.2f}" for s in strip),
    )


def real(args: argparse.Namespace, derainer: Derainer) -> None:
    """Every photo at the scale that is chosen and at 1, side by side with the photo, at full size."""
    for name in open_photos(args.folders[0]).photos[: args.photos]:
        photo = read_rgb8(args.folders[0] / name)
        auto = derainer(photo)
        full = auto if auto.scale == 1 else derainer(photo, scale=1)
        print(f"{name}: {photo.shape[1]}×{photo.shape[0]}, scale {auto.scale}", flush=True)
        joined = np.concatenate((photo, auto.pixels, full.pixels), 1)
        write_photo(Photo(joined), args.output / f"{Path(name).stem}.png")


def doubled(args: argparse.Namespace, derainer: Derainer) -> None:
    """Real photos that were not fitted on, enlarged 2×: the width that is told of them against that before."""
    ratios: list[float] = []
    for name in open_photos(args.folders[0]).photos[1::2]:
        photo = read_rgb8(args.folders[0] / name)
        if not fits(photo) or len(ratios) == args.photos:
            continue
        large = cv2.resize(photo, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        before, after = (rain_width(*look(pixels, derainer._mask)) for pixels in (photo, large))
        if before is not None and after is not None:
            ratios.append(after / before)
            print(f"{name}: {before:.2f}, enlarged {after:.2f}: {ratios[-1]:.2f} times", flush=True)
    right = sum(2 / 1.4 < ratio < 2 * 1.4 for ratio in ratios)
    print(f"median {np.median(ratios):.2f}; within a factor of 1.4 of 2: {right} of {len(ratios)}")


def _of_megapixels(scenes: Scenes, least: float, count: int) -> list[np.ndarray]:
    """The first photos of that size."""
    photos = (read_rgb8(file) for file in scenes.large)
    return [photo for photo, _ in zip((p for p in photos if p.shape[0] * p.shape[1] >= least * 1e6), range(count))]


def _part(photo: np.ndarray, size: tuple[int, int] = (840, 1260)) -> np.ndarray:
    """The middle of a photo; its size is a multiple of 3 and 4."""
    top, left = ((have - want) // 2 for have, want in zip(photo.shape, size))
    return photo[top : top + size[0], left : left + size[1]]


def _sized(photo: np.ndarray, pixels: float) -> np.ndarray:
    factor = (pixels / (photo.shape[0] * photo.shape[1])) ** 0.5
    return cv2.resize(
        photo, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    )


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))


FIGURES = {f.__name__: f for f in (choice, enlarged, rendered, fine, clean, speed, memory, pictures, real, doubled)}

if __name__ == "__main__":
    main()

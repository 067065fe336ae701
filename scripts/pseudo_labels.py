"""Pairs of real rain: squares of the real photos that a config trains on, and what earlier weights made of them.

    python scripts/pseudo_labels.py --config configs/any-rain.yaml --data-root DATA --weights OLD NEW -o DATA/pseudo

Of several weights each takes what those before it left, from the photo or from its mirror image; last go the faint
streaks that are left before smooth places (core/training/residual_streaks.py). The folder has the layout `rain13k`;
photos that the config holds out give none. experiments/41-pseudo-labels.md and 43-pseudo-labels-again.md say which
weights gave which pairs.
"""

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from core.errors import UserError
from core.images import Photo, write_photo
from core.inference import Derainer
from core.training.config_file import load_config
from core.training.pseudo_labels import pseudo_pairs
from core.training.real_photos import load_photos
from core.training.residual_streaks import without_residual_streaks

FOLDERS = ("input", "target")


def main() -> None:
    """Reads the arguments and writes a folder of pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, help="a training whose data has real photos")
    parser.add_argument("--data-root", type=Path, required=True, help="folder that its data sets lie in")
    parser.add_argument("--weights", nargs="+", required=True, help="folders of weights that the labels are made with")
    parser.add_argument("--generator", default="gr", help="of each (default: gr)")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write, which must not be there yet")
    args = parser.parse_args()
    try:
        write_pairs(args)
    except UserError as error:
        sys.exit(str(error))


def write_pairs(args: argparse.Namespace) -> None:
    """Writes `input/` and `target/` of every real photo that is trained on, and says how many there are."""
    real = load_config(args.config).data.real
    if real is None:
        sys.exit(f"{args.config} has no real photos.")
    if args.output.exists():
        sys.exit(f"{args.output} is there already.")
    photos, _ = load_photos(real, args.data_root)
    derainers = [Derainer(weights) for weights in args.weights]

    def derain(photo: np.ndarray) -> np.ndarray:
        pixels = photo
        for derainer in derainers:
            seen = (pixels, np.ascontiguousarray(pixels[:, ::-1]))
            as_is, mirrored = (derainer(image, generator=args.generator, scale=1).pixels for image in seen)
            pixels = np.minimum(as_is, mirrored[:, ::-1])
        return without_residual_streaks(photo, pixels)

    unfinished, count = args.output.with_name(args.output.name + ".unfinished"), 0
    shutil.rmtree(unfinished, ignore_errors=True)
    for folder in FOLDERS:
        (unfinished / folder).mkdir(parents=True)
    for number, photo in enumerate(photos):
        for pair in pseudo_pairs(photo, derain):
            count += 1
            name = f"{number:03d}-{pair.longest}-{pair.top:04d}-{pair.left:04d}.png"
            for folder, pixels in zip(FOLDERS, (pair.rainy, pair.derained)):
                write_photo(Photo(pixels), unfinished / folder / name)
    unfinished.rename(args.output)
    print(f"{count} pairs of {len(photos)} photos in {args.output}")


if __name__ == "__main__":
    main()

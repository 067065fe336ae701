"""Fits what the choice of the working scale knows of the weights: core/inference/rain_scale.json.

    python scripts/fit_rain_scale.py DATA LARGE [--photos 120] [--seed 0] [--weights weights/fast]

DATA holds clean/ (BSDS500), streaks/ and real/ (rainy photos), LARGE large free photos (scripts/debian_photos.py). To
be run again for other weights; it takes half a second a photo. docs/scale.md says what is fitted.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import numpy as np
from rain_at_scale import draw, open_scenes, read_rgb8
from tqdm import trange

from core.images.atomic import write_atomically
from core.inference import DEFAULT_WEIGHTS, Derainer
from core.inference.rain_scale import CONSTANTS, look, summary
from core.peers.find import weights_sha256
from datasets.folders import open_photos

Look = tuple[np.ndarray, np.ndarray]
"""What `core.inference.rain_scale.look` gives: features and presence."""

COMMAND = "python scripts/fit_rain_scale.py DATA LARGE --photos {photos} --seed {seed}"
"""What the file is made by."""
RIDGE = 10.0
"""Penalty of the regression."""
REAL = 27
"""Real photos that are looked at as they are and enlarged twice."""
SHARE = 0.25
"""How much such a pair counts, of a rendered photo."""
SIZES = (0.35e6, 3e6)
"""Pixels of a real photo; its sides have at least 512."""
LEAST_PRESENCE = 0.6
"""Mean of the mask, of 255, below which in all shrunk crops there is no rain: clean photos with leaves reach 0.4, faint
rain 1.2."""


def main() -> None:
    """Draws rainy photos, looks at them as the choice does, fits, and writes the constants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with clean/, streaks/ and real/")
    parser.add_argument("large", type=Path, help="folder of large photos")
    parser.add_argument("--photos", type=int, default=120, help="rendered photos to fit on (default: 120)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    args = parser.parse_args()
    scenes, _ = open_scenes(args.data, args.large)
    derainer = Derainer(args.weights)
    rng = np.random.default_rng(args.seed)
    looks, octaves = [], []
    for _ in trange(args.photos, unit="photo"):
        octave = rng.uniform(0, 2.5)
        pixels, _ = draw(scenes, 2**octave, rng, enlarged=bool(rng.random() < 0.5))
        looks.append(look(pixels, derainer._mask))
        octaves.append(octave)
    constants = fit(looks, np.array(octaves), real_pairs(derainer, args.data / "real"))
    constants = {
        "command": COMMAND.format(photos=args.photos, seed=args.seed),
        "weights_sha256": weights_sha256(args.weights / "model.safetensors"),
        **constants,
    }
    write_atomically(CONSTANTS, (json.dumps(constants, indent=2) + "\n").encode())


def real_pairs(derainer: Derainer, folder: Path) -> list[tuple[Look, Look]]:
    """Every second real photo as it is and enlarged 2×: how wide its rain is nobody knows, but of the two the ratio."""
    pairs: list[tuple[Look, Look]] = []
    for name in open_photos(folder).photos[::2]:
        photo = read_rgb8(folder / name)
        if fits(photo):
            large = cv2.resize(photo, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
            pairs.append((look(photo, derainer._mask), look(large, derainer._mask)))
        if len(pairs) == REAL:
            break
    return pairs


def fits(photo: np.ndarray) -> bool:
    """Whether a real photo is of a size to be looked at."""
    return SIZES[0] <= photo.shape[0] * photo.shape[1] <= SIZES[1] and min(photo.shape[:2]) >= 512


def fit(looks: Sequence[Look], octaves: np.ndarray, pairs: Sequence[tuple[Look, Look]]) -> dict[str, object]:
    """The constants: a ridge regression of log₂ of the width, over what the crops say of each photo.

    octaves (photos,): log₂ of the widths of `looks`; of each pair the second is one octave wider than the first.
    """
    seen = np.array([rain_shows(found) for found in looks])
    x, y = np.array([summary(*found) for found in looks])[seen], octaves[seen]
    pairs = [pair for pair in pairs if all(map(rain_shows, pair))]
    steps = np.array([summary(*after) - summary(*before) for before, after in pairs]).reshape(-1, x.shape[1])
    mean, deviation, middle = x.mean(0), x.std(0) + 1e-6, y.mean()
    z, dz = (x - mean) / deviation, steps / deviation
    left = z.T @ z + SHARE * dz.T @ dz + RIDGE * np.eye(x.shape[1])
    slopes = np.linalg.solve(left, z.T @ (y - middle) + SHARE * dz.sum(0)) / deviation
    error = middle + (x - mean) @ slopes - y
    print(f"{seen.sum()} of {len(y)} photos with rain to be seen; error {error.std():.3f} octaves; ", end="")
    print(f"within a factor of 1.4: {np.mean(np.abs(error) < np.log2(1.4)):.1%}; {len(pairs)} real pairs")
    coefficients = [round(float(slope), 5) for slope in slopes]
    intercept = round(float(middle - mean @ slopes), 5)
    return {"least_presence": LEAST_PRESENCE, "intercept": intercept, "coefficients": coefficients}


def rain_shows(found: Look) -> bool:
    """Whether there is rain to be seen."""
    return bool(found[1][:, 1:].max() >= LEAST_PRESENCE)


if __name__ == "__main__":
    main()

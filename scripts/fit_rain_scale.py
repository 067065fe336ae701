"""Fits what the choice of the working scale knows of the weights: core/inference/rain_scale.json.

    python scripts/fit_rain_scale.py DATA LARGE [--photos 1200] [--seed 0] [--weights weights/fast]

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
import torch
from rain_at_scale import RECIPES, WIDE, Scenes, draw, open_scenes, read_rgb8
from torch import Tensor
from torch.nn.functional import softplus
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
OCTAVES = (-0.6, 2.5)
"""log₂ of how much wider the rain is than drawn; below 0 it is as drawn, so that this is no rare case."""
DRAWN = RECIPES[:6] + (WIDE,) * 3 + RECIPES[6:]
KINDS = {"all": (0, 6), "sharp": (1, 1), "middle": (3, 5)}
"""Kinds of draws, with a part of their seed and their share: rain of all widths; sharp photos under streaks that are
wide as drawn, where to take 2 costs most; and rain of the widths that are the hardest to tell."""
MIDDLE = (0.5, 1.65)
"""log₂ of those widths; a quarter of such photos are at 0, half of them under wide streaks."""
NETS, UNITS = 4, 4
"""As many small networks with one hidden layer are fitted, from other beginnings; their mean is told."""
DECAY = 1.0
"""Penalty of the squares of their weights."""
REAL = 40
"""So many real photos at most are looked at as they are and enlarged twice."""
BOUNDS = (np.log2(1 * 2) / 2, np.log2(2 * 3) / 2)
"""log₂ of the widths at which the scale changes, 1 to 2 and 2 to 3; 3 for 4 is within a factor of 1.4."""
STEEP = 4.0
"""How steeply what is told on the wrong side of these counts more than its error, per octave."""
SHARE = 1.0
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
    parser.add_argument("--photos", type=int, default=1200, help="rendered photos to draw (default: 1200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    args = parser.parse_args()
    scenes, _ = open_scenes(args.data, args.large)
    derainer = Derainer(args.weights)
    looks, octaves = rendered(scenes, derainer, args.photos, args.seed)
    constants = fit(looks, octaves, real_pairs(derainer, args.data / "real"))
    constants = {
        "command": COMMAND.format(photos=args.photos, seed=args.seed),
        "weights_sha256": weights_sha256(args.weights / "model.safetensors"),
        **constants,
    }
    lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in constants.items())
    write_atomically(CONSTANTS, ("{\n" + ",\n".join(lines) + "\n}\n").encode())


def rendered(scenes: Scenes, derainer: Derainer, photos: int, seed: int) -> tuple[list[Look], np.ndarray]:
    """Looks at rainy photos of all `KINDS`, and log₂ of how wide their rain is."""
    looks, octaves = [], []
    shares = sum(share for _, share in KINDS.values())
    for kind, (own, share) in KINDS.items():
        rng = np.random.default_rng((seed, own))
        for _ in trange(photos * share // shares, unit="photo"):
            octave, enlarged, recipe = rain_of(kind, rng)
            pixels, _ = draw(scenes, 2**octave, rng, enlarged=enlarged, recipe=recipe)
            if recipe == WIDE and octave > 0:
                continue
            looks.append(look(pixels, derainer._mask))
            octaves.append(octave)
    return looks, np.array(octaves)


def rain_of(kind: str, rng: np.random.Generator) -> tuple[float, bool, str]:
    """One draw of a kind: log₂ of the width, whether the photo is enlarged with its rain, and the recipe."""
    if kind == "all":
        return max(0.0, rng.uniform(*OCTAVES)), bool(rng.random() < 0.5), str(rng.choice(DRAWN))
    if kind == "sharp":
        return 0.0, False, WIDE
    as_drawn = rng.random() < 0.25
    octave, enlarged = 0.0 if as_drawn else rng.uniform(*MIDDLE), bool(rng.random() < 0.5)
    return octave, enlarged, WIDE if as_drawn and rng.random() < 0.5 else str(rng.choice(RECIPES))


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
    """The constants: log₂ of the width by a hidden layer, of what the crops say of each photo.

    octaves (photos,): log₂ of the widths of `looks`; of each pair the second is one octave wider than the first.
    """
    seen = np.array([rain_shows(found) for found in looks])
    x, y = np.array([summary(*found) for found in looks])[seen], octaves[seen]
    pairs = [pair for pair in pairs if all(map(rain_shows, pair))]
    before, after = (np.array([summary(*pair[i]) for pair in pairs]).reshape(-1, x.shape[1]) for i in (0, 1))
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    z, first, second = ((part - mean) / deviation for part in (x, before, after))
    w, b, v, c = fit_nets(z, first, second, y)
    weights, slopes = np.concatenate(w.swapaxes(1, 2)) / deviation, v.reshape(-1) / NETS
    biases = b.reshape(-1) - weights @ mean
    error = np.tanh(x @ weights.T + biases) @ slopes + c.mean() - y
    print(f"{seen.sum()} of {len(y)} photos with rain to be seen; error {error.std():.3f} octaves; ", end="")
    print(f"within a factor of 1.4: {np.mean(np.abs(error) < np.log2(1.4)):.1%}; {len(pairs)} real pairs")
    layer = {"weights": weights, "biases": biases, "slopes": slopes, "intercept": c.mean()}
    return {"least_presence": LEAST_PRESENCE} | {name: np.round(part, 4).tolist() for name, part in layer.items()}


def fit_nets(x: np.ndarray, before: np.ndarray, after: np.ndarray, octaves: np.ndarray) -> list[np.ndarray]:
    """Weights (nets, features, units), biases (nets, 1, units), slopes (nets, units, 1), intercepts (nets, 1, 1)."""
    draws = np.random.default_rng(0)
    starts = (
        draws.normal(0, x.shape[1] ** -0.5, (NETS, x.shape[1], UNITS)),
        np.zeros((NETS, 1, UNITS)),
        draws.normal(0, 0.1, (NETS, UNITS, 1)),
        np.full((NETS, 1, 1), octaves.mean()),
    )
    w, b, v, c = parts = [torch.tensor(start, requires_grad=True) for start in starts]
    z, first, second, y = (torch.tensor(values) for values in (x, before, after, octaves))
    optimizer = torch.optim.LBFGS(parts, max_iter=300, history_size=20, line_search_fn="strong_wolfe")

    def told(values: Tensor) -> Tensor:
        return (torch.tanh(values @ w + b) @ v + c)[..., 0]

    def loss() -> Tensor:
        optimizer.zero_grad()
        found = told(z)
        value = (found - y).square().sum() + SHARE * (told(second) - told(first) - 1).square().sum()
        for bound in BOUNDS:
            value = value + softplus(STEEP * torch.sign(bound - y) * (found - bound)).sum() / 4
        value = value + DECAY * (w.square().sum() + v.square().sum())
        value.backward()
        return value

    optimizer.step(loss)
    return [part.detach().numpy() for part in parts]


def rain_shows(found: Look) -> bool:
    """Whether there is rain to be seen."""
    return bool(found[1][:, 1:].max() >= LEAST_PRESENCE)


if __name__ == "__main__":
    main()

"""Fits what the choice of the working scale knows of the weights: core/inference/rain_scale.json.

    python scripts/fit_rain_scale.py DATA LARGE [--photos 400] [--weights weights/fast]

DATA holds clean/ (BSDS500) and streaks/, LARGE large free photos (scripts/debian_photos.py). To be run again for other
weights; it takes half a second a photo. docs/scale.md says what is fitted.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from rain_at_scale import draw, open_scenes
from tqdm import trange

from core.images.atomic import write_atomically
from core.inference import DEFAULT_WEIGHTS, Derainer
from core.inference.rain_scale import CONSTANTS, HALF_PRESENCE, SCALES, look, summary
from core.peers.find import weights_sha256

COMMAND = "python scripts/fit_rain_scale.py DATA LARGE --photos {photos} --seed {seed}"
"""What the file is made by."""
FARTHEST = 1.6
"""Crops farther than this from their right scale, octaves, all look alike, and are taken as that far."""
RIDGE = (3.0, 1.0)
"""Penalties of the two regressions."""
LEAST_PRESENCE = 0.6
"""Mean of the mask, of 255, below which in all shrunk crops there is no rain: clean photos with leaves reach 0.4, faint
rain 1.2."""


def main() -> None:
    """Draws rainy photos, looks at them as the choice does, fits, and writes the constants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with clean/ and streaks/")
    parser.add_argument("large", type=Path, help="folder of large photos")
    parser.add_argument("--photos", type=int, default=400, help="rainy photos to fit on (default: 400)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    args = parser.parse_args()
    scenes, _ = open_scenes(args.data, args.large)
    derainer = Derainer(args.weights)
    rng = np.random.default_rng(args.seed)
    features, presence, octaves = [], [], []
    for _ in trange(args.photos, unit="photo"):
        octave = rng.uniform(0, 2.1)
        pixels, _ = draw(scenes, 2**octave, rng, enlarged=bool(rng.random() < 0.5))
        found = look(pixels, derainer._mask)
        features.append(found[0])
        presence.append(found[1])
        octaves.append(octave)
    constants = fit(np.array(features), np.array(presence), np.array(octaves))
    constants = {
        "command": COMMAND.format(photos=args.photos, seed=args.seed),
        "weights_sha256": weights_sha256(args.weights / "model.safetensors"),
        **constants,
    }
    write_atomically(CONSTANTS, (json.dumps(constants, indent=2) + "\n").encode())


def fit(features: np.ndarray, presence: np.ndarray, octaves: np.ndarray) -> dict[str, object]:
    """The constants: one ridge regression over crops, and one over what the crops say of each photo.

    features (photos, places, scales, features), presence (photos, places, scales), octaves (photos,): log₂ of scales.
    """
    too_wide = np.clip(octaves[:, None, None] - np.log2(SCALES) + np.zeros(presence.shape), -FARTHEST, FARTHEST)
    weight = presence / (presence + HALF_PRESENCE)
    crop = ridge(features.reshape(-1, features.shape[-1]), too_wide.ravel(), weight.ravel(), RIDGE[0])
    said = crop["intercept"] + features @ crop["coefficients"]
    summaries = np.array([summary(*found) for found in zip(features, presence, said)])
    seen = presence[:, :, 1:].max((1, 2)) >= LEAST_PRESENCE
    photo = ridge(summaries[seen], octaves[seen], np.ones(seen.sum()), RIDGE[1])
    error = photo["intercept"] + summaries[seen] @ photo["coefficients"] - octaves[seen]
    print(f"{seen.sum()} of {len(octaves)} photos with rain to be seen; error {error.std():.3f} octaves; ", end="")
    print(f"within a factor of 1.4: {np.mean(np.abs(error) < np.log2(1.4)):.1%}")
    return {"least_presence": LEAST_PRESENCE, "crop": rounded(crop), "photo": rounded(photo)}


def ridge(x: np.ndarray, y: np.ndarray, weight: np.ndarray, penalty: float) -> dict[str, Any]:
    """Weighted ridge regression on standardised x (n, features): intercept and coefficients for x as it is."""
    mean = np.average(x, 0, weight)
    deviation = np.sqrt(np.average((x - mean) ** 2, 0, weight)) + 1e-6
    z, middle = (x - mean) / deviation, np.average(y, weights=weight)
    weighted = (z * weight[:, None]).T
    coefficients = np.linalg.solve(weighted @ z + penalty * np.eye(z.shape[1]), weighted @ (y - middle)) / deviation
    return {"intercept": float(middle - coefficients @ mean), "coefficients": coefficients}


def rounded(constants: dict[str, Any]) -> dict[str, object]:
    """The same for a file."""
    coefficients = [round(float(value), 5) for value in constants["coefficients"]]
    return {"intercept": round(constants["intercept"], 5), "coefficients": coefficients}


if __name__ == "__main__":
    main()

"""Holds a rain recipe against the rain that a peer was trained on: a setting is fixed at one value after the other, and
what the peer makes of it is printed beside what ours does: PSNR of RGB, mean over cuts of photos that are trained on,
with one or two streak images and two layers of lines where the setting is another.

What PReNet's published weights clean well is like their set's training half, which is not at hand (docs/rain.md).

python scripts/vary_recipe.py --data-root DATA --peers PEERS heavy thickness 1 1.3 1.7 2 2.5 3 4
python scripts/vary_recipe.py --data-root DATA --peers PEERS heavy jitter 0.3 3 8 --fix shortest=80 --fix longest=160
"""

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.errors import UserError
from core.inference.engine import load_model
from core.metrics import psnr
from core.peers import PEERS, find_weights
from core.training.config_file import load_config
from core.training.cutting import crop, to_tensor
from core.training.patches import load_material
from datasets.rain import RECIPES, Recipe, render
from datasets.rain.render import to_uint8

RANGES = [name for name, value in vars(Recipe()).items() if isinstance(value, tuple)]
NUMBERS = [name for name, value in vars(Recipe()).items() if isinstance(value, float)]
WHOLE = ("database_layers", "streak_layers")
PHOTOS, STRIDE, SIDE = 300, 11, 144


def amount(text: str) -> float:
    """A number that a recipe's setting can have; ValueError for any other text."""
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise ValueError
    return value


def fixed(recipe: Recipe, settings: list[str], value: float) -> Recipe:
    """The recipe with each of the settings at one value; ValueError where one of them counts and the value does not."""
    if {*WHOLE} & {*settings}:
        if value != int(value):
            raise ValueError
        value = int(value)
    return replace(recipe, **{name: (value, value) if name in RANGES else value for name in settings})


def main() -> None:
    """Reads the arguments and prints a row a value."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("setting", help=f"comma-separated: {', '.join(RANGES + NUMBERS)}")
    parser.add_argument("values", nargs="+", type=amount)
    parser.add_argument(
        "--fix", action="append", default=[], metavar="SETTING=VALUE", help="a setting held at one value"
    )
    parser.add_argument("--data-root", type=Path, required=True, help="folder with the folders of the config")
    parser.add_argument("--peers", help="folder of the peers' weights")
    parser.add_argument("--peer", default="prenet:Rain100H", help="peer and its weights (prenet:Rain100H)")
    parser.add_argument("--weights", default="weights/fast", help="ours (weights/fast)")
    parser.add_argument("--config", default="configs/flagship.yaml", help="says which photos are trained on")
    parser.add_argument("--cuts", type=int, default=24)
    args = parser.parse_args()
    settings = args.setting.split(",")
    held = [part.partition("=") for part in args.fix]
    if unknown := {*settings, *(name for name, _, _ in held)} - {*RANGES, *NUMBERS}:
        parser.error(f"a recipe has no {', '.join(sorted(unknown))}")
    if twice := {*settings} & {name for name, _, _ in held}:
        parser.error(f"{', '.join(sorted(twice))} cannot be varied and fixed at once")
    if args.cuts < 1:
        parser.error("--cuts must be at least 1")
    base = replace(RECIPES[args.recipe], database_layers=(1, 2), streak_layers=(2, 2))
    for setting, _, value in held:
        try:
            base = fixed(base, [setting], amount(value))
        except ValueError:
            parser.error(f"--fix {setting}={value}: {value!r} is not a number it can have")
    try:
        recipes = [fixed(base, settings, value) for value in args.values]
    except ValueError:
        parser.error(f"{args.setting} takes whole numbers")
    name, _, weights = args.peer.partition(":")
    if name not in PEERS:
        parser.error(f"there is no peer {name}; there are {', '.join(PEERS)}")
    try:
        peer = PEERS[name].load(find_weights(PEERS[name], weights, args.peers)).eval()
        ours = load_model(args.weights).eval()
        material, _ = load_material(load_config(args.config).data, args.data_root)
    except UserError as error:
        sys.exit(str(error))
    photos = material.clean[:PHOTOS]
    cuts = [
        crop((photos[i * STRIDE % len(photos)],), SIDE, np.random.default_rng((77, i)))[0] for i in range(args.cuts)
    ]
    print(f"{args.setting:>20} {'rainy':>7} {'ours':>7} {name:>7}")
    for value, recipe in zip(args.values, recipes, strict=True):
        rows = []
        for i, clean in enumerate(cuts):
            rainy = to_uint8(render(clean, recipe, np.random.default_rng((78, i)), material.streaks)[0])
            x = to_tensor(rainy)[None]
            with torch.inference_mode():
                pictures = (x, ours(x, "gs").derained, peer(x))
            rows.append([psnr(to_tensor(clean).numpy(), p[0].clamp(0, 1).numpy(), 1.0) for p in pictures])
        print(f"{value:20g}", *(f"{mean:7.2f}" for mean in np.mean(rows, 0)), flush=True)


if __name__ == "__main__":
    main()

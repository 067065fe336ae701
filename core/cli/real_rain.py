"""`python -m core real-rain`: how much rain methods take out of real photos, measured without ground truth."""

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

BLURS = (0.6, 1.0, 1.5, 2.5)
"""Standard deviations, pixels, of the Gaussian blurs that stand beside the methods."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `real-rain` with its arguments."""
    parser = subparsers.add_parser(
        "real-rain",
        help="how much rain methods take out of real photos",
        description="Measures what methods do to real rainy photos: the share of the rain-like energy that they remove "
        "from smooth places, the structure that they lose at edges, and a score of both. Doing nothing and blurring "
        "stand beside them. docs/real-rain.md says how.",
        epilog="""examples:
  python -m core real-rain --data photos/ --sheet sheet.jpg
  python -m core real-rain --data SIRR-Data/ --only datasets/manifests/sirr-data-held-out.txt \\
      --methods ours:gs,ours:gr,prenet:Rain1400 --peers PEERS --csv real.csv""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", metavar="DIR", required=True, help="folder of real rainy photos")
    parser.add_argument(
        "--only", metavar="FILE", help="only the photos named in a text file, one a line, # for comments"
    )
    parser.add_argument(
        "--methods",
        metavar="M,…",
        default="ours",
        help="as for compare: ours, ours:gs, prenet:Rain1400, … (default: ours)",
    )
    parser.add_argument("--weights", metavar="DIR", help="folder of our model (default: the one that is shipped)")
    parser.add_argument("--peers", metavar="DIR", help="folder of the peers' weights (default: that of DERAIN_PEERS)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    parser.add_argument("--csv", metavar="FILE", help="every photo's figures")
    parser.add_argument("--sheet", metavar="FILE", help="contact sheet: each photo before and after by each method")


def run(args: argparse.Namespace) -> int:
    """Prints a row a method, and writes what was asked for."""
    import cv2
    import pandas as pd
    from tqdm import tqdm

    from core.comparison.methods import find_methods
    from core.images.atomic import write_atomically, write_text
    from core.metrics import WITHOUT_REFERENCE, RainyPhoto, Removal, measure_removal
    from datasets.folders import find_named, open_photos, read_names

    photos = open_photos(args.data)
    chosen = list(range(len(photos)))
    if args.only:
        names = find_named(photos.photos, read_names(args.only), folder=args.data, where=args.only)
        chosen = [index for index in chosen if photos.photos[index] in names]
    keys = [name.strip() for name in args.methods.split(",") if name.strip()]
    methods = find_methods(keys, peers=args.peers, weights=args.weights, device=args.device)
    if unusable := next((method.missing for method in methods if method.missing), None):
        raise UsageError(unusable)

    rows, tiles, undefined = [], [], 0
    for index in tqdm(chosen, unit="photo", disable=None):
        name, pixels = photos[index]
        after = {method.label: method.derain(name, pixels) for method in methods}
        tiles.append([_tile(image) for image in (pixels, *after.values())] if args.sheet else [])
        after["nothing"] = pixels
        after |= {f"blur, σ {sigma}": cv2.GaussianBlur(pixels, (0, 0), sigma) for sigma in BLURS}
        photo = RainyPhoto(pixels)
        found: list[dict[str, Any]] = [
            {"photo": name, "method": label, **measure_removal(Removal(photo, derained))}
            for label, derained in after.items()
        ]
        if any(math.isnan(row[WITHOUT_REFERENCE[0].key]) for row in found):
            undefined += 1
        else:
            rows += found
    keys = [metric.key for metric in WITHOUT_REFERENCE]
    table = pd.DataFrame(rows, columns=["photo", "method", *keys])
    if args.csv:
        write_text(args.csv, table.to_csv(index=False))
    if args.sheet:
        write_atomically(Path(args.sheet), _sheet(tiles, Path(args.sheet).suffix))
    if table.empty:
        print("No photo has enough rain before a smooth background to be measured.", file=sys.stderr)
        return 1
    means = table.groupby("method", sort=False)[keys].agg(["mean", "sem"])
    print(f"{table['photo'].nunique()} photos, {undefined} without enough rain before a smooth background")
    print(f"{'':34s}" + "".join(f"{key:>16s}" for key in keys) + "   mean ± standard error")
    for method, row in means.iterrows():
        cells = [
            f"{metric.plain(row[metric.key, 'mean']):>9s} ±{metric.plain(row[metric.key, 'sem']):>5s}"
            for metric in WITHOUT_REFERENCE
        ]
        print(f"{method!s:34s}" + "".join(cells))
    return 0


def _tile(image: "np.ndarray") -> "np.ndarray":
    """(H, W, 3) -> fitted into 400×300 on grey."""
    import cv2
    import numpy as np

    factor = min(400 / image.shape[1], 300 / image.shape[0])
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    tile = np.full((308, 408, 3), 128, np.uint8)
    top, left = (308 - small.shape[0]) // 2, (408 - small.shape[1]) // 2
    tile[top : top + small.shape[0], left : left + small.shape[1]] = small
    return tile


def _sheet(tiles: "list[list[np.ndarray]]", suffix: str) -> bytes:
    """A row of tiles a photo, two photos beside each other where there are no more than three tiles."""
    import numpy as np

    from core.images import Photo
    from core.images.encode import encode_photo

    rows = [np.concatenate(row, 1) for row in tiles]
    if len(tiles[0]) <= 3 and len(rows) > 1:
        rows += [np.full_like(rows[0], 128)] * (len(rows) % 2)
        rows = [np.concatenate(pair, 1) for pair in zip(rows[::2], rows[1::2])]
    return encode_photo(Photo(np.concatenate(rows, 0)), suffix, name="The contact sheet")

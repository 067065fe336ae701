"""`python -m core dry`: what methods do to photos without rain, which must come out as they went in."""

import argparse

from core.arguments import positive_whole
from core.cli.methods_argument import add_methods, find_usable

LONGEST = 640
BLURS = (0.6, 1.0)
"""Standard deviations, pixels, of the Gaussian blurs that stand beside the methods."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `dry` with its arguments."""
    parser = subparsers.add_parser(
        "dry",
        help="what methods do to fog, snow, leaves, railings and other photos without rain",
        description="Gives methods the photos without rain of datasets/manifests/dry-photos.json and measures what "
        "comes out against what went in: PSNR (protocol rgb) and the texture lost, for each kind of photo. Blurring "
        "stands beside them. docs/dry-photos.md says how.",
        epilog="""examples:
  python -m core dry --data-root ~/data --methods ours:gs,ours:gr
  python -m core dry --data-root ~/data --weights runs/any/weights --csv dry.csv""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data-root",
        metavar="DIR",
        help="folder that those of the list lie in (default: the environment variable DERAIN_DATA)",
    )
    parser.add_argument(
        "--longest",
        metavar="PIXELS",
        type=positive_whole,
        default=LONGEST,
        help="larger photos are shrunk to this longer side (default: %(default)s)",
    )
    add_methods(parser)
    parser.add_argument("--csv", metavar="FILE", help="every photo's figures")


def run(args: argparse.Namespace) -> int:
    """Prints a table a method, and writes the CSV."""
    import math

    import cv2
    import pandas as pd
    from tqdm import tqdm

    from core.images.atomic import write_text
    from core.metrics import METRICS, measure
    from core.metrics.texture import texture_lost
    from datasets.dry import open_dry

    photos = open_dry(args.data_root)
    methods = find_usable(args)

    rows = []
    for photo in tqdm(photos, unit="photo", disable=None):
        pixels = photo.read()
        factor = args.longest / max(pixels.shape[:2])
        if factor < 1:
            pixels = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        after = {method.label: method.derain(pixels, (photo.name,)).rounded for method in methods}
        after |= {f"blur, σ {sigma}": cv2.GaussianBlur(pixels, (0, 0), sigma) for sigma in BLURS}
        for label, derained in after.items():
            lost = texture_lost(pixels, derained)
            psnr = measure("rgb", pixels, derained)["psnr"]
            rows.append((photo.kind, photo.name, label, psnr, math.nan if lost is None else lost))
    table = pd.DataFrame(rows, columns=["kind", "photo", "method", "psnr", "texture"])
    if args.csv:
        write_text(args.csv, table.to_csv(index=False))
    print(f"{len(photos)} photos without rain, in against out: PSNR, dB (protocol rgb) and texture lost")
    table["psnr"] = METRICS[0].finite(table["psnr"])
    for method, of_method in table.groupby("method", sort=False):
        print(f"{method!s:34s}{'mean':>9s}{'worst':>9s}{'texture':>9s}   worst photo")
        for kind, some in [*of_method.groupby("kind", sort=False), ("all", of_method)]:
            worst = some.loc[some["psnr"].idxmin()]
            figures = f"{some['psnr'].mean():9.2f}{worst['psnr']:9.2f}{some['texture'].mean():9.3f}"
            print(f"  {kind!s:32s}{figures}   {worst['photo']}")
    return 0

"""`python -m core real-rain`: how much rain methods take out of real photos, measured without ground truth."""

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.arguments import positive_whole
from core.cli.methods_argument import add_methods, find_usable
from core.cli.targets import check_target
from core.command_line import DONE, FAILED
from core.errors import UsageError, UserError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from core.methods import Method
    from datasets.folders import PhotoFolder

EVERY = 5
LONGEST = 960
BLURS = (0.6, 1.0, 1.5, 2.5)
"""Standard deviations, pixels, of the Gaussian blurs that stand beside the methods."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `real-rain` with its arguments."""
    parser = subparsers.add_parser(
        "real-rain",
        help="how much rain methods take out of real photos",
        description="Measures what methods do to real rainy photos: the share of the rain-like energy that they remove "
        "from smooth places, the structure that they lose at edges, a score of both, and the texture that they lose. "
        "Of clips it measures PSNR and SSIM against the still scene behind the rain. Doing nothing and blurring stand "
        "beside them. docs/real-rain.md says how.",
        epilog="""examples:
  python -m core real-rain --data photos/ --sheet sheet.jpg
  python -m core real-rain --data SIRR-Data/ --only datasets/manifests/sirr-data-held-out.txt \\
      --methods ours:gs,ours:gr,prenet:Rain1400 --peers PEERS --csv real.csv
  python -m core real-rain --clips street.mp4 parking/ --methods ours:gs,ours:gr --every 10""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", metavar="DIR", help="folder of real rainy photos")
    what.add_argument(
        "--clips",
        metavar="CLIP",
        nargs="+",
        help="video files, or folders of frames, of a camera that stands or turns: PSNR and SSIM against the temporal "
        "median (docs/clips.md)",
    )
    parser.add_argument(
        "--only", metavar="FILE", help="only the photos named in a text file, one a line, # for comments"
    )
    parser.add_argument(
        "--every", metavar="N", type=positive_whole, help=f"of --clips: only every N-th frame (default: {EVERY})"
    )
    parser.add_argument(
        "--longest",
        metavar="PIXELS",
        type=positive_whole,
        help=f"of --clips: larger frames are shrunk to this longer side (default: {LONGEST})",
    )
    add_methods(parser)
    parser.add_argument("--csv", metavar="FILE", help="every photo's figures")
    parser.add_argument("--sheet", metavar="FILE", help="contact sheet: each photo before and after by each method")


def run(args: argparse.Namespace) -> int:
    """Prints a row a method, and writes what was asked for."""
    if args.clips and args.only:
        raise UsageError("--only belongs to --data, not to --clips.")
    if args.data and (args.every or args.longest):
        raise UsageError("--every and --longest belong to --clips, not to --data.")
    for file in filter(None, (args.csv, args.sheet)):
        check_target(file)
    methods = find_usable(args)
    blurs = {f"blur, σ {sigma}": sigma for sigma in BLURS}
    if args.data:
        return _run_photos(args, methods, blurs)

    from core.cli.real_rain_clips import run_clips

    args.every, args.longest = args.every or EVERY, args.longest or LONGEST
    return run_clips(args, methods, blurs)


def _run_photos(args: argparse.Namespace, methods: "Sequence[Method]", blurs: Mapping[str, float]) -> int:
    import pandas as pd

    from core.cli.contact_sheet import contact_sheet
    from core.images.atomic import write_atomically, write_text
    from core.metrics import WITHOUT_REFERENCE

    photos, chosen = _photos(args)
    measured = _measure(photos, chosen, methods, blurs, sheet=bool(args.sheet))
    table = pd.DataFrame(measured.rows, columns=["photo", "method", *(metric.key for metric in WITHOUT_REFERENCE)])
    if args.csv:
        write_text(args.csv, table.to_csv(index=False))
    if args.sheet and measured.tiles:
        write_atomically(Path(args.sheet), contact_sheet(measured.tiles, Path(args.sheet).suffix))
    if table.empty:
        print("No photo has enough rain before a smooth background to be measured.", file=sys.stderr)
    else:
        _print_means(table, measured.undefined)
    for sentence in measured.left_out:
        print(f"left out: {sentence}", file=sys.stderr)
    return FAILED if table.empty or measured.left_out else DONE


@dataclass
class Measured:
    """What was found.

    Attributes:
        rows: photo, method and every metric without reference.
        tiles: of each photo for the contact sheet.
        undefined: photos without enough rain before a smooth background.
        left_out: a sentence for each photo that could not be read or derained.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    tiles: "list[list[np.ndarray]]" = field(default_factory=list)
    undefined: int = 0
    left_out: list[str] = field(default_factory=list)


def _photos(args: argparse.Namespace) -> "tuple[PhotoFolder, list[int]]":
    from datasets.folders import find_named, open_photos, read_names

    photos = open_photos(args.data)
    if not args.only:
        return photos, list(range(len(photos)))
    names = find_named(photos.photos, read_names(args.only), folder=args.data, where=args.only)
    return photos, [index for index, photo in enumerate(photos.photos) if photo in names]


def _measure(
    photos: "PhotoFolder",
    chosen: list[int],
    methods: "Sequence[Method]",
    blurs: Mapping[str, float],
    *,
    sheet: bool,
) -> Measured:
    """Derains every photo by every method and measures it, beside doing nothing and blurring."""
    import cv2
    from tqdm import tqdm

    from core.cli.contact_sheet import tile
    from core.metrics import WITHOUT_REFERENCE, RainyPhoto, Removal, measure_removal

    measured = Measured()
    for index in tqdm(chosen, unit="photo", disable=None):
        try:
            name, pixels = photos[index]
            after = {method.label: method.derain(pixels, (name,)).rounded for method in methods}
        except UserError as error:
            measured.left_out.append(str(error))
            continue
        if sheet:
            measured.tiles.append([tile(image) for image in (pixels, *after.values())])
        after["nothing"] = pixels
        after |= {label: cv2.GaussianBlur(pixels, (0, 0), sigma) for label, sigma in blurs.items()}
        photo = RainyPhoto(pixels)
        rows: list[dict[str, Any]] = [
            {"photo": name, "method": label, **measure_removal(Removal(photo, derained))}
            for label, derained in after.items()
        ]
        if any(math.isnan(row[WITHOUT_REFERENCE[0].key]) for row in rows):
            measured.undefined += 1
        else:
            measured.rows += rows
    return measured


def _print_means(table: "pd.DataFrame", undefined: int) -> None:
    from core.metrics import WITHOUT_REFERENCE

    keys = [metric.key for metric in WITHOUT_REFERENCE]
    means = table.groupby("method", sort=False)[keys].agg(["mean", "sem"])
    print(f"{table['photo'].nunique()} photos, {undefined} without enough rain before a smooth background")
    print(f"{'':34s}" + "".join(f"{key:>16s}" for key in keys) + "   mean ± standard error")
    for method, row in means.iterrows():
        cells = [
            f"{metric.plain(row[metric.key, 'mean']):>9s} ±{metric.plain(row[metric.key, 'sem']):>5s}"
            for metric in WITHOUT_REFERENCE
        ]
        print(f"{method!s:34s}" + "".join(cells))

"""`python -m core real-rain --clips`: methods on the frames of clips, against the still scene behind the rain."""

import argparse
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from tqdm import tqdm

from core.cli.contact_sheet import contact_sheet, tile
from core.errors import UsageError
from core.images.atomic import write_atomically, write_text
from core.methods import Method
from core.metrics.stills import measure_still, still_precision
from datasets.clips import find_stills

KEYS = ("psnr", "ssim", "texture", "mask_average_precision")


def run_clips(args: argparse.Namespace, methods: Sequence[Method], blurs: Mapping[str, float]) -> int:
    """Prints a table a clip, and writes what was asked for."""
    rows, tiles = [], []
    for clip in args.clips:
        shown: list[np.ndarray] = []
        for still in tqdm(find_stills(clip, args.every, args.longest), desc=str(clip), unit="frame", disable=None):
            name = f"{Path(clip).stem}-{still.number}"
            found = {method.label: method.derain(still.frame, (name,)) for method in methods}
            derained = {label: result.rounded for label, result in found.items()}
            masks = {label: result.mask for label, result in found.items() if result.mask is not None}
            if args.sheet and not shown:
                shown = [tile(image) for image in (still.frame, *derained.values(), still.median)]
            derained["nothing"] = still.frame
            derained |= {label: cv2.GaussianBlur(still.frame, (0, 0), sigma) for label, sigma in blurs.items()}
            for label, image in derained.items():
                figures = measure_still(still.frame, still.median, still.trusted, image)
                precision = math.nan
                if label in masks:
                    precision = still_precision(still.frame, still.median, still.trusted, masks[label])
                trusted = float(still.trusted.mean())
                rows.append((str(clip), still.number, trusted, label, *figures.values(), precision))
        if not rows or rows[-1][0] != str(clip):
            raise UsageError(f"--every {args.every} takes no frame of {clip}.")
        tiles += [shown] if shown else []
    table = pd.DataFrame(rows, columns=["clip", "frame", "trusted", "method", *KEYS])
    if args.csv:
        write_text(args.csv, table.to_csv(index=False))
    if tiles:
        write_atomically(Path(args.sheet), contact_sheet(tiles, Path(args.sheet).suffix))
    for clip, of_clip in table.groupby("clip", sort=False):
        frames = of_clip["frame"].nunique()
        print(
            f"{clip!s}: {frames} frames against the temporal median, trusted in {of_clip['trusted'].mean():.0%} of them"
        )
        print(f"{'':34s}{'PSNR, dB':>10s}{'SSIM':>9s}{'texture lost':>14s}{'mask AP':>9s}   protocol rgb")
        for method, mean in of_clip.groupby("method", sort=False)[list(KEYS)].mean().iterrows():
            of_mask = "–" if math.isnan(mean[KEYS[-1]]) else f"{mean[KEYS[-1]]:.3f}"
            print(f"{method!s:34s}{mean['psnr']:10.2f}{mean['ssim']:9.4f}{mean['texture']:14.3f}{of_mask:>9s}")
    return 0

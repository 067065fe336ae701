"""Draws validation figures against hours of training, over runs that went on from each other.

    python scripts/draw_curves.py weights/fast/curves/* -o weights/fast/training.png

Each argument is a folder with a run's validation.csv (and final.csv), in the order in which they were trained.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

PAIRS = ("light", "heavy", "crossing", "rain800")


def main() -> None:
    """Reads the arguments and draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PNG")
    args = parser.parse_args()
    rows = joined(args.runs)
    figure, axes = plt.subplots(1, 3, figsize=(14, 3.8), constrained_layout=True)
    for name in PAIRS:
        line(axes[0], rows, f"{name} psnr", name)
        line(axes[1], rows, f"{name} precision", name)
    for name, label in (("clean psnr", "G_s on clean photos"), ("gr clean psnr", "G_r on clean photos")):
        line(axes[2], rows, name, label)
    axes[0].set_title("held-out pairs: PSNR (y), dB, G_s")
    axes[1].set_title("average precision of the mask")
    axes[2].set_title("clean photos in: PSNR (rgb), dB; G_r on real rain")
    if "gr score" in rows:
        beside = axes[2].twinx()
        beside.plot(rows["hours"], rows["gr score"], "s--", color="tab:green", label="score on real photos")
        beside.set_ylabel("score")
        beside.legend(fontsize=8, loc="center right")
    for axis in axes:
        axis.set_xlabel("hours of training")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8, loc="best")
    figure.savefig(args.output, dpi=80)


def joined(runs: list[Path]) -> pd.DataFrame:
    """Validations of all runs, with hours that go on from run to run."""
    parts, hours = [], 0.0
    for run in runs:
        found = [pd.read_csv(run / f"{name}.csv") for name in ("validation", "final") if (run / f"{name}.csv").exists()]
        rows = pd.concat(found).sort_values("hours")
        parts.append(rows.assign(hours=rows["hours"] + hours))
        hours += float(rows["hours"].max())
    return pd.concat(parts, ignore_index=True)


def line(axis: "plt.Axes", rows: pd.DataFrame, column: str, label: str) -> None:
    """One figure's curve, where the runs have it."""
    if column in rows:
        known = rows.dropna(subset=[column])
        axis.plot(known["hours"], known[column], "o-", markersize=3, label=label)


if __name__ == "__main__":
    main()

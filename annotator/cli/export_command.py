"""`python -m annotator export`: the accepted crops as a data set."""

import argparse
import sys
from pathlib import Path

from annotator.cli.project_argument import add_project, opened
from core.progress import progress_bar


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `export` with its arguments."""
    parser = subparsers.add_parser(
        "export",
        help="write the accepted crops as a data set",
        description="Writes the accepted crops, cut without loss, as a Hugging Face image folder that `core train` "
        "reads too; with all events, the rejected photos, COCO boxes and a dataset card.",
        epilog="example: python -m annotator export curation/ real-rain/ --splits train=0.9,test=0.1",
    )
    add_project(parser)
    parser.add_argument("folder", metavar="OUT", type=Path, help="a new folder")
    parser.add_argument(
        "--splits", metavar="NAME=SHARE,…", type=_splits, help="(default: train=0.8,validation=0.1,test=0.1)"
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the splits (default: 0)")


def run(args: argparse.Namespace) -> int:
    """Exports and says what was written."""
    from annotator.export.splits import DEFAULT_SPLITS
    from annotator.usecases.exporting import export

    with progress_bar("photo") as show:
        report = export(opened(args), args.folder, splits=args.splits or DEFAULT_SPLITS, seed=args.seed, progress=show)
    crops = ", ".join(f"{count} {split}" for split, count in report.splits.items())
    print(
        f"{report.folder}: crops {crops}, of {report.photos} photos; {report.rejected} rejected; {report.events} events"
    )
    if report.ungrouped:
        print(
            f"{report.ungrouped} photos were never pre-screened: their near-duplicates are not known, and may lie in "
            "other splits",
            file=sys.stderr,
        )
    if report.moved:
        print(
            f"{report.moved} photos lie in another split than in the last export with this seed: the shares changed, "
            "or groups of near-duplicates",
            file=sys.stderr,
        )
    return 0


def _splits(text: str) -> dict[str, float]:
    try:
        return {name.strip(): float(share) for name, share in (part.split("=") for part in text.split(","))}
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be shares such as train=0.9,test=0.1, not {text}") from None

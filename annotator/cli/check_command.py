"""`python -m annotator check`: which originals are missing or damaged."""

import argparse
import sys

from annotator.cli.project_argument import add_project, opened
from core.progress import progress_bar


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `check` with its arguments."""
    parser = subparsers.add_parser(
        "check",
        help="tell which originals are missing or damaged",
        description="Reads every original and compares it with its sha256. Changes nothing; importing the photos again "
        "puts right what is missing or damaged.",
        epilog="example: python -m annotator check curation/",
    )
    add_project(parser)


def run(args: argparse.Namespace) -> int:
    """Checks, and gives 1 if an original is missing or damaged."""
    from annotator.usecases.originals import check_originals

    with progress_bar("photo") as show:
        report = check_originals(opened(args), show)
    print(f"{report.whole} originals whole, {len(report.missing)} missing, {len(report.damaged)} damaged")
    for what, names in (("missing", report.missing), ("damaged", report.damaged)):
        for name in names:
            print(f"{what}: {name}", file=sys.stderr)
    if report.missing or report.damaged:
        print("Import the photos again: that puts them right.", file=sys.stderr)
        return 1
    return 0

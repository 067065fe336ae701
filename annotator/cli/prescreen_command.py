"""`python -m annotator prescreen`: measures photos, finds near-duplicates, proposes crops."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from annotator.cli.project_argument import add_project, opened
from core.command_line import print_json
from core.errors import UsageError
from core.progress import progress_bar


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `prescreen` with its arguments."""
    parser = subparsers.add_parser(
        "prescreen",
        help="measure photos, find duplicates, propose crops",
        description="Measures every photo that is not measured yet, orders the queue by how likely it shows rain, "
        "flags what speaks against it, groups near-duplicates and proposes crops. It rejects nothing. Stopped and run "
        "again it goes on where it was. docs/prescreen.md tells what is measured.",
        epilog="example: python -m annotator prescreen curation/ --processes 2",
    )
    add_project(parser)
    parser.add_argument(
        "--processes", metavar="N", type=int, help="how many measure at once (default: one a processor, at most 4)"
    )
    parser.add_argument(
        "--dask",
        metavar="URL",
        help="address of a Dask scheduler, such as tcp://host:8786, whose workers measure (docs/many-machines.md)",
    )
    parser.add_argument(
        "--weights", metavar="DIR", type=Path, help="folder of the model's weights (default: weights/fast)"
    )
    parser.add_argument("--json", action="store_true", help="prints the report as JSON")


def run(args: argparse.Namespace) -> int:
    """Pre-screens the project, and gives 1 if a photo could not be measured."""
    if args.processes is not None and not 1 <= args.processes <= 64:
        raise UsageError(f"1 to 64 processes can measure, not {args.processes}.")
    if args.dask and args.processes is not None:
        raise UsageError("--processes is for this machine alone; how many a cluster has is said where it is started.")
    from annotator.prescreen.run import prescreen
    from core.inference import DEFAULT_WEIGHTS
    from core.inference.engine import load_model

    weights = args.weights or DEFAULT_WEIGHTS
    load_model(weights)  # what is wrong with them is said here, once
    project = opened(args)
    with progress_bar("photo") as show:
        report = prescreen(project, processes=args.processes, cluster=args.dask, weights=weights, progress=show)
    if args.json:
        print_json(asdict(report))
    else:
        print(
            f"{report.measured} measured, {len(report.refused)} could not be measured; groups of near-duplicates: "
            f"{report.groups}, photos beyond the first of each: {report.redundant}"
        )
    for name, sentence in report.refused:
        print(f"not measured: {name}: {sentence}", file=sys.stderr)
    return 1 if report.refused else 0

"""`python -m annotator rules`: what the project asks of photos, crops and votes."""

import argparse
from dataclasses import asdict, replace

from annotator.cli.project_argument import add_project, opened
from annotator.rules import Rules


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `rules` with its arguments."""
    parser = subparsers.add_parser(
        "rules",
        help="show or change what the project asks of photos, crops and votes",
        description="Shows the rules after changing those that are given. Decisions stay as they were made.",
        epilog="example: python -m annotator rules curation/ --crop-min-side 128 --votes 2",
    )
    add_project(parser)
    parser.add_argument("--min-side", metavar="N", type=int, help="pixels below which a photo is flagged low_res")
    parser.add_argument("--crop-min-side", metavar="N", type=int, help="fewest pixels of a crop's width and height")
    parser.add_argument("--crop-aspect", metavar="R", type=_aspect, help="width / height of every crop, or `any`")
    parser.add_argument("--votes", metavar="N", type=int, help="curators who must decide on a photo")


def run(args: argparse.Namespace) -> int:
    """Changes what is given, and prints all."""
    from annotator.usecases.rules import set_rules

    changes = {"min_side": args.min_side, "crop_min_side": args.crop_min_side, "votes_required": args.votes}
    changed = {name: value for name, value in changes.items() if value is not None}
    if args.crop_aspect is not None:
        changed["crop_aspect"] = args.crop_aspect or None
    replace(Rules(), **changed).check()  # said before a project is made for them
    project = opened(args, create=True)
    if changed:
        set_rules(project, replace(project.rules, **changed))
    for name, value in asdict(project.rules).items():
        print(f"{name}: {'any' if value is None else value}")
    return 0


def _aspect(text: str) -> float:
    """0 stands for any."""
    return 0.0 if text == "any" else float(text)

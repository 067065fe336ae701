"""`python -m annotator learn`: fits order, flags and crops on the project's own decisions."""

import argparse

from annotator.cli.project_argument import add_project, opened
from core.command_line import print_json


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `learn` with its arguments."""
    parser = subparsers.add_parser(
        "learn",
        help="order, flag and crop as the decisions so far teach",
        description="Fits order, flags and proposed crops anew on the project's own decisions, and uses each where it "
        "is better here than what ships (cross-validated). The screen does the same every 25 decisions.",
        epilog="example: python -m annotator learn curation/",
    )
    add_project(parser)
    parser.add_argument("--shipped", action="store_true", help="takes back what was learnt: the shipped order holds")
    parser.add_argument("--json", action="store_true", help="prints what was learnt as JSON")


def run(args: argparse.Namespace) -> int:
    """Learns, or forgets, and says what came of it."""
    from annotator.prescreen.own_decisions import forget, learn_from_decisions, summary

    project = opened(args)
    if args.shipped:
        forget(project)
        learnt = None
    else:
        learnt = learn_from_decisions(project)
    if args.json:
        print_json(None if learnt is None else learnt.as_json())
        return 0
    print("the shipped order is used" if learnt is None else summary(learnt))
    if learnt is not None:
        if learnt.flags:
            print(f"flags learnt: {', '.join(learnt.flags)}")
        if learnt.hidden:
            print(f"flags no longer shown, since they were wrong too often: {', '.join(learnt.hidden)}")
        if learnt.crop_hits is not None and learnt.shipped_crop_hits is not None:
            used = "learnt" if learnt.crops is not None else "shipped"
            print(
                f"proposed crops: {used} (a curator's crop among them {learnt.crop_hits:.0%}, "
                f"of the shipped ones {learnt.shipped_crop_hits:.0%})"
            )
    return 0

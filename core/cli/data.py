"""`python -m core data`: which data sets of the catalogue are at hand, and what each lacks."""

import argparse
from typing import Any

from core.command_line import print_json
from datasets.catalogue import CATALOGUE
from datasets.errors import DatasetError


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `data` with its arguments."""
    parser = subparsers.add_parser(
        "data",
        help="which data sets are at hand, and what each lacks",
        description="Looks for every data set that has a name, and says in a sentence what was found and what is "
        "missing. Nothing is downloaded, and no photo is read. docs/datasets.md lists names and layouts.",
        epilog="""examples:
  python -m core data --data-root ~/data
  DERAIN_DATA=~/data python -m core data Rain100L Rain100H""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"only these sets: {', '.join(CATALOGUE)}")
    parser.add_argument(
        "--data-root", metavar="DIR", help="folder that the sets lie in (default: the environment variable DERAIN_DATA)"
    )
    parser.add_argument("--json", action="store_true", help="prints a list of objects in place of the sentences")


def run(args: argparse.Namespace) -> int:
    """Prints a sentence a set, those found first. A set asked for by name that is not usable makes the command fail."""
    from datasets.named import data_root, open_set

    root = data_root(args.data_root)
    found: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for name in args.names or CATALOGUE:
        try:
            opened = open_set(name, root)
        except DatasetError as error:
            missing.append({"name": name, "found": False, "sentence": str(error)})
        else:
            folder = str(opened.folder)
            count = len(opened.photos)
            found.append(
                {
                    "name": opened.entry.name,
                    "found": True,
                    "whole": opened.whole,
                    "folder": folder,
                    "count": count,
                    "sentence": opened.sentence,
                }
            )
    if args.json:
        print_json(found + missing)
    else:
        print(*(entry["sentence"] for entry in found + missing), sep="\n")
    return 1 if args.names and missing else 0

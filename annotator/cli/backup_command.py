"""`python -m annotator backup`: the database, or everything, into one file."""

import argparse
import sys
from pathlib import Path

from annotator.cli.project_argument import add_project, opened


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `backup` with its arguments."""
    parser = subparsers.add_parser(
        "backup",
        help="write the database, or everything, into one file",
        description="Writes the database (as a SQLite file, PostgreSQL's too; in a zip if FILE is called so) while "
        "others go on working; with --photos the originals too, in a zip.",
        epilog="example: python -m annotator backup curation/ -o monday.zip --photos",
    )
    add_project(parser)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="(default: a new one in PROJECT/backups)")
    parser.add_argument("--photos", action="store_true", help="the originals too")


def run(args: argparse.Namespace) -> int:
    """Backs up and says where; gives 1 if an original is missing from it."""
    from annotator.usecases.backups import back_up_project

    backup = back_up_project(opened(args), args.output, photos=args.photos)
    print(backup.file)
    for name in backup.lacking:
        print(f"not in it, as the original is missing or damaged: {name}", file=sys.stderr)
    return 1 if backup.lacking else 0

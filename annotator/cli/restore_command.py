"""`python -m annotator restore`: bring a backup back."""

import argparse
from pathlib import Path

from annotator.cli.project_argument import add_project, opened


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `restore` with its arguments."""
    parser = subparsers.add_parser(
        "restore",
        help="bring a backup back",
        description="Puts a backup's content in the place of the project's, which is first backed up to "
        "PROJECT/backups. Into a new folder or database it makes the project anew.",
        epilog="example: python -m annotator restore curation/ monday.zip",
    )
    add_project(parser)
    parser.add_argument("backup", metavar="FILE", type=Path, help="what `backup` wrote")


def run(args: argparse.Namespace) -> int:
    """Restores and says what is missing."""
    from annotator.usecases.backups import check_backup, restore_project

    check_backup(args.backup)  # said before a project is made for it
    missing = restore_project(opened(args, create=True), args.backup)
    print("restored" + (f"; {missing} originals are missing: import the photos again" if missing else ""))
    return 0

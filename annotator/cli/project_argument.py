"""The arguments that say which project a command works on."""

import argparse
import os
from pathlib import Path

from annotator.project import Project, open_project

DATABASE_VARIABLE = "ANNOTATOR_DATABASE"


def add_project(parser: argparse.ArgumentParser) -> None:
    """Adds PROJECT and --database."""
    parser.add_argument("project", metavar="PROJECT", type=Path, help="the project's folder")
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get(DATABASE_VARIABLE),
        help=f"postgresql://… (default: ${DATABASE_VARIABLE}, else SQLite in the project's folder)",
    )


def opened(args: argparse.Namespace, *, create: bool = False) -> Project:
    """The project that the arguments name (annotator.errors.AnnotatorError where it cannot be opened)."""
    return open_project(args.project, args.database, create=create)

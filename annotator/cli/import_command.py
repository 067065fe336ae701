"""`python -m annotator import`: photos become candidates."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from annotator.cli.project_argument import add_project, opened
from core.command_line import print_json
from core.progress import progress_bar

MOST_NAMES = 10
"""So many of the names that are left over are printed; `--json` has them all."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `import` with its arguments."""
    parser = subparsers.add_parser(
        "import",
        help="take photos in",
        description="Takes photos in; makes the project where there is none. Can be run again at any time: what is "
        "known already, byte for byte, is not taken twice.",
        epilog="""examples:
  python -m annotator import curation/ photos/ more.zip 'holiday [2024]/*.jpg'
  python -m annotator import curation/ urls.csv              # columns: url, page, author, licence, query
  python -m annotator import curation/ photos/ --csv where-from.csv
  python -m annotator import curation/ https://example.org/rain.jpg""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_project(parser)
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        help="folder, zip, photo, pattern, URL, .txt (a path or URL a line), .csv",
    )
    parser.add_argument("--csv", metavar="FILE", type=Path, help="table of page, author, licence … by name or url")
    parser.add_argument("--json", action="store_true", help="prints the report as JSON")


def run(args: argparse.Namespace) -> int:
    """Imports every source, and gives 1 if a photo was refused."""
    from annotator.sources.every import Origin, check_sources
    from annotator.sources.fetching import fetch_photo
    from annotator.sources.table import is_url, read_table
    from annotator.usecases.importing import import_photos

    sources: list[Origin] = [[source] if is_url(source) else Path(source) for source in args.sources]
    check_sources(sources, fetch_photo)  # what is wrong with all of them is said before a project is made for them
    if args.csv is not None:
        read_table(args.csv)
    with progress_bar("photo") as show:
        report = import_photos(
            opened(args, create=True), *sources, csv=args.csv, progress=lambda done, name: show(done, None)
        )
    if args.json:
        print_json(asdict(report))
    else:
        print(f"{report.taken} taken, {report.known} known already, {len(report.refused)} refused")
        if report.mended:
            print(f"originals that were missing or damaged and are whole again: {report.mended}")
    for _, sentence in report.refused:
        print(f"refused: {sentence}", file=sys.stderr)
    _tell_left(report.rows_left, "rows of the table belong to no photo")
    _tell_left(report.photos_left, "photos have no row in the table")
    return 1 if report.refused else 0


def _tell_left(names: tuple[str, ...], what: str) -> None:
    if names:
        shown = ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
        print(f"{len(names)} {what}: {shown}", file=sys.stderr)

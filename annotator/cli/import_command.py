"""`python -m annotator import`: photos become candidates."""

import argparse
import sys
from pathlib import Path

from annotator.cli.project_argument import add_project, opened
from core.command_line import print_json


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `import` with its arguments."""
    parser = subparsers.add_parser(
        "import",
        help="take photos in",
        description="Takes photos in; makes the project where there is none. Can be run again at any time: what is "
        "known already, byte for byte, is not taken twice.",
        epilog="""examples:
  python -m annotator import curation/ photos/ more.zip
  python -m annotator import curation/ urls.csv              # columns: url, page, author, licence, query
  python -m annotator import curation/ photos/ --csv where-from.csv
  python -m annotator import curation/ https://example.org/rain.jpg""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_project(parser)
    parser.add_argument(
        "sources", metavar="SOURCE", nargs="+", help="folder, zip, photo, URL, .txt (a path or URL a line), .csv"
    )
    parser.add_argument("--csv", metavar="FILE", type=Path, help="table of page, author, licence … by name or url")
    parser.add_argument("--json", action="store_true", help="prints the report as JSON")


def run(args: argparse.Namespace) -> int:
    """Imports every source, and gives 1 if a photo was refused."""
    from tqdm import tqdm

    from annotator.sources.table import is_url
    from annotator.usecases.importing import import_photos

    taken = known = mended = 0
    refused: list[tuple[str, str]] = []
    project = opened(args, create=True)
    with tqdm(unit="photo", disable=None, leave=False) as bar:
        for source in args.sources:
            report = import_photos(
                project,
                [source] if is_url(source) else Path(source),
                csv=args.csv,
                progress=lambda done, name: bar.update(),
            )
            taken, known, mended = taken + report.taken, known + report.known, mended + report.mended
            refused.extend(report.refused)
    if args.json:
        found = {"taken": taken, "known": known, "mended": mended, "refused": refused}
        print_json(found)
    else:
        print(f"{taken} taken, {known} known already, {len(refused)} refused")
        if mended:
            print(f"originals that were missing or damaged and are whole again: {mended}")
    for _, sentence in refused:
        print(f"refused: {sentence}", file=sys.stderr)
    return 1 if refused else 0

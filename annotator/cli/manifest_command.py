"""`python -m annotator manifest`: decisions without pixels, written or applied."""

import argparse
import sys
from pathlib import Path

from annotator.cli.project_argument import add_project, opened


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `manifest` with its arguments."""
    parser = subparsers.add_parser(
        "manifest",
        help="write decisions without pixels, or apply them to photos",
        description="Writes the decisions that hold now as JSON lines (sha256, crops, reasons, notes; no pixels), or, "
        "with --apply, imports the photos that such a file names and decides as it says.",
        epilog="""examples:
  python -m annotator manifest curation/ decisions.jsonl
  python -m annotator manifest curation/ decisions.jsonl --apply photos/""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_project(parser)
    parser.add_argument("manifest", metavar="FILE", type=Path, help="the JSON lines")
    parser.add_argument(
        "--apply", metavar="PHOTOS", type=Path, help="folder of the originals; makes the project if needed"
    )
    parser.add_argument("--curator", metavar="NAME", default="manifest", help="who decides, with --apply (manifest)")


def run(args: argparse.Namespace) -> int:
    """Writes or applies; gives 1 if a line could not be applied."""
    from annotator.usecases.manifest import apply_manifest, read_manifest, write_manifest
    from datasets.folders import list_photos

    if args.apply is None:
        print(f"{write_manifest(opened(args), args.manifest)} decisions written")
        return 0
    read_manifest(args.manifest)  # what is wrong with it or the folder is said before a project is made for them
    list_photos(args.apply)
    report = apply_manifest(opened(args, create=True), args.manifest, args.apply, curator=args.curator)
    print(f"{report.applied} applied, {report.known} known already, {len(report.refused)} refused")
    for _, sentence in report.refused:
        print(f"refused: {sentence}", file=sys.stderr)
    return 1 if report.refused else 0

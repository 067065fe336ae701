"""`python -m annotator reasons`: what photos can be rejected for."""

import argparse

from annotator.cli.project_argument import add_project, opened
from core.errors import UsageError


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `reasons` with its arguments."""
    parser = subparsers.add_parser(
        "reasons",
        help="show, add or retire what photos can be rejected for",
        description="Shows the reasons after adding, retiring or bringing back one. This can be done while curators "
        "work: their page asks them to load it again. Decisions keep the reasons that they were made with.",
        epilog="""examples:
  python -m annotator reasons curation/
  python -m annotator reasons curation/ --add fence "fences and grids"
  python -m annotator reasons curation/ --add fence "fences and grids" --key E
  python -m annotator reasons curation/ --retire spray""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_project(parser)
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--add", metavar=("CODE", "LABEL"), nargs=2, help="its name in files, and on the screen")
    change.add_argument("--retire", metavar="CODE", help="takes it out of use")
    change.add_argument("--bring-back", metavar="CODE", help="takes a retired one into use again")
    parser.add_argument("--key", metavar="KEY", help="of the added one, such as E or = (default: the first free one)")


def run(args: argparse.Namespace) -> int:
    """Changes what is given, and prints all."""
    from annotator.usecases import vocabulary

    if args.key is not None and args.add is None:
        raise UsageError("--key goes with --add.")
    project = opened(args)
    if args.add is not None:
        code, label = args.add
        vocabulary.add_reason(project, code, label, None if args.key is None else vocabulary.key_called(args.key))
    elif args.retire is not None:
        vocabulary.retire_reason(project, args.retire)
    elif args.bring_back is not None:
        vocabulary.bring_reason_back(project, args.bring_back)
    for reason in vocabulary.all_reasons(project):
        key = vocabulary.key_name(reason.key) if reason.active else "retired"
        print(f"{key:<8}{reason.code:<16}{reason.candidates:>6}  {reason.label}")
    return 0

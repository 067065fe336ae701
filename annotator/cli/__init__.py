"""The command line: finds the subcommand, runs it, and turns what goes wrong into one sentence and an exit code."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from core.errors import UsageError, UserError

COMMANDS = {
    "import": "take photos in: a folder, a zip, lists of paths or URLs",
    "prescreen": "measure photos, find duplicates, propose crops",
    "serve": "open the screen on which a curator decides",
    "rules": "show or change what the project asks of photos, crops and votes",
    "stats": "progress, rate, reasons, curators and their agreement",
    "export": "write the accepted crops as a data set",
    "manifest": "write decisions without pixels, or apply them to photos",
    "backup": "write the database, or everything, into one file",
    "restore": "bring a backup back",
    "check": "tell which originals are missing or damaged",
    "benchmark": "measure speed and safety",
}
"""Subcommand -> summary for `--help`. `annotator/cli/NAME_command.py` has `add_parser(subparsers)` and `run(args)`."""

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of `python -m annotator`. Only the module of `command` is imported: `--help` answers at once."""
    parser = argparse.ArgumentParser(
        prog="python -m annotator",
        description="Turns a pile of photos into a set of real rain.",
        epilog="example: python -m annotator import curation/ photos/    (COMMAND --help tells more)",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        if name == command:
            module(name).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=summary, add_help=False)
    return parser


def module(command: str):  # type: ignore[no-untyped-def]
    """The module of a subcommand."""
    return importlib.import_module(f"annotator.cli.{command}_command")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and give its exit code: 0 done, 1 failed, 2 wrong use."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = arguments[0] if arguments and arguments[0] in COMMANDS else None
    try:
        args = build_parser(command).parse_args(arguments)
        return int(module(args.command).run(args))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else DONE if stop.code is None else FAILED
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except UsageError as error:
        return _say(str(error), WRONG_USE)
    except UserError as error:
        return _say(str(error), FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        if error.filename is None:
            raise
        return _say(f"{error.filename}: {error.strerror}", FAILED)


def _say(sentence: str, code: int) -> int:
    print(f"error: {sentence}" if code != INTERRUPTED else sentence, file=sys.stderr)
    return code

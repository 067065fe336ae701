"""The command line: finds the subcommand, runs it, and turns what goes wrong into one sentence and an exit code."""

import argparse
import importlib
import os
import shlex
import sys
from collections.abc import Sequence
from types import ModuleType

from core.errors import UsageError, UserError

COMMANDS = {
    "derain": "take the rain out of photos",
    "evaluate": "PSNR and SSIM of a model over pairs of rainy and clean photos",
    "compare": "our model beside DDN, PReNet and SIRR, as pictures and as figures",
    "real-rain": "how much rain methods take out of real photos, without ground truth",
    "train": "train a model",
    "validate": "a config's validation figures of any weights",
    "ablate": "train a table of variants with several seeds",
    "data": "which data sets are at hand",
    "benchmark": "speed and memory of our model and of its peers",
}
"""Subcommand -> summary for `--help`. `core/cli/NAME.py` (with _ for -) gives `add_parser(subparsers)` and
`run(args) -> int`; besides its own arguments `args` holds `command_line`, the command as it was given."""

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of `python -m core`. Only the module of `command` is imported, so that `--help` answers at once."""
    parser = argparse.ArgumentParser(
        prog="python -m core",
        description="Takes rain out of single photos.",
        epilog="example: python -m core derain photo.jpg -o derained/    (python -m core COMMAND --help tells more)",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        if name == command:
            _module(name).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=summary, add_help=False)
    return parser


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"core.cli.{command.replace('-', '_')}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and give its exit code: 0 done, 1 failed, 2 wrong use."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = arguments[0] if arguments and arguments[0] in COMMANDS else None
    try:
        args = build_parser(command).parse_args(arguments)
        args.command_line = shlex.join(["python", "-m", "core", *arguments])
        return _module(args.command).run(args)
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

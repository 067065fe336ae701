"""What the programs' command lines do alike: find the subcommand, run it, print, and end in a sentence and a code."""

import argparse
import codecs
import importlib
import io
import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from core.errors import UsageError, UserError

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130

_PLAINER = {"−": "-", "–": "-", "‑": "-", "…": "...", "×": "x", "±": "+-", "’": "'", "“": '"', "”": '"', "→": "->"}


@dataclass(frozen=True)
class Program:
    """A program of subcommands, such as `python -m core`."""

    name: str
    """What is typed: "python -m core"."""
    description: str
    example: str
    commands: Mapping[str, str]
    """Subcommand -> summary for `--help`."""
    modules: str
    """The module of a subcommand, whose name (with _ for -) stands for {}: it has `add_parser(subparsers)` and
    `run(args) -> int`; besides its own arguments `args` holds `command_line`, the command as it was given."""

    def build_parser(self, command: str | None = None) -> argparse.ArgumentParser:
        """The program's parser. Only the module of `command` is imported, so that `--help` answers at once."""
        parser = argparse.ArgumentParser(
            prog=self.name,
            description=self.description,
            epilog=f"example: {self.example}    ({self.name} COMMAND --help tells more)",
        )
        subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
        for name, summary in self.commands.items():
            if name == command:
                self._module(name).add_parser(subparsers)
            else:
                subparsers.add_parser(name, help=summary, add_help=False)
        return parser

    def main(self, argv: Sequence[str] | None = None) -> int:
        """Run one command line (without the program's name) and give its exit code: 0 done, 1 failed, 2 wrong use."""
        let_any_text_be_printed()
        arguments = list(sys.argv[1:] if argv is None else argv)
        try:
            code = self._run(arguments)
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
            return code
        except SystemExit as stop:
            return stop.code if isinstance(stop.code, int) else DONE if stop.code is None else FAILED
        except KeyboardInterrupt:
            return _say("interrupted", INTERRUPTED)
        except UsageError as error:
            return _say(f"error: {error}", WRONG_USE)
        except UserError as error:
            return _say(f"error: {error}", FAILED)
        except BrokenPipeError:
            _print_no_more()
            return FAILED
        except OSError as error:
            if error.strerror is None:
                raise
            if error.filename is not None:
                return _say(f"error: {error.filename}: {error.strerror}", FAILED)
            _print_no_more()
            return _say(f"error: {error.strerror}", FAILED)

    def _run(self, arguments: list[str]) -> int:
        command = arguments[0] if arguments and arguments[0] in self.commands else None
        args = self.build_parser(command).parse_args(arguments)
        args.command_line = shlex.join([*self.name.split(), *arguments])
        return int(self._module(args.command).run(args))

    def _module(self, command: str) -> ModuleType:
        return importlib.import_module(self.modules.format(command.replace("-", "_")))


def let_any_text_be_printed() -> None:
    """From here on nothing that is printed ends the run, whatever a file is called and whatever a terminal can show.

    Signs that a terminal lacks are shown by plainer ones ("-" for "−"), all others and the bytes of a name that is not
    UTF-8 by escapes such as \\udcff.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plainer")


def print_json(value: Any) -> None:
    """Prints JSON, indented; what standard output's encoding lacks is escaped as JSON does it."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2, allow_nan=False)
    print(text)


def _plainer(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    sign = error.object[error.start]
    if sign in _PLAINER:
        return _PLAINER[sign], error.start + 1
    one = UnicodeEncodeError(error.encoding, error.object, error.start, error.start + 1, error.reason)
    return codecs.backslashreplace_errors(one)


codecs.register_error("plainer", _plainer)


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def _print_no_more() -> None:
    """Standard output leads nowhere from here on, so that what waits to be written to it fails no second time."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

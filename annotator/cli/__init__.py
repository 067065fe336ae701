"""The command line `python -m annotator`: which commands there are. `annotator/cli/NAME_command.py` holds each."""

from core.command_line import Program

COMMANDS = {
    "import": "take photos in: a folder, a zip, lists of paths or URLs",
    "prescreen": "measure photos, find duplicates, propose crops",
    "learn": "order, flag and crop as the decisions so far teach",
    "serve": "open the screen on which a curator decides",
    "rules": "show or change what the project asks of photos, crops and votes",
    "reasons": "show, add or retire what photos can be rejected for",
    "stats": "progress, rate, reasons, curators and their agreement",
    "export": "write the accepted crops as a data set",
    "manifest": "write decisions without pixels, or apply them to photos",
    "backup": "write the database, or everything, into one file",
    "restore": "bring a backup back",
    "check": "tell which originals are missing or damaged",
    "benchmark": "measure speed and safety",
}
"""Subcommand -> summary for `--help`."""

_PROGRAM = Program(
    name="python -m annotator",
    description="Turns a pile of photos into a set of real rain.",
    example="python -m annotator import curation/ photos/",
    commands=COMMANDS,
    modules="annotator.cli.{}_command",
)
build_parser, main = _PROGRAM.build_parser, _PROGRAM.main

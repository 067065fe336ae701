"""`python -m annotator stats`: progress, rate, reasons, curators and their agreement."""

import argparse
import json

from annotator.cli.project_argument import add_project, opened
from core.command_line import print_json


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `stats` with its arguments."""
    parser = subparsers.add_parser(
        "stats",
        help="progress, rate, reasons, curators and their agreement",
        description="Shows how far the curation is: candidates by state, decisions a minute of every sitting, reasons, "
        "curators, and Cohen's kappa of every two curators.",
        epilog="example: python -m annotator stats curation/",
    )
    add_project(parser)
    parser.add_argument("--json", action="store_true", help="prints the tables as JSON")


def run(args: argparse.Namespace) -> int:
    """Prints the tables."""
    from annotator.usecases.statistics import statistics

    tables = statistics(opened(args))
    if args.json:
        records = {
            name: json.loads(table.to_json(orient="records", date_format="iso")) for name, table in tables.items()
        }
        print_json(records)
        return 0
    for name, table in tables.items():
        for time in table.select_dtypes("datetimetz"):
            table[time] = table[time].dt.strftime("%Y-%m-%d %H:%M:%S")
        shown = table.to_string(index=False, float_format="{:.2f}".format, na_rep="–")
        print(f"{name}{' (times in UTC)' if name == 'rate' else ''}\n{shown if len(table) else '(nothing yet)'}\n")
    return 0

"""A table twice: parquet, which is exact, for programs; CSV for spreadsheets."""

import csv
import json
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

INSTANT = pa.timestamp("us", tz="UTC")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How a cell begins that a spreadsheet may run; and one that would be taken for it once `'` stands before it."""


def write_both(table: pa.Table, stem: Path) -> None:
    """Writes STEM.parquet, and STEM.csv for spreadsheets: lists as JSON, and `'` before a text that would be a formula.

    Without that one `'`, a cell of the form `'*[=+-@…]` is the text as it was. OSError where writing fails.
    """
    pq.write_table(table, stem.with_suffix(".parquet"))
    frame: pd.DataFrame = table.to_pandas()
    for field in table.schema:
        values = table.column(field.name).to_pylist()
        if pa.types.is_list(field.type):
            frame[field.name] = [json.dumps(value, ensure_ascii=False) for value in values]
        elif pa.types.is_string(field.type):
            frame[field.name] = [f"'{value}" if value and _FORMULA.match(value) else value for value in values]
    # The csv module leaves a lone carriage return unquoted, which ends the line for whoever reads it.
    frame.to_csv(stem.with_suffix(".csv"), index=False, quoting=csv.QUOTE_NONNUMERIC)

"""`metadata.jsonl` in each split: an image folder as Hugging Face's library and ours read it."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from annotator.export.content import Content
from annotator.export.crops import MEASUREMENTS


def write(content: Content, folder: Path) -> None:
    """A line a crop. A measurement is left out of all splits where one has no value of it at all.

    Hugging Face's library guesses a column's type from each split's values, and refuses splits that differ.
    """
    lacking = [name for name in MEASUREMENTS if not _everywhere(name, content.crops.values())]
    for split, records in content.crops.items():
        kept = ({key: value for key, value in record.items() if key not in lacking} for record in records)
        lines = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in kept)
        (folder / split / "metadata.jsonl").write_text(lines, encoding="utf-8")


def _everywhere(name: str, splits: Collection[Sequence[dict[str, Any]]]) -> bool:
    return all(any(record[name] is not None for record in records) for records in splits)

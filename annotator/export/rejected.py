"""`rejected.parquet` and `.csv`: every photo that is rejected now, with the reasons."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from annotator.candidate import CandidateView
from annotator.export.content import Content
from annotator.export.tables import INSTANT, write_both

REJECTED = pa.schema(
    [
        *((name, pa.string()) for name in ("sha256", "name", "url", "page", "author", "licence")),
        ("reasons", pa.list_(pa.string())),
        ("note", pa.string()),
        ("curator", pa.string()),
        ("decided_at", INSTANT),
    ]
)
"""Every photo that is rejected now, with the reasons."""


def write(content: Content, folder: Path) -> None:
    """Writes the rejected photos."""
    write_both(rejected_table(content.views), folder / "rejected")


def rejected_table(views: Sequence[CandidateView]) -> pa.Table:
    """The rejected among these candidates, as REJECTED says."""
    records = [
        {
            "sha256": view.sha256,
            "name": view.name,
            "url": view.source.url,
            "page": view.source.page,
            "author": view.source.author,
            "licence": view.source.licence,
            "reasons": list(view.decision.reasons),
            "note": view.decision.note,
            "curator": view.decision.curator,
            "decided_at": view.decision.decided_at,
        }
        for view in views
        if view.decision is not None and view.decision.verdict == "reject"
    ]
    return pa.Table.from_pylist(records, REJECTED)

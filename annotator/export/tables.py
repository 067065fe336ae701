"""Events and rejections as tables, for parquet and CSV."""

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from annotator.database.models import Candidate, CropRow, Curator, DecisionEvent, DecisionReason, Image
from annotator.usecases.candidates import CandidateView

_CROP = pa.struct([("x", pa.int64()), ("y", pa.int64()), ("w", pa.int64()), ("h", pa.int64())])
_INSTANT = pa.timestamp("us", tz="UTC")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How a cell begins that a spreadsheet may run; and one that would be taken for it once `'` stands before it."""

EVENTS = pa.schema(
    [
        ("uuid", pa.string()),
        ("sha256", pa.string()),
        ("candidate", pa.int64()),
        ("curator", pa.string()),
        ("kind", pa.string()),
        ("verdict", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("crops", pa.list_(_CROP)),
        ("note", pa.string()),
        ("supersedes", pa.string()),
        ("base_version", pa.int64()),
        ("shown_at", _INSTANT),
        ("decided_at", _INSTANT),
    ]
)
"""Every event, in the order in which it was written; `supersedes` is the other event's uuid."""

REJECTED = pa.schema(
    [
        *((name, pa.string()) for name in ("sha256", "name", "url", "page", "author", "licence")),
        ("reasons", pa.list_(pa.string())),
        ("note", pa.string()),
        ("curator", pa.string()),
        ("decided_at", _INSTANT),
    ]
)
"""Every photo that is rejected now, with the reasons."""


def events_table(session: Session) -> pa.Table:
    """All events, as EVENTS says."""
    other = aliased(DecisionEvent)
    reasons: dict[int, list[str]] = {}
    for event, code in session.execute(
        select(DecisionReason.event_id, DecisionReason.code).order_by(DecisionReason.event_id, DecisionReason.position)
    ):
        reasons.setdefault(event, []).append(code)
    crops: dict[int, list[dict[str, int]]] = {}
    for row in session.execute(
        select(CropRow.event_id, CropRow.x, CropRow.y, CropRow.w, CropRow.h).order_by(
            CropRow.event_id, CropRow.position
        )
    ):
        crops.setdefault(row.event_id, []).append({"x": row.x, "y": row.y, "w": row.w, "h": row.h})
    rows = session.execute(
        select(
            DecisionEvent.id,
            DecisionEvent.uuid,
            Image.sha256,
            DecisionEvent.candidate_id.label("candidate"),
            Curator.handle.label("curator"),
            DecisionEvent.kind,
            DecisionEvent.verdict,
            DecisionEvent.note,
            other.uuid.label("supersedes"),
            DecisionEvent.base_version,
            DecisionEvent.shown_at,
            DecisionEvent.decided_at,
        )
        .join(Curator, Curator.id == DecisionEvent.curator_id)
        .join(Candidate, Candidate.id == DecisionEvent.candidate_id)
        .join(Image, Image.id == Candidate.image_id)
        .outerjoin(other, other.id == DecisionEvent.supersedes)
        .order_by(DecisionEvent.id)
    )
    records = [{**row._mapping, "reasons": reasons.get(row.id, []), "crops": crops.get(row.id, [])} for row in rows]
    return pa.Table.from_pylist([{name: record[name] for name in EVENTS.names} for record in records], EVENTS)


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

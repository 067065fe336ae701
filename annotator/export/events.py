"""`events.parquet` and `.csv`: every event, as it was written."""

from pathlib import Path

import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from annotator.database.models import Candidate, CropRow, Curator, DecisionEvent, DecisionReason, Image
from annotator.export.content import Content
from annotator.export.tables import INSTANT, write_both

_CROP = pa.struct([("x", pa.int64()), ("y", pa.int64()), ("w", pa.int64()), ("h", pa.int64())])

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
        ("shown_at", INSTANT),
        ("decided_at", INSTANT),
        ("batch", pa.string()),
    ]
)
"""Every event, in the order in which it was written; `supersedes` is the other event's uuid."""


def write(content: Content, folder: Path) -> None:
    """Writes the events."""
    write_both(content.events, folder / "events")


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
            DecisionEvent.batch,
        )
        .join(Curator, Curator.id == DecisionEvent.curator_id)
        .join(Candidate, Candidate.id == DecisionEvent.candidate_id)
        .join(Image, Image.id == Candidate.image_id)
        .outerjoin(other, other.id == DecisionEvent.supersedes)
        .order_by(DecisionEvent.id)
    )
    records = [{**row._mapping, "reasons": reasons.get(row.id, []), "crops": crops.get(row.id, [])} for row in rows]
    return pa.Table.from_pylist([{name: record[name] for name in EVENTS.names} for record in records], EVENTS)

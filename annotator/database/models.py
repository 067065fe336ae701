"""The tables. Decisions are events that the database itself refuses to change; what holds can be rebuilt from them."""

from datetime import datetime, timezone
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STATES = ("pending", "accepted", "rejected", "skipped", "disputed")
"""What a candidate can be. Disputed: the votes differ, and a review has to settle it."""

KINDS = ("decide", "undo", "review")
VERDICTS = ("accept", "reject", "skip")


class UtcTime(TypeDecorator[datetime]):
    """An instant, aware, in UTC; SQLite, which knows no zones, stores it as UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcTime}


class ProjectRow(Base):
    """The one row of the project's rules (annotator.rules.Rules)."""

    __tablename__ = "project"
    __table_args__ = (CheckConstraint("id = 1", name="single"), CheckConstraint("votes_required >= 1", name="votes"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    min_side: Mapped[int]
    crop_min_side: Mapped[int]
    crop_aspect: Mapped[float | None]
    votes_required: Mapped[int]
    created_at: Mapped[datetime]


class Image(Base):
    """An original, kept unaltered as `blobs/ab/<sha256>`; width and height as seen upright."""

    __tablename__ = "image"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0 AND bytes > 0", name="size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    bytes: Mapped[int]
    mime: Mapped[str] = mapped_column(String(32))
    width: Mapped[int]
    height: Mapped[int]
    orientation: Mapped[int]
    """EXIF's, 1…8, as the file says."""
    added_at: Mapped[datetime]
    measured_version: Mapped[str | None] = mapped_column(String(64), index=True)
    """Version of the pre-screening whose measurements are stored; None before any."""


class ImageHash(Base):
    """A perceptual hash of an image; kinds are the pre-screening's own names, values are hexadecimal."""

    __tablename__ = "image_hash"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Source(Base):
    """Where an image came from; one image may have several sources."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    """The file's name, with `/` from the imported folder or archive on."""
    url: Mapped[str] = mapped_column(Text, default="")
    page: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(Text, default="")
    licence: Mapped[str] = mapped_column(Text, default="")
    query: Mapped[str] = mapped_column(Text, default="")
    fetched_at: Mapped[datetime]


class Candidate(Base):
    """An image that waits for, or has, a decision. `version` is the number of its events."""

    __tablename__ = "candidate"
    __table_args__ = (one_of("state", STATES), Index("ix_candidate_queue", "state", text("priority DESC"), "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="pending")
    priority: Mapped[float] = mapped_column(default=0.0)
    duplicate_group: Mapped[str | None] = mapped_column(String(64), index=True)
    version: Mapped[int] = mapped_column(default=0)


class Reason(Base):
    """Why a candidate is rejected; retired (not active) reasons stay for the decisions that have them."""

    __tablename__ = "reason"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(8))
    """The key that rejects with it, as `KeyboardEvent.code` names it, such as "Digit1"."""
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Curator(Base):
    """A person who decides. Sittings are read from the events' times (annotator.usecases.statistics)."""

    __tablename__ = "curator"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime]


class DecisionEvent(Base):
    """Something a curator did to a candidate. Never updated or deleted: the migrations' triggers see to it."""

    __tablename__ = "decision_event"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint(
            "(kind = 'undo') = (verdict IS NULL) AND (verdict IS NULL OR verdict IN ('accept', 'reject', 'skip'))",
            name="verdict_fits",
        ),
        CheckConstraint("kind <> 'undo' OR supersedes IS NOT NULL", name="undo_names_event"),
        UniqueConstraint("candidate_id", "base_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    curator_id: Mapped[int] = mapped_column(ForeignKey("curator.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("decision_event.id"))
    """The event that this one takes the place of, or takes back."""
    base_version: Mapped[int]
    """The candidate's version that the curator saw; the event makes it one more."""
    shown_at: Mapped[datetime | None]
    decided_at: Mapped[datetime]
    batch: Mapped[str | None] = mapped_column(String(36), index=True)
    """What the decisions that were made at once, on several photos, have in common."""


class DecisionReason(Base):
    """A reason of a rejection, in the order in which they were given."""

    __tablename__ = "decision_reason"

    event_id: Mapped[int] = mapped_column(ForeignKey("decision_event.id"), primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("reason.code"), primary_key=True)
    position: Mapped[int]


class CropRow(Base):
    """A crop of an acceptance: half-open rectangle in upright original pixels, inside the image."""

    __tablename__ = "crop"
    __table_args__ = (CheckConstraint("x >= 0 AND y >= 0 AND w > 0 AND h > 0", name="rectangle"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("decision_event.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int]
    y: Mapped[int]
    w: Mapped[int]
    h: Mapped[int]


class CurrentDecision(Base):
    """The event that holds for a candidate now; rebuilt from the events by `usecases.decisions.rebuild_current`."""

    __tablename__ = "current_decision"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("decision_event.id"), unique=True)


class Lease(Base):
    """A candidate that a curator is looking at; past its time it no longer counts."""

    __tablename__ = "lease"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    curator_id: Mapped[int] = mapped_column(ForeignKey("curator.id"), index=True)
    expires_at: Mapped[datetime]


class Measurement(Base):
    """A value of the pre-screening, such as direction in degrees."""

    __tablename__ = "measurement"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[float]


class Flag(Base):
    """What the pre-screening suspects, such as a reason's code."""

    __tablename__ = "flag"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)


class SuggestionRow(Base):
    """A crop that the pre-screening proposes."""

    __tablename__ = "suggestion"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int]
    y: Mapped[int]
    w: Mapped[int]
    h: Mapped[int]
    score: Mapped[float]
    model: Mapped[str] = mapped_column(String(80))


class ExportRun(Base):
    """An export that was made, and from which decisions: all events up to `last_event`."""

    __tablename__ = "export_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(Text)
    seed: Mapped[int]
    last_event: Mapped[int]
    made_at: Mapped[datetime]


class ExportItem(Base):
    """A crop that was exported: which decision's, into which split and file, and the file's own sha256."""

    __tablename__ = "export_item"

    run_id: Mapped[int] = mapped_column(ForeignKey("export_run.id"), primary_key=True)
    file: Mapped[str] = mapped_column(String(200), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("decision_event.id"))
    position: Mapped[int]
    split: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))

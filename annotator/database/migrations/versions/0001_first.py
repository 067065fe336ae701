"""The first tables, and the triggers that keep decisions as they were made."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEPT = ("decision_event", "decision_reason", "crop", "image")
"""Tables whose rows are never deleted; of images only what the pre-screening found may be updated."""

CHANGED = "what was imported or decided is never changed or deleted: undo, or decide again"
LATE = "reasons and crops are written with their decision only"
OUTSIDE = "the crop lies outside the image"

OUT_OF_IMAGE = """EXISTS (
    SELECT 1 FROM decision_event e JOIN candidate c ON c.id = e.candidate_id JOIN image i ON i.id = c.image_id
    WHERE e.id = NEW.event_id AND (NEW.x + NEW.w > i.width OR NEW.y + NEW.h > i.height))"""
IMAGE_COLUMNS = ("id", "sha256", "bytes", "mime", "width", "height", "orientation", "added_at")


def sqlite_trigger(name: str, when: str, message: str) -> str:
    return f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"


SQLITE_TRIGGERS = [
    *(sqlite_trigger(f"{table}_no_delete", f"BEFORE DELETE ON {table}", CHANGED) for table in KEPT),
    *(sqlite_trigger(f"{table}_no_update", f"BEFORE UPDATE ON {table}", CHANGED) for table in KEPT[:3]),
    sqlite_trigger("image_no_update", f"BEFORE UPDATE OF {', '.join(IMAGE_COLUMNS)} ON image", CHANGED),
    sqlite_trigger(
        "decision_event_no_replace",
        "BEFORE INSERT ON decision_event WHEN EXISTS (SELECT 1 FROM decision_event WHERE id = NEW.id OR uuid = NEW.uuid"
        " OR (candidate_id = NEW.candidate_id AND base_version = NEW.base_version))",
        CHANGED,
    ),
    *(
        sqlite_trigger(
            f"{table}_not_late",
            f"BEFORE INSERT ON {table} WHEN NEW.event_id < (SELECT max(id) FROM decision_event)"
            f" OR EXISTS (SELECT 1 FROM {table} WHERE event_id = NEW.event_id AND position = NEW.position)",
            LATE,
        )
        for table in ("decision_reason", "crop")
    ),
    sqlite_trigger("crop_inside", f"BEFORE INSERT ON crop WHEN {OUT_OF_IMAGE}", OUTSIDE),
]


def postgresql_function(name: str, condition: str, message: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$"
    )


POSTGRESQL_TRIGGERS = [
    postgresql_function("refuse_change", "true", CHANGED),
    postgresql_function("refuse_late", "NEW.event_id < (SELECT max(id) FROM decision_event)", LATE),
    postgresql_function("refuse_outside", OUT_OF_IMAGE, OUTSIDE),
    *(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in KEPT
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        for table in KEPT
    ),
    *(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in KEPT[:3]
    ),
    f"CREATE TRIGGER image_no_update BEFORE UPDATE OF {', '.join(IMAGE_COLUMNS)} ON image"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    *(
        f"CREATE TRIGGER {table}_not_late BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_late()"
        for table in ("decision_reason", "crop")
    ),
    "CREATE TRIGGER crop_inside BEFORE INSERT ON crop FOR EACH ROW EXECUTE FUNCTION refuse_outside()",
]


def upgrade() -> None:
    op.create_table(
        "curator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curator")),
        sa.UniqueConstraint("handle", name=op.f("uq_curator_handle")),
    )
    op.create_table(
        "export_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_run")),
    )
    op.create_table(
        "image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("mime", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("orientation", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measured_version", sa.String(length=64), nullable=True),
        sa.CheckConstraint("width > 0 AND height > 0 AND bytes > 0", name=op.f("ck_image_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("sha256", name=op.f("uq_image_sha256")),
    )
    op.create_index(op.f("ix_image_measured_version"), "image", ["measured_version"])

    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("min_side", sa.Integer(), nullable=False),
        sa.Column("crop_min_side", sa.Integer(), nullable=False),
        sa.Column("crop_aspect", sa.Float(), nullable=True),
        sa.Column("votes_required", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_project_single")),
        sa.CheckConstraint("votes_required >= 1", name=op.f("ck_project_votes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    op.create_table(
        "reason",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reason")),
    )
    op.create_table(
        "candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("duplicate_group", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'accepted', 'rejected', 'skipped', 'disputed')", name=op.f("ck_candidate_state_known")
        ),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_candidate_image_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("image_id", name=op.f("uq_candidate_image_id")),
    )
    op.create_index(op.f("ix_candidate_duplicate_group"), "candidate", ["duplicate_group"])

    op.create_table(
        "flag",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_flag_image_id")),
        sa.PrimaryKeyConstraint("image_id", "code", name=op.f("pk_flag")),
    )
    op.create_table(
        "image_hash",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_image_hash_image_id")),
        sa.PrimaryKeyConstraint("image_id", "kind", name=op.f("pk_image_hash")),
    )
    op.create_table(
        "measurement",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_measurement_image_id")),
        sa.PrimaryKeyConstraint("image_id", "name", name=op.f("pk_measurement")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_source_image_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_image_id"), "source", ["image_id"])

    op.create_table(
        "suggestion",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("w", sa.Integer(), nullable=False),
        sa.Column("h", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_suggestion_image_id")),
        sa.PrimaryKeyConstraint("image_id", "position", name=op.f("pk_suggestion")),
    )
    op.create_table(
        "decision_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("curator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'undo') = (verdict IS NULL) AND (verdict IS NULL OR verdict IN ('accept', 'reject', 'skip'))",
            name=op.f("ck_decision_event_verdict_fits"),
        ),
        sa.CheckConstraint("kind <> 'undo' OR supersedes IS NOT NULL", name=op.f("ck_decision_event_undo_names_event")),
        sa.CheckConstraint("kind IN ('decide', 'undo', 'review')", name=op.f("ck_decision_event_kind_known")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_decision_event_candidate_id")),
        sa.ForeignKeyConstraint(["curator_id"], ["curator.id"], name=op.f("fk_decision_event_curator_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["decision_event.id"], name=op.f("fk_decision_event_supersedes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_event")),
        sa.UniqueConstraint("candidate_id", "base_version", name=op.f("uq_decision_event_candidate_id_base_version")),
        sa.UniqueConstraint("uuid", name=op.f("uq_decision_event_uuid")),
    )
    op.create_index(op.f("ix_decision_event_curator_id"), "decision_event", ["curator_id"])

    op.create_table(
        "lease",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("curator_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_lease_candidate_id")),
        sa.ForeignKeyConstraint(["curator_id"], ["curator.id"], name=op.f("fk_lease_curator_id")),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_lease")),
    )
    op.create_index(op.f("ix_lease_curator_id"), "lease", ["curator_id"])

    op.create_table(
        "crop",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("w", sa.Integer(), nullable=False),
        sa.Column("h", sa.Integer(), nullable=False),
        sa.CheckConstraint("x >= 0 AND y >= 0 AND w > 0 AND h > 0", name=op.f("ck_crop_rectangle")),
        sa.ForeignKeyConstraint(["event_id"], ["decision_event.id"], name=op.f("fk_crop_event_id")),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_crop")),
    )
    op.create_table(
        "current_decision",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_current_decision_candidate_id")),
        sa.ForeignKeyConstraint(["event_id"], ["decision_event.id"], name=op.f("fk_current_decision_event_id")),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_current_decision")),
        sa.UniqueConstraint("event_id", name=op.f("uq_current_decision_event_id")),
    )
    op.create_table(
        "decision_reason",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["reason.code"], name=op.f("fk_decision_reason_code")),
        sa.ForeignKeyConstraint(["event_id"], ["decision_event.id"], name=op.f("fk_decision_reason_event_id")),
        sa.PrimaryKeyConstraint("event_id", "code", name=op.f("pk_decision_reason")),
    )
    op.create_table(
        "export_item",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("split", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["decision_event.id"], name=op.f("fk_export_item_event_id")),
        sa.ForeignKeyConstraint(["run_id"], ["export_run.id"], name=op.f("fk_export_item_run_id")),
        sa.PrimaryKeyConstraint("run_id", "file", name=op.f("pk_export_item")),
    )
    op.create_index("ix_candidate_queue", "candidate", ["state", sa.text("priority DESC"), "id"])
    for statement in SQLITE_TRIGGERS if op.get_context().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS:
        op.execute(statement)


TABLES = (
    *("export_item", "decision_reason", "current_decision", "crop", "lease", "decision_event", "suggestion", "source"),
    *("measurement", "image_hash", "flag", "candidate", "reason", "project", "image", "export_run", "curator"),
)
"""Each before those that it refers to."""


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        for function in ("refuse_change", "refuse_late", "refuse_outside"):
            op.execute(f"DROP FUNCTION {function}()")

"""The words of a project: reasons that a candidate can be rejected for, and what the pre-screening has suspected."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from annotator.database.models import CurrentDecision, DecisionReason, Flag, Reason
from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.rules import REASON_KEYS, ReasonRule

LONGEST_LABEL = 60

_CODE = re.compile("[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True)
class ReasonView:
    """A reason, whether it can still be given, and how many candidates are rejected for it now."""

    code: str
    label: str
    key: str
    active: bool
    candidates: int


def active_reasons(project: Project) -> list[ReasonRule]:
    """The reasons that can be given now, in their order."""
    with project.read() as session:
        return _active(session)


def all_reasons(project: Project) -> list[ReasonView]:
    """Every reason that there ever was, in their order."""
    counted = (
        select(DecisionReason.code, func.count().label("candidates"))
        .join(CurrentDecision, CurrentDecision.event_id == DecisionReason.event_id)
        .group_by(DecisionReason.code)
        .subquery()
    )
    columns = (Reason.code, Reason.label, Reason.key, Reason.active, func.coalesce(counted.c.candidates, 0))
    query = select(*columns).outerjoin(counted, counted.c.code == Reason.code).order_by(Reason.position)
    with project.read() as session:
        return [ReasonView(*row) for row in session.execute(query)]


def add_reason(project: Project, code: str, label: str, key: str | None = None) -> ReasonRule:
    """Adds a reason to a project in use; whoever curates is told to load the page again.

    Args:
        project: the project.
        code: small letters, digits and _, for files; never used in this project before.
        label: what it is called on the screen.
        key: one of REASON_KEYS; None for the first that is free.

    Raises:
        AnnotatorError: the code, label or key is taken or makes no sense.
    """
    label = label.strip()
    if not _CODE.fullmatch(code):
        raise AnnotatorError(f"A reason's code has 1 to 32 small letters, digits and _, not {code[:40]!r}.")
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        raise AnnotatorError(f"A reason's label has 1 to {LONGEST_LABEL} printable characters, not {label[:80]!r}.")
    with project.write() as session:
        if session.get(Reason, code) is not None:
            raise AnnotatorError(f"The reason {code} is there already; a retired one can be brought back.")
        active = _active(session)
        if any(reason.label == label for reason in active):
            raise AnnotatorError(f"Another reason is called {label!r} already.")
        chosen = _free_key(active, key)
        last = session.scalar(select(func.max(Reason.position)))
        values = {"code": code, "label": label, "key": chosen, "position": (last or 0) + 1, "active": True}
        session.execute(insert(Reason).values(**values))
        return ReasonRule(code, label, chosen)


def retire_reason(project: Project, code: str) -> None:
    """Takes a reason out of use; the decisions that have it keep it.

    Raises:
        AnnotatorError: there is no such reason in use, or it is the last one.
    """
    with project.write() as session:
        active = _active(session)
        if code not in [reason.code for reason in active]:
            raise AnnotatorError(f"There is no reason {code[:40]!r} in use.")
        if len(active) == 1:
            raise AnnotatorError(f"{code} is the last reason: without one nobody could reject a photo.")
        session.execute(update(Reason).where(Reason.code == code).values(active=False))


def bring_reason_back(project: Project, code: str) -> ReasonRule:
    """Takes a retired reason into use again, with another key where its own was given away.

    Raises:
        AnnotatorError: there is no such retired reason, or no free key.
    """
    with project.write() as session:
        row = session.get(Reason, code)
        if row is None or row.active:
            raise AnnotatorError(f"There is no retired reason {code[:40]!r}.")
        active = _active(session)
        free = row.key not in [reason.key for reason in active]
        row.key = _free_key(active, row.key if free else None)
        row.active = True
        return ReasonRule(row.code, row.label, row.key)


def reason_labels(project: Project) -> dict[str, str]:
    """The label of every reason by its code, retired ones included."""
    with project.read() as session:
        return {row.code: row.label for row in session.scalars(select(Reason).order_by(Reason.position))}


def reasons_version(project: Project) -> str:
    """Another text whenever the reasons that can be given, or their keys, are others."""
    return hashlib.sha256(repr(active_reasons(project)).encode()).hexdigest()[:12]


def flag_counts(project: Project) -> dict[str, int]:
    """How many images carry each flag, the most frequent first."""
    with project.read() as session:
        count = func.count().label("number")
        rows = session.execute(select(Flag.code, count).group_by(Flag.code).order_by(count.desc(), Flag.code))
        return {row.code: row.number for row in rows}


def _active(session: Session) -> list[ReasonRule]:
    rows = session.scalars(select(Reason).where(Reason.active).order_by(Reason.position))
    return [ReasonRule(row.code, row.label, row.key) for row in rows]


def _free_key(active: Sequence[ReasonRule], wanted: str | None) -> str:
    taken = {reason.key: reason.code for reason in active}
    if wanted is None:
        wanted = next((key for key in REASON_KEYS if key not in taken), None)
        if wanted is None:
            raise AnnotatorError(f"All {len(REASON_KEYS)} keys of reasons are taken: retire one first.")
    if wanted not in REASON_KEYS:
        raise AnnotatorError(f"A reason's key is one of {', '.join(map(key_name, REASON_KEYS))}.")
    if wanted in taken:
        raise AnnotatorError(f"The key {key_name(wanted)} rejects for {taken[wanted]} already.")
    return wanted


_SIGNS = {"Minus": "-", "Equal": "="}


def key_name(key: str) -> str:
    """What stands on a key (on a US keyboard): `Digit1` -> `1`, `KeyE` -> `E`, `Minus` -> `-`."""
    return _SIGNS.get(key, key.removeprefix("Digit").removeprefix("Key"))


def key_called(name: str) -> str:
    """The key on which that stands; what is none is given back as it is."""
    return next((key for key in REASON_KEYS if key_name(key) == name.upper()), name)

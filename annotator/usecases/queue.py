"""The queue: which candidate a curator sees next, and the lease that keeps it from everybody else meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from annotator.candidate import CandidateView
from annotator.database.models import (
    STATES,
    Candidate,
    Curator,
    CurrentDecision,
    DecisionEvent,
    DecisionReason,
    Flag,
    Lease,
    Source,
)
from annotator.errors import AnnotatorError, Held
from annotator.project import Project, stored_rules
from annotator.texts import storable
from annotator.usecases.candidates import view_of, views_of
from annotator.usecases.curators import curator_id, find_curator

LEASE_SECONDS = 300
"""How long a candidate is kept for the curator who looks at it; every look at it starts anew."""


@dataclass(frozen=True)
class Filters:
    """Which candidates are wanted; what is None or empty leaves out nothing.

    Attributes:
        states: "pending", "accepted", "rejected", "skipped", "disputed".
        flag: suspected by the pre-screening.
        reason: rejected for it, as decided now.
        text: part of a name, author, licence, page, URL or query (capitals do not matter).
        duplicates: True for members of a duplicate group alone, False for the others alone.
        curator: whose decision holds now.
    """

    states: tuple[str, ...] = ("pending",)
    flag: str | None = None
    reason: str | None = None
    text: str = ""
    duplicates: bool | None = None
    curator: str | None = None


def next_candidate(
    project: Project, curator: str, filters: Filters | None = None, *, after: int | None = None
) -> CandidateView | None:
    """The next candidate for a curator, highest priority first, and a lease on it; the lease that he had ends.

    Args:
        project: the project.
        curator: his handle.
        filters: which candidates are wanted (default: those pending).
        after: a candidate's id; the next one behind it in the order, for leafing on without a decision.

    Returns:
        None when nothing is left for him: all decided or voted on, or in other curators' hands.

    Raises:
        AnnotatorError: an unknown state, or no candidate `after`.
    """
    with project.write(durable=False) as session:
        me = curator_id(session, curator)
        found = next(iter(_offered(session, me, filters or Filters(), after, 1)), None)
        session.connection().execute(_OTHER_LEASES, {"curator": me, "candidate": found or 0})
        if found is None:
            return None
        _lease(session, found, me)
        return view_of(session, found)


def upcoming(
    project: Project, curator: str, filters: Filters | None, n: int, *, after: int | None = None
) -> list[CandidateView]:
    """The candidates that `next_candidate` would give first, at most n, without a lease: for loading ahead."""
    with project.read() as session:
        me = find_curator(session, curator) or 0
        return views_of(session, _offered(session, me, filters or Filters(), after, n))


def hold(project: Project, curator: str, candidate: int) -> CandidateView:
    """A lease on one given candidate, begun or prolonged, as when a curator goes back to it.

    Raises:
        Held: another curator has it.
        AnnotatorError: there is no such candidate.
    """
    with project.write(durable=False) as session:
        me = curator_id(session, curator)
        view = view_of(session, candidate)
        if not _lease(session, candidate, me):
            raise Held("Another curator is looking at this photo just now.")
        return view


def release(project: Project, curator: str, candidate: int | None = None) -> None:
    """Ends a curator's lease on a candidate, or all of his."""
    with project.write(durable=False) as session:
        condition = Lease.curator_id == curator_id(session, curator)
        session.execute(
            delete(Lease).where(condition if candidate is None else and_(condition, Lease.candidate_id == candidate))
        )


_OTHER_LEASES = delete(Lease).where(
    Lease.curator_id == bindparam("curator"), Lease.candidate_id != bindparam("candidate")
)


def matching(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions on Candidate for these filters (AnnotatorError for an unknown state)."""
    unknown = [state for state in filters.states if state not in STATES]
    if unknown:
        raise AnnotatorError(f"There is no state {unknown[0][:40]!r}; there are {', '.join(STATES)}.")
    conditions: list[ColumnElement[bool]] = []
    if filters.states:
        one = Candidate.state == filters.states[0]
        conditions.append(one if len(filters.states) == 1 else Candidate.state.in_(filters.states))
    if filters.flag is not None:
        conditions.append(exists().where(Flag.image_id == Candidate.image_id, Flag.code == storable(filters.flag)))
    if filters.duplicates is not None:
        in_group = Candidate.duplicate_group.is_not(None)
        conditions.append(in_group if filters.duplicates else ~in_group)
    if filters.reason is not None:
        conditions.append(
            exists().where(
                CurrentDecision.candidate_id == Candidate.id,
                DecisionReason.event_id == CurrentDecision.event_id,
                DecisionReason.code == storable(filters.reason),
            )
        )
    if filters.curator is not None:
        conditions.append(
            exists().where(
                CurrentDecision.candidate_id == Candidate.id,
                DecisionEvent.id == CurrentDecision.event_id,
                Curator.id == DecisionEvent.curator_id,
                Curator.handle == storable(filters.curator),
            )
        )
    if filters.text.strip():
        wanted = storable(filters.text).strip().lower()
        columns = (Source.name, Source.author, Source.licence, Source.page, Source.url, Source.query)
        conditions.append(
            exists().where(
                Source.image_id == Candidate.image_id,
                or_(*(func.lower(column).contains(wanted, autoescape=True) for column in columns)),
            )
        )
    return conditions


def in_order(query: Select[Any]) -> Select[Any]:
    """Highest priority first, then the oldest."""
    return query.order_by(Candidate.priority.desc(), Candidate.id)


def _offered(session: Session, me: int, filters: Filters, after: int | None, n: int) -> Sequence[int]:
    """Ids of the first n candidates that this curator may be given, in order.

    Where several votes are asked for, a photo that he skipped may lack just his: it comes again after all others.
    """
    ids = session.scalars(_waiting(session, me, filters, after).limit(n)).all()
    if after is None and len(ids) < n and stored_rules(session).votes_required > 1:
        ids = [*ids, *session.scalars(_skipped(me, filters).limit(n - len(ids)))]
    return ids


def _waiting(session: Session, me: int, filters: Filters, after: int | None) -> Select[tuple[int]]:
    """Ids of candidates that this curator may be given for the first time, in order."""
    conditions = [*matching(filters), _free_for(me)]
    if stored_rules(session).votes_required > 1:
        conditions.append(~_has_decided(me))
    if after is not None:
        priority = session.scalar(select(Candidate.priority).where(Candidate.id == after))
        if priority is None:
            raise AnnotatorError(f"There is no candidate {after}.")
        conditions.append(
            and_(Candidate.priority <= priority, or_(Candidate.priority < priority, Candidate.id > after))
        )
    return in_order(select(Candidate.id).where(*conditions))


def _skipped(me: int, filters: Filters) -> Select[tuple[int]]:
    """Ids of pending candidates that the curator's last event skips, the one skipped longest ago first."""
    own = aliased(DecisionEvent)
    last = select(func.max(own.id)).where(own.curator_id == me).group_by(own.candidate_id)
    skip = aliased(DecisionEvent)
    return (
        select(Candidate.id)
        .join(skip, skip.candidate_id == Candidate.id)
        .where(skip.id.in_(last), skip.verdict == "skip", Candidate.state == "pending")
        .where(*matching(filters), _free_for(me))
        .order_by(skip.id)
    )


def _free_for(me: int) -> ColumnElement[bool]:
    """Whether no other curator looks at a candidate."""
    return ~exists().where(
        Lease.candidate_id == Candidate.id, Lease.curator_id != me, Lease.expires_at > datetime.now(timezone.utc)
    )


def _has_decided(me: int) -> ColumnElement[bool]:
    """Whether the curator's last event on a pending candidate is a vote or a skip that was not taken back."""
    last = (
        select(func.max(DecisionEvent.id))
        .where(DecisionEvent.candidate_id == Candidate.id, DecisionEvent.curator_id == me)
        .correlate(Candidate)
        .scalar_subquery()
    )
    return and_(
        Candidate.state == "pending",
        exists().where(DecisionEvent.id == last, DecisionEvent.kind != "undo"),
    )


def _lease(session: Session, candidate: int, me: int) -> bool:
    """Takes or prolongs a lease; False where another curator holds one that has not run out."""
    now = datetime.now(timezone.utc)
    given = {"candidate_id": candidate, "curator_id": me, "expires_at": now + timedelta(seconds=LEASE_SECONDS)}
    connection = session.connection()
    return connection.scalar(_take_lease(connection.dialect.name), {**given, "me": me, "now": now}) is not None


@cache
def _take_lease(dialect: str) -> Executable:
    statement = {"sqlite": sqlite, "postgresql": postgresql}[dialect].insert(Lease)
    return statement.on_conflict_do_update(
        index_elements=[Lease.candidate_id],
        set_={"curator_id": statement.excluded.curator_id, "expires_at": statement.excluded.expires_at},
        where=or_(Lease.curator_id == bindparam("me"), Lease.expires_at <= bindparam("now")),
    ).returning(Lease.candidate_id)

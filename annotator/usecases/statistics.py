"""Statistics of a project: progress, rate, reasons, curators, and how far curators agree."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any

import pandas as pd
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from annotator.database.models import STATES, Candidate, Curator, CurrentDecision, DecisionEvent, DecisionReason, Reason
from annotator.project import Project
from annotator.usecases.standing import Event, effective

PAUSE = timedelta(minutes=5)
"""Without a decision for longer, a sitting has ended."""


def statistics(project: Project) -> dict[str, pd.DataFrame]:
    """Tables by name.

    progress: state, candidates. rate: curator, start, end, decisions, per_minute of every sitting (decisions without a
    pause of more than 5 minutes). reasons: code, label, candidates that are rejected for it now. curators: curator,
    accepted, rejected, skipped, reviewed, undone (events), seconds (median from shown to decided). agreement: first,
    second, both (candidates that both accepted or rejected), agreed (share), kappa (Cohen's; NaN where chance alone
    would agree always).

    Raises:
        AnnotatorError: the database cannot be read.
    """
    with project.read() as session:
        return statistics_in(session)


def statistics_in(session: Session) -> dict[str, pd.DataFrame]:
    """The tables of `statistics`, inside a session."""
    rows = _rows(session)
    events = _frame(rows)
    return {
        "progress": _progress(session),
        "rate": _rate(events),
        "reasons": _reasons(session),
        "curators": _curators(events),
        "agreement": _agreement(rows),
    }


def kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Cohen's kappa of two equally long lists of verdicts: (p_o − p_e) / (1 − p_e) (Cohen 1960); NaN for p_e = 1."""
    pairs = pd.crosstab(pd.Series(first, dtype=object), pd.Series(second, dtype=object))
    names = sorted(set(first) | set(second))
    shares = pairs.reindex(index=names, columns=names, fill_value=0).to_numpy(float) / max(len(first), 1)
    observed, chance = float(shares.trace()), float(shares.sum(1) @ shares.sum(0))
    return float("nan") if not len(first) or chance >= 1 else (observed - chance) / (1 - chance)


def _rows(session: Session) -> Sequence[Row[Any]]:
    return session.execute(
        select(
            DecisionEvent.id,
            DecisionEvent.candidate_id.label("candidate"),
            DecisionEvent.curator_id,
            Curator.handle.label("curator"),
            DecisionEvent.kind,
            DecisionEvent.verdict,
            DecisionEvent.supersedes,
            DecisionEvent.shown_at,
            DecisionEvent.decided_at,
        )
        .join(Curator, Curator.id == DecisionEvent.curator_id)
        .order_by(DecisionEvent.id)
    ).all()


def _frame(rows: Sequence[Row[Any]]) -> pd.DataFrame:
    columns = ["curator", "kind", "verdict", "shown_at", "decided_at"]
    frame = pd.DataFrame([[getattr(row, column) for column in columns] for row in rows], columns=columns)
    for column in ("shown_at", "decided_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame


def _progress(session: Session) -> pd.DataFrame:
    query = select(Candidate.state, func.count()).group_by(Candidate.state)
    counts = dict(session.execute(query).tuples().all())
    return pd.DataFrame({"state": STATES, "candidates": [counts.get(state, 0) for state in STATES]})


def _rate(events: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for curator, own in events[events["kind"] != "undo"].groupby("curator"):
        times = own["decided_at"].sort_values()
        sitting = (times.diff() > PAUSE).cumsum()
        for _, moments in times.groupby(sitting):
            start, end = moments.iloc[0], moments.iloc[-1]
            minutes = (end - start).total_seconds() / 60
            rate = (len(moments) - 1) / minutes if minutes else float("nan")
            rows.append((curator, start, end, len(moments), rate))
    return pd.DataFrame(rows, columns=["curator", "start", "end", "decisions", "per_minute"])


def _reasons(session: Session) -> pd.DataFrame:
    counted = (
        select(DecisionReason.code, func.count().label("candidates"))
        .join(CurrentDecision, CurrentDecision.event_id == DecisionReason.event_id)
        .group_by(DecisionReason.code)
        .subquery()
    )
    rows = session.execute(
        select(Reason.code, Reason.label, func.coalesce(counted.c.candidates, 0))
        .outerjoin(counted, counted.c.code == Reason.code)
        .order_by(Reason.position)
    ).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=["code", "label", "candidates"])


def _curators(events: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for curator, own in events.groupby("curator"):
        decided = own[own["kind"] != "undo"]
        verdicts = decided["verdict"].value_counts()
        seconds = (decided["decided_at"] - decided["shown_at"]).dt.total_seconds().median()
        counts = [int(verdicts.get(verdict, 0)) for verdict in ("accept", "reject", "skip")]
        kinds = own["kind"].value_counts()
        rows.append((curator, *counts, int(kinds.get("review", 0)), int(kinds.get("undo", 0)), seconds))
    columns = ["curator", "accepted", "rejected", "skipped", "reviewed", "undone", "seconds"]
    return pd.DataFrame(rows, columns=columns)


def _agreement(events: Sequence[Row[Any]]) -> pd.DataFrame:
    histories: dict[int, list[Event]] = defaultdict(list)
    for row in events:
        histories[row.candidate].append(Event(row.id, row.curator_id, row.kind, row.verdict, row.supersedes))
    handles = {row.curator_id: row.curator for row in events}
    votes: dict[str, dict[int, str]] = defaultdict(dict)
    for candidate, history in histories.items():
        for event in effective(history):
            if event.kind == "decide":
                votes[handles[event.curator]][candidate] = event.verdict or ""
    rows = []
    for first, second in combinations(sorted(votes), 2):
        both = [
            candidate
            for candidate in votes[first].keys() & votes[second].keys()
            if "skip" not in (votes[first][candidate], votes[second][candidate])
        ]
        left, right = [votes[first][c] for c in both], [votes[second][c] for c in both]
        agreed = sum(a == b for a, b in zip(left, right)) / len(both) if both else float("nan")
        rows.append((first, second, len(both), agreed, kappa(left, right)))
    return pd.DataFrame(rows, columns=["first", "second", "both", "agreed", "kappa"])

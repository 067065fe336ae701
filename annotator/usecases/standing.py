"""What holds for a candidate, worked out from its events and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """An event as far as it matters for what holds."""

    id: int
    curator: int
    kind: str
    verdict: str | None
    supersedes: int | None


@dataclass(frozen=True)
class Standing:
    """A candidate's state, and the event that it rests on (None while nothing holds)."""

    state: str
    event: int | None


_STATE = {"accept": "accepted", "reject": "rejected", "skip": "skipped"}


def standing(events: Sequence[Event], votes_required: int) -> Standing:
    """What holds after these events, oldest first.

    An event that was undone counts as if it had never been. A review holds until it is undone or reviewed again. Where
    one vote is enough, the last decision holds. Otherwise each curator's last decision is his vote, skips are none, and
    enough votes decide: if they agree, the last of them holds, and if not, the candidate is disputed.
    """
    kept = effective(events)
    reviews = [event for event in kept if event.kind == "review"]
    if votes_required > 1 and not reviews:
        votes = list({event.curator: event for event in kept}.values())
        votes = sorted((vote for vote in votes if vote.verdict != "skip"), key=lambda vote: vote.id)
        if len(votes) < votes_required:
            return Standing("pending", None)
        if len({vote.verdict for vote in votes}) > 1:
            return Standing("disputed", None)
        kept = votes
    elif votes_required > 1:
        kept = reviews
    if not kept:
        return Standing("pending", None)
    return Standing(_STATE[kept[-1].verdict or ""], kept[-1].id)


def effective(events: Sequence[Event]) -> list[Event]:
    """The decisions and reviews that were not undone, oldest first."""
    undone = {event.supersedes for event in events if event.kind == "undo"}
    return [event for event in events if event.kind != "undo" and event.id not in undone]

"""A candidate and its crops as every part of the annotator speaks of them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Crop:
    """A half-open rectangle in upright original pixels: columns x … x + w − 1, rows y … y + h − 1."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Suggestion:
    """A crop that the pre-screening proposes, with its score (higher is better) and the model that gave it."""

    x: int
    y: int
    w: int
    h: int
    score: float
    model: str


@dataclass(frozen=True)
class SourceView:
    """Where an image came from: every name it was imported under, and the first known of everything else."""

    names: tuple[str, ...] = ()
    url: str = ""
    page: str = ""
    author: str = ""
    licence: str = ""
    query: str = ""


@dataclass(frozen=True)
class DecisionView:
    """A decision as it was made."""

    uuid: str
    kind: str
    verdict: str
    reasons: tuple[str, ...]
    crops: tuple[Crop, ...]
    note: str
    curator: str
    decided_at: datetime
    batch: str | None = None
    """A uuid that decisions made at once, on several photos, have in common."""


@dataclass(frozen=True)
class CandidateView:
    """A candidate with all that belongs to it. Width and height are those of the upright original."""

    id: int
    version: int
    sha256: str
    name: str
    width: int
    height: int
    state: str
    priority: float
    source: SourceView
    measurements: dict[str, float]
    flags: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    duplicates: tuple[int, ...]
    """The other candidates of its duplicate group."""
    decision: DecisionView | None
    """What holds now; None while nothing does."""

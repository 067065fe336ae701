"""What the page may send, with its types and limits."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from annotator.usecases.decisions import LONGEST_NOTE, MOST_CROPS
from annotator.usecases.grid import LARGEST_PAGE
from annotator.usecases.queue import Filters

WholeNumber = Annotated[int, Field(strict=True, ge=0, le=1 << 31)]
ShortText = Annotated[str, StringConstraints(max_length=200)]
State = Literal["pending", "accepted", "rejected", "skipped", "disputed"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FiltersIn(_Strict):
    """Filters as the page keeps them; empty ones leave out nothing."""

    state: State | Literal["all", "decided"] = "pending"
    flag: ShortText = ""
    reason: ShortText = ""
    text: ShortText = ""
    duplicates: Literal["", "yes", "no"] = ""
    curator: ShortText = ""

    def filters(self) -> Filters:
        """The use cases' filters."""
        several = {"all": (), "decided": ("accepted", "rejected", "skipped", "disputed")}
        return Filters(
            states=several.get(self.state, (self.state,)),
            flag=self.flag or None,
            reason=self.reason or None,
            text=self.text,
            duplicates={"": None, "yes": True, "no": False}[self.duplicates],
            curator=self.curator or None,
        )


class NextIn(FiltersIn):
    """Which photo is wanted next: the first of the queue, or the first behind the one named."""

    after: Annotated[int, Field(ge=0, le=1 << 31)] | None = None


class GalleryIn(FiltersIn):
    """A page of the gallery, counted from 0: those decided on last first, or in the queue's order."""

    page: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    order: Literal["latest", "queue"] = "latest"


class GridIn(FiltersIn):
    """A page of the grid, counted from 0, in an order of `annotator.usecases.grid`."""

    page: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    order: ShortText = "queue"
    like: Annotated[int, Field(ge=0, le=1 << 31)] | None = None
    ascending: bool = False


class CropIn(_Strict):
    """A crop in upright original pixels, half-open."""

    x: WholeNumber
    y: WholeNumber
    w: WholeNumber
    h: WholeNumber


class DecisionIn(_Strict):
    """A decision; `seen_ms` is for how long the photo was in sight, so that two clocks need not agree."""

    uuid: ShortText
    candidate: WholeNumber
    base_version: WholeNumber
    kind: Literal["decide", "review"] = "decide"
    verdict: Literal["accept", "reject", "skip"]
    reasons: Annotated[list[ShortText], Field(max_length=50)] = []
    crops: Annotated[list[CropIn], Field(max_length=MOST_CROPS)] = []
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE)] = ""
    seen_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0
    filters: FiltersIn = FiltersIn()


class UndoIn(_Strict):
    """A candidate as it was seen, and the uuid of what is written on it; alone: its last decision taken back."""

    uuid: ShortText
    candidate: WholeNumber
    base_version: WholeNumber


class ManyIn(_Strict):
    """One decision on many candidates; an acceptance is of the whole photo."""

    batch: ShortText
    verdict: Literal["accept", "reject", "skip"]
    reasons: Annotated[list[ShortText], Field(max_length=50)] = []
    items: Annotated[list[UndoIn], Field(min_length=1, max_length=LARGEST_PAGE)]


class UndoManyIn(_Strict):
    """The last decision on each of many candidates taken back; `batch` is the page's own name for it."""

    batch: ShortText
    items: Annotated[list[UndoIn], Field(min_length=1, max_length=LARGEST_PAGE)]


class SignInIn(_Strict):
    """A curator's name and the password."""

    curator: Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
    password: Annotated[str, StringConstraints(max_length=1000)]

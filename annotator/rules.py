"""A project's rules, and the reasons for which candidates are rejected."""

from dataclasses import dataclass

from annotator.errors import AnnotatorError


@dataclass(frozen=True)
class Rules:
    """What a project asks of photos, crops and votes.

    Attributes:
        min_side: a photo whose shorter side has fewer pixels is flagged as of low resolution; never rejected by itself.
        crop_min_side: fewest pixels of a crop's width and of its height.
        crop_aspect: width / height that every crop must have, to the nearest pixel; None for any.
        votes_required: how many curators must decide on a candidate before it counts as decided.
    """

    min_side: int = 256
    crop_min_side: int = 128
    crop_aspect: float | None = None
    votes_required: int = 1

    def check(self) -> None:
        """Raises AnnotatorError where a rule makes no sense."""
        if self.min_side < 1 or self.crop_min_side < 1:
            raise AnnotatorError("The least sides of photos and crops must be at least 1 pixel.")
        if self.crop_aspect is not None and not 0.1 <= self.crop_aspect <= 10:
            raise AnnotatorError(f"The aspect of crops must be from 0.1 to 10, not {self.crop_aspect:g}.")
        if not 1 <= self.votes_required <= 10:
            raise AnnotatorError(f"1 to 10 votes can be required, not {self.votes_required}.")


@dataclass(frozen=True)
class ReasonRule:
    """A reason for rejecting: its code, what it is called on the screen, and its key (`KeyboardEvent.code`)."""

    code: str
    label: str
    key: str


REASONS = (
    ReasonRule("snow", "snow", "Digit1"),
    ReasonRule("mist", "mist", "Digit2"),
    ReasonRule("low_res", "low resolution", "Digit3"),
    ReasonRule("rain_free", "no rain to see", "Digit4"),
    ReasonRule("too_light", "too light to see rain", "Digit5"),
    ReasonRule("lens_drops", "drops on the lens", "Digit6"),
    ReasonRule("spray", "spray", "Digit7"),
    ReasonRule("duplicate", "duplicate", "Digit8"),
    ReasonRule("synthetic", "synthetic", "Digit9"),
    ReasonRule("watermark", "watermark", "Digit0"),
    ReasonRule("other", "other", "Minus"),
)
"""The reasons of a new project, after section 3.5 of the paper. One is retired (`Reason.active`), never deleted."""

REASON_KEYS = (
    *(f"Digit{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)),
    *("Minus", "Equal", "KeyE", "KeyI", "KeyL", "KeyO", "KeyP", "KeyU", "KeyY"),
)
"""The keys that the page leaves to reasons (`KeyboardEvent.code`)."""

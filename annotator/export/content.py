"""What an export holds: every format writes from this and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from annotator.candidate import CandidateView


@dataclass(frozen=True)
class Content:
    """What was decided, and the crops that were cut.

    Attributes:
        views: every candidate that is accepted or rejected now.
        crops: split -> what is known of each crop whose PNG lies in the split's folder (`annotator.export.crops`).
        events: every event (`annotator.export.events`).
        tables: the project's statistics, as `annotator.usecases.statistics` gives them.
        seed: of the splits.
    """

    views: Sequence[CandidateView]
    crops: Mapping[str, Sequence[dict[str, Any]]]
    events: pa.Table
    tables: Mapping[str, pd.DataFrame]
    seed: int

    @property
    def accepted(self) -> list[CandidateView]:
        """The candidates that crops come from."""
        return [view for view in self.views if view.decision is not None and view.decision.verdict == "accept"]

    @property
    def counts(self) -> dict[str, int]:
        """Crops of each split."""
        return {split: len(records) for split, records in self.crops.items()}

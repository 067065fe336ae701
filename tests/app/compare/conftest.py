"""A photo with its clean one, and methods whose outputs are known."""

import numpy as np
import pytest

from app.compare.contest import Entry
from app.compare.subject import Subject, make_subject


@pytest.fixture
def subject(scene: np.ndarray) -> Subject:
    rainy = np.clip(scene.astype(int) + 30, 0, 255).astype(np.uint8)
    return make_subject("street", rainy, scene)


@pytest.fixture
def entries(subject: Subject) -> list[Entry]:
    """A network that halves the rain, one that is missing, and an output at hand that is perfect."""
    halved = ((subject.rainy.astype(int) + subject.clean) // 2).astype(np.uint8)
    return [
        Entry("ours", "Our model", "weights", None, halved.copy, cost=1.0),
        Entry("prenet", "PReNet", "", "PReNet needs its weights.", lambda: pytest.fail("a missing method was run")),
        Entry("outputs:Best", "Best (outputs)", "folder", None, subject.clean.copy),
    ]

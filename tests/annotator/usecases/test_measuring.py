"""What the pre-screening records: finite numbers, or nothing."""

from pathlib import Path

import pytest

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.usecases.measuring import record_measurements, unmeasured
from tests.annotator.photos import import_arrays, photo_arrays


@pytest.mark.parametrize(("values", "priority"), [({"haze": float("nan")}, 0.5), ({"haze": 0.1}, float("inf"))])
def test_a_number_that_is_none_is_refused(
    local: Project, tmp_path: Path, values: dict[str, float], priority: float
) -> None:
    import_arrays(local, tmp_path / "photos", photo_arrays(1))
    (image, _) = unmeasured(local, "1")[0]
    with pytest.raises(AnnotatorError, match="is no finite number"):
        record_measurements(local, image, values, [], [], "1", priority)
    assert len(unmeasured(local, "1")) == 1, "nothing was recorded"
    record_measurements(local, image, {"haze": 0.1}, [], [], "1", 0.5)
    assert not unmeasured(local, "1")

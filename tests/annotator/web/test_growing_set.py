"""The set as it grows, as the page asks for it."""

import io
from pathlib import Path

from PIL import Image
from starlette.testclient import TestClient

from annotator.project import Project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from annotator.usecases.exporting import export
from tests.annotator.photos import accept, reject


def test_it_tells_what_an_export_would_hold(client: TestClient, project: Project, tmp_path: Path) -> None:
    empty = client.get("/api/set").json()
    assert (empty["photos"], empty["waiting"], empty["sides"]) == (0, 3, [])
    decide(project, accept(candidate_view(project, 1), (0, 0, 130, 140), (10, 0, 200, 200)))
    decide(project, accept(candidate_view(project, 2), (0, 0, 130, 200)))
    decide(project, reject(candidate_view(project, 3)))
    found = client.get("/api/set").json()
    report = export(project, tmp_path / "out")
    assert {split: count for split, count in found["crops"].items() if count} == report.splits
    assert (found["photos"], found["rejected"], found["waiting"]) == (2, 1, 0)
    assert found["sides"][1] == 130 and found["megapixels"] == (130 * 140 + 200 * 200 + 130 * 200) / 1e6
    patches = {1: 1 + 4, 2: 1 * 2}
    of_training = [
        number
        for number in (1, 2)
        if any((tmp_path / "out" / "train").glob(f"{candidate_view(project, number).sha256[:16]}*"))
    ]
    assert found["patches"] == sum(patches[number] for number in of_training)
    assert found["measured"] == 0 and found["licences"] == {"": 2}
    for name in found["pictures"]:
        picture = client.get(f"/api/set/pictures/{name}")
        assert Image.open(io.BytesIO(picture.content)).size == (560, 360)
    assert {path.stem for path in (tmp_path / "out" / "pictures").glob("*.png")} == set(found["pictures"])
    assert client.get("/api/set/pictures/nothing").status_code == 404

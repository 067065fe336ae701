"""`python -m core derain --dask`: the same files as by one process, though one of two workers is killed."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.cli import main
from core.cli.derain_plan import Job
from core.cli.derain_worker import derain_on_worker
from core.cluster import spread
from core.errors import UserError
from tests.dask_cluster import Cluster
from tests.tiny_weights import plain_weights

PHOTOS = 6


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plain_weights(tmp_path_factory.mktemp("weights"))


def test_a_worker_killed_half_way_loses_and_doubles_nothing(
    cluster: Cluster, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "in"
    photos.mkdir()
    draw = np.random.default_rng(0)
    for n in range(PHOTOS):
        cv2.imwrite(str(photos / f"{n}.png"), draw.integers(0, 256, (60, 80, 3), np.uint8))
    (photos / "broken.png").write_bytes((photos / "0.png").read_bytes()[:500])
    monkeypatch.chdir(tmp_path)  # workers run elsewhere
    common = ["derain", "in", "--weights", str(weights), "--json", "--quiet"]
    assert main([*common, "-o", "alone"]) == 1
    alone = json.loads(capsys.readouterr().out)

    from core.cli import derain_worker

    def killing(*arguments: object, **more: object):  # type: ignore[no-untyped-def]
        for number, found in enumerate(spread(*arguments, **more)):  # type: ignore[arg-type]
            if number == 0:
                cluster.kill_a_worker()
            yield found

    monkeypatch.setattr(derain_worker, "spread", killing)
    assert main([*common, "-o", "together", "--dask", cluster.address]) == 1
    together = json.loads(capsys.readouterr().out)
    assert (together["derained"], together["failed"]) == (alone["derained"], alone["failed"]) == (PHOTOS, 1)
    told = [
        [(Path(r["input"]), Path(r["output"]).name, r["status"]) for r in each["photos"]] for each in (alone, together)
    ]
    assert told[0] == told[1]
    for n in range(PHOTOS):
        assert (tmp_path / "together" / f"{n}.png").read_bytes() == (tmp_path / "alone" / f"{n}.png").read_bytes()
    assert not list((tmp_path / "together").glob("broken*"))
    monkeypatch.undo()


def test_no_scheduler_and_no_worker_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("core.cluster.ANSWER_SECONDS", 2)
    with pytest.raises(UserError, match=r"^No Dask scheduler answers at tcp://127\.0\.0\.1:9\.$"):
        next(spread("tcp://127.0.0.1:9", str, [1], str))


def test_weights_that_a_worker_lacks_are_told(tmp_path: Path) -> None:
    settings = (
        ("device", "auto"),
        ("engine", "pytorch"),
        ("self_ensemble", False),
        ("tile", None),
        ("weights", str(tmp_path / "none")),
    )
    found = derain_on_worker(settings, Job(tmp_path / "a.png", tmp_path / "b.png"))
    assert found["status"] == "failed" and "no weights" in found["error"]

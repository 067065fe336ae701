"""A whole run over a project, with the model that ships, in a process of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from annotator.candidate import CandidateView
from annotator.cli import main
from annotator.database.models import Candidate, DecisionEvent
from annotator.prescreen import run
from annotator.prescreen.kept import kept_features, kept_maps
from annotator.prescreen.run import PrescreenReport, prescreen
from annotator.prescreen.score import likelihood, version
from annotator.project import Project, open_project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.importing import import_photos
from annotator.usecases.measuring import unmeasured
from tests.annotator.photos import import_arrays
from tests.annotator.prescreen.scenes import smooth, texture, with_streaks

RAIN, COPY, SCENE, BROKEN = 1, 2, 3, 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prescreen")
    project = open_project(folder / "project")
    rain = with_streaks(texture(0) // 3, 10, 900)
    photos = [rain, np.ascontiguousarray(rain[:, ::-1])[20:280, 30:370], smooth(), texture(7)]
    import_arrays(project, folder / "photos", photos)
    broken = project.blobs.path(candidate_view(project, BROKEN).sha256)
    broken.chmod(0o644)
    broken.write_bytes(broken.read_bytes()[:2000])
    project.close()
    return folder / "project"


@pytest.fixture(scope="module")
def report(folder: Path) -> PrescreenReport:
    project = open_project(folder)
    seen: list[tuple[int, int]] = []
    found = prescreen(project, processes=1, progress=lambda done, total: seen.append((done, total)))
    project.close()
    assert seen == [(n, 4) for n in range(5)]
    return found


@pytest.fixture
def project(folder: Path, report: PrescreenReport) -> Iterator[Project]:
    project = open_project(folder)
    yield project
    project.close()


def views(project: Project) -> dict[int, CandidateView]:
    return {n: candidate_view(project, n) for n in (RAIN, COPY, SCENE, BROKEN)}


def test_photos_are_measured_and_a_broken_one_is_told(project: Project, report: PrescreenReport):
    shown = views(project)
    assert report.measured == 3
    assert report.refused == (("4.png", "The original is broken or cut off."),)
    assert [image for image, _ in unmeasured(project, version())] == [BROKEN]
    assert shown[RAIN].measurements["direction"] == pytest.approx(10, abs=6)
    assert shown[COPY].measurements["direction"] == pytest.approx(-10, abs=6)


def test_rain_comes_first(project: Project):
    shown = views(project)
    assert shown[RAIN].priority > shown[SCENE].priority
    assert "rain_free" not in shown[RAIN].flags
    assert shown[RAIN].suggestions


def test_the_mirrored_crop_is_grouped_and_flagged(project: Project, report: PrescreenReport):
    shown = views(project)
    assert (report.groups, report.redundant) == (1, 1)
    assert shown[RAIN].duplicates == (COPY,) and shown[COPY].duplicates == (RAIN,)
    assert "duplicate" in shown[COPY].flags and "duplicate" not in shown[RAIN].flags
    assert shown[COPY].priority <= likelihood(shown[COPY].measurements) / 2


def test_nothing_is_decided(project: Project):
    with project.read() as session:
        assert session.scalars(select(DecisionEvent)).all() == []
        assert set(session.scalars(select(Candidate.state))) == {"pending"}


def test_a_second_run_measures_nothing_again(project: Project, monkeypatch: pytest.MonkeyPatch):
    before = views(project)
    monkeypatch.setattr(run, "unmeasured", lambda *_: [])
    again = prescreen(project)
    assert (again.measured, again.groups, again.refused) == (0, 1, ())
    assert views(project) == before


def test_features_that_were_lost_are_found_again(project: Project):
    kept = sorted((project.folder / "prescreen").rglob("*.npz"))
    assert len(kept) == 3
    before = kept_features(project.folder, kept[0].stem)
    assert before is not None and kept_maps(project.folder, kept[0].stem) is not None
    kept[0].unlink()
    kept[1].write_bytes(b"PK")
    groups, unread = run.group_duplicates(project)
    assert len(groups) == 1 and not unread
    again = kept_features(project.folder, kept[0].stem)
    assert again is not None and again.size == before.size and np.array_equal(again.descriptors, before.descriptors)
    assert kept_maps(project.folder, kept[0].stem) is None  # the model alone finds them


def test_originals_that_are_missing_do_not_end_the_run(folder: Path, report: PrescreenReport, tmp_path: Path):
    """As after the restore of a database alone, without the features, and an import of all originals but some."""
    shutil.copytree(folder, tmp_path / "again", ignore=shutil.ignore_patterns("prescreen", "blobs"))
    project = open_project(tmp_path / "again")
    import_photos(project, folder.parent / "photos" / "1.png", folder.parent / "photos" / "3.png")
    for _ in range(2):
        found = prescreen(project, processes=1)
        assert [name for name, _ in found.refused] == ["2.png", "4.png"] and found.groups == 1
        assert all(sentence == "The original does not exist." for _, sentence in found.refused)
    import_photos(project, folder.parent / "photos")
    early = prescreen(project, processes=1, stop=lambda: True)
    assert (early.measured, early.stopped, early.groups) == (1, True, 0)
    found = prescreen(project, processes=1)
    assert (found.measured, found.refused, found.groups, found.stopped) == (0, (), 1, False)
    project.close()


def test_a_process_ends_with_the_one_that_started_it(tmp_path: Path, repository: Path):
    script = tmp_path / "start.py"
    script.write_text(
        "import multiprocessing, os, signal, time\n"
        "from annotator.prescreen.run import _end_with_parent\n"
        "def child(pipe):\n"
        "    _end_with_parent()\n"
        "    pipe.send(os.getpid())\n"
        "    time.sleep(600)\n"
        "context = multiprocessing.get_context('fork')\n"
        "here, there = context.Pipe()\n"
        "context.Process(target=child, args=(there,)).start()\n"
        "print(here.recv(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(repository)}
    output = tmp_path / "pid"
    with open(output, "w") as stream:
        subprocess.run([sys.executable, str(script)], env=environment, stdout=stream, timeout=300)
    child = Path("/proc") / output.read_text().strip()
    for _ in range(600):
        if not child.exists() or "\nState:\tZ" in (child / "status").read_text():
            return
        time.sleep(0.1)
    pytest.fail("the process goes on by itself")


@pytest.mark.parametrize(
    "arguments, code, sentence",
    [
        (["--processes", "0"], 2, "1 to 64 processes"),
        (["--weights", "nowhere"], 1, "There are no weights in nowhere"),
        ([], 1, "There is no project"),
    ],
)
def test_wrong_use_is_one_sentence(
    arguments: list[str], code: int, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["prescreen", str(tmp_path / "none"), *arguments]) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and sentence in lines[0]

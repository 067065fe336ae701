"""`python -m annotator` as a process: what it says, where, with which exit code."""

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest

from annotator.cli import COMMANDS, build_parser, main
from annotator.project import open_project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from tests.annotator.photos import accept, import_arrays, photo_arrays, reject


def run(repository: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "annotator", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with three photos: accepted, rejected, pending."""
    project = open_project(tmp_path / "project")
    import_arrays(project, tmp_path / "photos", photo_arrays(3))
    decide(project, accept(candidate_view(project, 1)))
    decide(project, reject(candidate_view(project, 2)))
    project.close()
    return project.folder


def test_import_as_a_process(repository: Path, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "photos" / "4.jpg").write_text("<html>")
    done = run(repository, "import", tmp_path / "new", tmp_path / "photos")
    assert done.returncode == 1 and done.stdout == "3 taken, 0 known already, 1 refused\n"
    assert done.stderr == "refused: 4.jpg is a web page (HTML), not a JPEG, PNG, WebP, TIFF, BMP, HEIC or AVIF photo.\n"
    again = run(repository, "import", tmp_path / "new", tmp_path / "photos", "--json")
    assert json.loads(again.stdout)["known"] == 3


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_from_photos_to_an_export_and_back(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "import", folder, tmp_path / "photos")[:2] == (0, "0 taken, 3 known already, 0 refused\n")
    code, out, _ = said(capsys, "stats", folder)
    assert code == 0 and "accepted           1" in out and "snow" in out
    assert not re.search(r"\+00:00|\d\.\d{3}|NaN", out) and re.search(r"\d\d:\d\d:\d\d +2 ", out)
    tables = json.loads(said(capsys, "stats", folder, "--json")[1])
    assert tables["progress"][0] == {"state": "pending", "candidates": 1}
    code, out, err = said(capsys, "export", folder, tmp_path / "out", "--splits", "train=1")
    assert (code, out) == (0, f"{tmp_path}/out: crops 1 train, of 1 photos; 1 rejected; 2 events\n")
    assert err.startswith("1 photos were never pre-screened: ") and err.count("\n") == 1
    err = said(capsys, "export", folder, tmp_path / "other", "--splits", "test=1")[2]
    assert "1 photos lie in another split than in the last export with this seed: " in err
    assert said(capsys, "export", folder, tmp_path / "out")[0] == 1
    assert said(capsys, "manifest", folder, tmp_path / "m.jsonl")[1] == "2 decisions written\n"
    code, out, _ = said(capsys, "manifest", tmp_path / "again", tmp_path / "m.jsonl", "--apply", tmp_path / "photos")
    assert (code, out) == (0, "2 applied, 0 known already, 0 refused\n")
    assert said(capsys, "backup", folder, "-o", tmp_path / "all.zip", "--photos")[:2] == (0, f"{tmp_path}/all.zip\n")
    assert said(capsys, "restore", tmp_path / "third", tmp_path / "all.zip")[:2] == (0, "restored\n")
    assert json.loads(said(capsys, "stats", tmp_path / "third", "--json")[1])["progress"] == tables["progress"]


def test_what_is_missing_is_told_and_importing_again_mends_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "check", folder) == (0, "3 originals whole, 0 missing, 0 damaged\n", "")
    for blob in (folder / "blobs").glob("*/*"):
        blob.unlink()
    code, out, err = said(capsys, "check", folder)
    assert (code, out) == (1, "0 originals whole, 3 missing, 0 damaged\n") and "missing: 2.png\n" in err
    words = "0 taken, 3 known already, 0 refused\noriginals that were missing or damaged and are whole again: 3\n"
    assert said(capsys, "import", folder, tmp_path / "photos")[:2] == (0, words)
    assert said(capsys, "check", folder)[0] == 0


def test_a_broken_source_in_the_middle_and_a_table_of_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are taken, names match however they are composed, and what is left over is told."""
    project = open_project(tmp_path / "other")
    import_arrays(project, tmp_path / "photos [2024]", photo_arrays(3))
    project.close()
    monkeypatch.chdir(tmp_path / "photos [2024]")
    Path("1.png").rename(unicodedata.normalize("NFD", "Régen.PNG"))
    Path("b.zip").write_bytes(b"PK\x03\x04 cut off")
    with zipfile.ZipFile("c.zip", "w") as archive:
        archive.write("3.png", "in/3.png")
        archive.write("b.zip", "more.zip")
    Path("3.png").unlink()
    Path("from.csv").write_bytes("name;author\r\nrégen.png;Ada\r\ngone.png;Bo\r\n".encode())
    sources = (f"{tmp_path}/photos [2024]/*.[pP][nN][gG]", "b.zip", "c.zip", "nothing.png")
    code, out, err = said(capsys, "import", tmp_path / "p", *sources, "--csv", "from.csv")
    assert (code, out) == (1, "3 taken, 0 known already, 3 refused\n")
    assert err.splitlines() == [
        "refused: b.zip is a broken or cut off zip archive.",
        "refused: more.zip is an archive inside the archive: unpack it and import it by itself.",
        "refused: There is no nothing.png.",
        "1 rows of the table belong to no photo: gone.png",
        "2 photos have no row in the table: 2.png, in/3.png",
    ]
    project = open_project(tmp_path / "p")
    assert candidate_view(project, 2).source.author == "Ada"
    project.close()


def test_a_zip_is_what_a_backup_of_that_name_is(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the photos too; and with them it is made although an original is missing, which is told."""
    assert said(capsys, "backup", folder, "-o", tmp_path / "monday.zip")[0] == 0
    assert zipfile.ZipFile(tmp_path / "monday.zip").namelist() == ["annotator.sqlite"]
    words = "restored; 3 originals are missing: import the photos again\n"
    assert said(capsys, "restore", tmp_path / "new", tmp_path / "monday.zip")[:2] == (0, words)
    next((folder / "blobs").glob("*/*")).unlink()
    code, out, err = said(capsys, "backup", folder, "-o", tmp_path / "all.zip", "--photos")
    assert (code, out) == (1, f"{tmp_path}/all.zip\n")
    assert re.fullmatch(r"not in it, as the original is missing or damaged: \d\.png\n", err)
    assert len(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == 3


def test_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = "min_side: 300\ncrop_min_side: 128\ncrop_aspect: 1.5\nvotes_required: 2\n"
    changes = ("--min-side", 300, "--crop-aspect", 1.5, "--votes", 2)
    assert said(capsys, "rules", tmp_path / "p", *changes)[:2] == (0, shown)
    assert "crop_aspect: any" in said(capsys, "rules", tmp_path / "p", "--crop-aspect", "any")[1]
    assert said(capsys, "rules", tmp_path / "p", "--votes", 99)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["stats", "NOTHING"], 1),
        (["export", "NOTHING", "out"], 1),
        (["manifest", "NOTHING", "m.jsonl"], 1),
        (["backup", "NOTHING"], 1),
        (["check", "NOTHING"], 1),
        (["import", "NEW", "NOTHING"], 1),
        (["import", "NEW", "EMPTY", "NOTHING"], 1),
        (["import", "NEW", "GARBAGE", "--csv", "GARBAGE"], 1),
        (["import", "NEW", "*.jpg"], 1),
        (["manifest", "NEW", "NOTHING", "--apply", "EMPTY"], 1),
        (["manifest", "NEW", "GARBAGE", "--apply", "EMPTY"], 1),
        (["restore", "NEW", "NOTHING"], 1),
        (["restore", "NEW", "GARBAGE"], 1),
        (["restore", "NEW", "ZIP"], 1),
        (["rules", "NEW", "--votes", "99"], 1),
        (["serve", "NEW", "--password-file", "LATIN"], 1),
        (["serve", "NEW", "--password-file", "EMPTYFILE"], 1),
        (["stats", "NEW", "--database", "mysql://x/y"], 1),
        (["stats", "NEW", "--database", "nonsense"], 1),
        (["stats", "NEW", "--database", "postgresql://nobody:secret@127.0.0.1:1/x"], 1),
        (["export", "NEW", "out", "--splits", "train"], 2),
        (["import"], 2),
        (["fly"], 2),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "GARBAGE").write_bytes(b"\xff\x00")
    (tmp_path / "LATIN").write_bytes("pässwörter".encode("latin-1"))
    (tmp_path / "EMPTYFILE").touch()
    with zipfile.ZipFile(tmp_path / "ZIP", "w") as archive:
        archive.writestr("1.txt", "no backup")
    found, out, err = said(capsys, *arguments)
    assert (found, out) == (code, "") and "Traceback" not in err and "secret" not in err
    if code == 1:
        assert err.startswith("error: ") and err.count("\n") == 1 and err.endswith(".\n")
        assert not (tmp_path / "NOTHING").exists()
        made_first = arguments[0] in ("stats", "export")  # PROJECT and its database are theirs, not a new project's
        assert made_first or not (tmp_path / "NEW").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        build_parser(command).parse_args([command, "--help"])
    assert stop.value.code == 0 and f"python -m annotator {command}" in capsys.readouterr().out


def test_what_a_stopped_server_held_is_there_when_it_starts_anew(
    repository: Path, folder: Path, tmp_path: Path
) -> None:
    """As on a Space: the folder of snapshots lasts, the project's does not."""
    command = [sys.executable, "-m", "annotator", "serve", folder, "--port", "0", "--snapshots", tmp_path / "kept"]
    for expected in ([], ["is restored; 3 originals are missing"]):
        with subprocess.Popen(list(map(str, command)), cwd=repository, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            for words in (*expected, "The annotator is at"):
                assert words in server.stdout.readline()
            server.terminate()
            assert server.wait(60) == 0
        assert len(list((tmp_path / "kept").iterdir())) == 1 + len(expected)
        if not expected:
            shutil.rmtree(folder)
    project = open_project(folder)
    assert [candidate_view(project, number).state for number in (1, 2, 3)] == ["accepted", "rejected", "pending"]
    project.close()

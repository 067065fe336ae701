"""The script that uploads the static page, as far as it goes without a network."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "scripts"))

import build_web
import upload_web


class Api:
    """Stands in for the Hub."""

    def __init__(self) -> None:
        self.asked: dict = {}

    def create_repo(self, name: str, **options) -> None:
        self.asked["create"] = (name, options)

    def upload_folder(self, **options):
        self.asked["upload"] = options
        return type("Commit", (), {"commit_url": "https://huggingface.co/spaces/me/derain/commit/1"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As much of a built page as is looked at."""
    for name in ("index.html", "build.js"):
        (tmp_path / name).write_text(name)
    shutil.copyfile(REPOSITORY / "web" / "space" / "README.md", tmp_path / "README.md")
    build_web.write_json(tmp_path / "headers.json", build_web.headers())
    return tmp_path


def test_a_dry_run_lists_what_would_be_uploaded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert upload_web.main(["me/derain", str(folder), "--dry-run"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("3 files, ") and "static Space me/derain" in said[0]
    assert said[1:] == ["README.md", "build.js", "index.html"]


def test_what_the_hub_is_asked(folder: Path) -> None:
    api = Api()
    address = upload_web.upload("me/derain", folder, private=True, api=api)  # type: ignore[arg-type]
    assert address.endswith("/commit/1")
    name, options = api.asked["create"]
    assert (name, options["space_sdk"], options["private"]) == ("me/derain", "static", True)
    assert api.asked["upload"]["ignore_patterns"] == ["headers.json"]


@pytest.mark.parametrize("space", ["derain", "a/b/c", "me/der ain"])
def test_names_of_no_space(folder: Path, space: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert upload_web.main([space, str(folder), "--dry-run"]) == 1
    assert "is no name of a Space" in capsys.readouterr().err


def test_a_card_without_isolation_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = folder / "README.md"
    card.write_text(card.read_text().replace("require-corp", "unsafe-none"))
    assert upload_web.main(["me/derain", str(folder), "--dry-run"]) == 1
    assert "cross-origin-embedder-policy" in capsys.readouterr().err


def test_a_folder_without_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert upload_web.main(["me/derain", str(tmp_path), "--dry-run"]) == 1
    assert "make web builds it" in capsys.readouterr().err


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(build_web.UserError, match=r"left alone|not installed"):
        build_web.build(tmp_path)
    assert (tmp_path / "mine.txt").is_file()

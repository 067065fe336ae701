"""Starting the demo: what stops it says so in one sentence, and a Space's way in works."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.main import main


def test_missing_weights_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--weights", str(tmp_path / "nowhere")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "nowhere" in said


def test_a_taken_port_is_one_sentence(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["--weights", str(weights), "--host", "127.0.0.1", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and str(port) in said


def test_the_file_of_a_space_starts_from_any_folder(repository: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(repository / "app" / "main.py"), "--weights", str(tmp_path / "nowhere")]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 1 and "nowhere" in ran.stderr and "Traceback" not in ran.stderr

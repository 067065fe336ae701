"""Starting the demo: what stops it says so in one sentence, and a Space's way in works."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from gradio_client import Client, handle_file

from app.main import main
from tests.e2e.served_demo import served_demo


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


def run_main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.server.Derainer", lambda *_: pytest.fail("the model was loaded first"))
        return main(list(arguments)), capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "99999", "-1"])
def test_a_port_that_does_not_exist_is_one_sentence_of_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    code, said = run_main(monkeypatch, capsys, f"--port={port}")
    assert code == 2 and said.count("\n") == 1 and port in said and "65535" in said


def test_a_host_that_is_not_ours_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run_main(monkeypatch, capsys, "--host", "192.0.2.7")
    assert code == 1 and said.count("\n") == 1 and "192.0.2.7" in said


@pytest.mark.parametrize("value", ["", "8123"])
def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """As in the annotator, whose `serve` reads the same variables."""
    monkeypatch.setenv("PORT", value)
    monkeypatch.setenv("HOST", "")
    heard = []
    monkeypatch.setattr("app.server.serve", lambda host, port, folders: heard.append((host, port)))
    assert main([]) == 0
    assert heard == [("127.0.0.1", int(value or 7860))]


def test_a_space_says_where_to_listen_by_gradios_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7861")
    heard = []
    monkeypatch.setattr("app.server.serve", lambda host, port, folders: heard.append((host, port)))
    assert main([]) == 0 and heard == [("0.0.0.0", 7861)]


def test_what_was_uploaded_goes_with_the_demo(weights: Path, repository: Path, photos: Path, tmp_path: Path) -> None:
    """SIGTERM, as of `docker stop`, leaves nothing; what SIGKILL leaves goes with the next start."""
    program = ["-m", "app", "--weights", str(weights)]
    gradio = tmp_path / "gradio"

    def kept() -> list[Path]:
        return [path for path in gradio.rglob("*") if path.is_file() and path.suffix != ".lock"]

    for kill in (True, False):
        with served_demo(program, repository, tmp_path) as server:
            client = Client(server, verbose=False, download_files=tmp_path / "downloads")
            client.predict(handle_file(photos / "street.png"), api_name="/derain")
            assert {"street.png", "street_derained.png"} <= {path.name for path in kept()}
            assert len(list(gradio.glob("*/in-use"))) == 1
            if kill:
                os.kill(server.pid, signal.SIGKILL)
    assert kept() == []
    assert not list(tmp_path.glob("**/derain-*"))


def test_a_home_that_cannot_be_written_to_is_told_and_the_demo_runs(
    weights: Path, repository: Path, photos: Path, tmp_path: Path
) -> None:
    home = {"HOME": "/dev/null", "XDG_CACHE_HOME": "", "XDG_DATA_HOME": ""}
    with served_demo(["-m", "app", "--weights", str(weights)], repository, tmp_path, **home) as server:
        client = Client(server, verbose=False, download_files=tmp_path / "downloads")
        assert Path(client.predict(handle_file(photos / "street.png"), api_name="/derain")[0]).is_file()
    said = server.errors.read_text().splitlines()
    assert any("Examples" in line for line in said) and any("Picks" in line for line in said)
    assert not any("Traceback" in line for line in said)

"""The endpoint `/derain` as a script uses it, and the page's snippets as they stand."""

import json
import re
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from app.derain import api


@pytest.fixture(scope="module")
def client(demo: str, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(demo, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


@pytest.mark.parametrize("name", ["street.png", "street.jpg"])
def test_files_are_what_the_command_line_writes(client: Client, photos: Path, by_command_line: Path, name: str) -> None:
    derained, mask, measures = client.predict(handle_file(photos / name), api_name="/derain")
    assert Path(derained).name == name.replace(".", "_derained.")
    assert Path(derained).read_bytes() == (by_command_line / name[-3:] / name).read_bytes()
    assert cv2.imread(mask, cv2.IMREAD_UNCHANGED).shape == (240, 320)
    assert measures.keys() == {"generator", "coverage", "direction", "spread", "density"}
    assert measures["generator"] == "gs" and 0 <= measures["coverage"] <= 100


def test_no_strength_gives_the_photo_back(client: Client, photos: Path) -> None:
    derained, *_ = client.predict(handle_file(photos / "street.png"), 0, api_name="/derain")
    assert np.array_equal(cv2.imread(derained), cv2.imread(str(photos / "street.png")))


@pytest.mark.parametrize(("name", "options"), [("broken.jpg", {}), ("street.png", {"strength": 3})])
def test_wrong_use_is_one_sentence(client: Client, photos: Path, name: str, options: dict) -> None:
    with pytest.raises(AppError) as raised:
        client.predict(handle_file(photos / name), api_name="/derain", **options)
    assert len(str(raised.value)) > 10 and "Traceback" not in str(raised.value)


def test_only_this_endpoint_is_public(client: Client) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/derain"]


def test_the_python_snippet_runs(demo: str, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    (photos / "photo.jpg").write_bytes((photos / "street.jpg").read_bytes())
    monkeypatch.chdir(photos)
    exec(api.PYTHON.replace(api.ORIGIN, demo), {})
    assert "photo_derained.jpg" in capsys.readouterr().out


def test_the_curl_snippet_runs(demo: str, photos: Path) -> None:
    (photos / "photo.jpg").write_bytes((photos / "street.jpg").read_bytes())
    ran = subprocess.run(
        ["bash", "-c", api.CURL.replace(api.ORIGIN, demo)], cwd=photos, capture_output=True, text=True, check=True
    )
    answer = re.search(r"event: complete\ndata: (.*)", ran.stdout)
    assert answer, ran.stdout
    derained, mask, measures = json.loads(answer[1])
    assert derained["url"].endswith("photo_derained.jpg") and mask["url"].endswith(".png")
    assert "coverage" in measures

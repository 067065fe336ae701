"""The endpoint `/derain` as a script uses it, and the page's snippets as they stand."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

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


def test_a_painted_strength_map_is_followed(
    client: Client, photos: Path, by_command_line: Path, tmp_path: Path
) -> None:
    painted = np.full((24, 32), 128, np.uint8)
    painted[:, :16] = 0
    Image.fromarray(painted).save(tmp_path / "map.png")
    derained, *_ = client.predict(
        handle_file(photos / "street.png"), strength_map=handle_file(tmp_path / "map.png"), api_name="/derain"
    )
    found, rainy = cv2.imread(derained), cv2.imread(str(photos / "street.png"))
    assert np.array_equal(found[:, :150], rainy[:, :150])
    assert np.array_equal(found[:, 170:], cv2.imread(str(by_command_line / "png/street.png"))[:, 170:])


def odd_calls(photo: dict) -> dict[str, list]:
    return {
        "null for a photo": [None, 1.0],
        "nothing at all": [],
        "a strength in quotes": [photo, "0.5"],
        "a strength that is no number": [photo, True],
        "a list of photos": [[photo, photo], 1.0],
        "a data URL": ["data:image/png;base64,AAAA", 1.0],
        "a file of its own making": [{"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}, 1.0],
        "a generator that is not there": [photo, 1.0, "gx"],
        "a map that is no picture": [photo, 1.0, None, {"name": "map.png"}],
    }


def answer(demo: str, photo: Path, data_of: Callable[[dict], list]) -> tuple[str, Any]:
    """What the endpoint answers to raw HTTP: the last event and its data."""
    with httpx.Client(base_url=f"{demo.rstrip('/')}/gradio_api", timeout=120) as http:
        uploaded = http.post("/upload", files={"files": (photo.name, photo.read_bytes())}).json()[0]
        data = data_of({"path": uploaded, "meta": {"_type": "gradio.FileData"}})
        event = http.post("/call/derain", json={"data": data}).json()["event_id"]
        kind, said = re.findall(r"event: (.*)\ndata: (.*)", http.get(f"/call/derain/{event}").text)[-1]
    return kind, json.loads(said)


@pytest.mark.parametrize("kind", list(odd_calls({})))
def test_odd_calls_are_answered_by_a_sentence(demo: str, photos: Path, kind: str) -> None:
    event, said = answer(demo, photos / "street.png", lambda photo: odd_calls(photo)[kind])
    assert event == "error"
    assert len(said["error"]) > 10 and "Traceback" not in said["error"] and "our side" not in said["error"]


def test_the_last_values_may_be_left_out(demo: str, photos: Path) -> None:
    assert answer(demo, photos / "street.png", lambda photo: [photo])[0] == "complete"


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

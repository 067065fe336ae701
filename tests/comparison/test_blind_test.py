"""`python -m core compare --blind OLD NEW`: a page of both models' outputs that does not tell which is which."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.cli import main
from core.comparison.blind import Contender, write_blind_test
from core.methods import Derained, Method
from core.networks import SIZES, SemiDerainGAN


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    for number in range(3):
        Image.fromarray(np.full((40, 56, 3), 60 * number, np.uint8)).save(tmp_path / "photos" / f"{number}<script>.png")
    return tmp_path / "photos"


def read(page: str) -> tuple[list[dict], dict]:
    found = re.search(r'<script id="data"[^>]*data-key="([^"]*)"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[2]), json.loads(base64.b64decode(found[1]))


def test_two_models_as_a_page(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("old", "new"):
        torch.manual_seed(len(name))
        SemiDerainGAN(**SIZES["fast"]).save_pretrained(tmp_path / name)
    models = [str(tmp_path / name) for name in ("old", "new")]
    page = tmp_path / "blind.html"
    assert main(["compare", "--blind", *models, "--data", str(photos), "-o", str(page), "--device", "cpu"]) == 0
    rounds, key = read(page.read_text(encoding="utf-8"))
    assert sorted(shown["name"] for shown in rounds) == [f"{number}<script>" for number in range(3)]
    assert all(len(shown["pictures"]) == 3 for shown in rounds) and len(key["first"]) == 3
    assert key["labels"] == [f"old ({models[0]})", f"new ({models[1]})"]
    assert models[0] not in page.read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["compare", "--blind", models[0], models[0], "--data", str(photos), "-o", str(page)]) == 2
    assert "are one" in capsys.readouterr().err


def test_a_and_b_change_places_and_the_key_tells_how(tmp_path: Path) -> None:
    dark, light = (
        Contender(
            name, Method(name, name, run=lambda pixels, names, value=value: Derained(np.full_like(pixels, value)))
        )
        for name, value in (("dark", 0), ("light", 255))
    )
    photos = [(f"{number}</script>", lambda: np.full((8, 8, 3), 99, np.uint8)) for number in range(12)]
    write_blind_test(tmp_path / "blind.html", photos, (dark, light))
    rounds, key = read((tmp_path / "blind.html").read_text(encoding="utf-8"))
    assert set(key["first"]) == {0, 1} and [shown["name"] for shown in rounds] != [name for name, _ in photos]
    values = {rounds[0]["pictures"][0]}
    for shown, first in zip(rounds, key["first"]):
        assert shown["pictures"][1 + first] == rounds[0]["pictures"][1 + key["first"][0]]
        values |= set(shown["pictures"])
    assert len(values) == 3

"""The committed constants of the choice are what scripts/fit_rain_scale.py writes."""

import importlib
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from core.inference.rain_scale import CONSTANTS, FEATURES, PLACES, SCALES

PHOTOS = 80


@pytest.fixture()
def script(repository: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(repository / "scripts"))
    return importlib.import_module("fit_rain_scale")


def test_the_file_names_its_command_and_has_its_form(script: ModuleType) -> None:
    written = json.loads(CONSTANTS.read_text())
    options = written["command"].split()
    photos, seed = (int(options[options.index(name) + 1]) for name in ("--photos", "--seed"))
    assert written["command"] == script.COMMAND.format(photos=photos, seed=seed) and photos >= 100
    assert len(written["weights_sha256"]) == 64 and written["least_presence"] == script.LEAST_PRESENCE
    made = script.fit(*rain_of_known_widths())
    for part in ("crop", "photo"):
        assert written[part].keys() == made[part].keys()
        assert len(written[part]["coefficients"]) == len(made[part]["coefficients"])
        values = [written[part]["intercept"], *written[part]["coefficients"]]
        assert values == [round(value, 5) for value in values]


def test_the_fit_finds_the_width(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    script.fit(*rain_of_known_widths())
    assert "within a factor of 1.4: 100" in capsys.readouterr().out


def rain_of_known_widths() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features of which one says how much too wide the rain is, with noise; presence; octaves."""
    rng = np.random.default_rng(0)
    octaves = rng.uniform(0, 2, PHOTOS)
    features = rng.normal(0, 1, (PHOTOS, len(PLACES), len(SCALES), len(FEATURES)))
    features[..., 2] = octaves[:, None, None] - np.log2(SCALES) + rng.normal(0, 0.1, features.shape[:-1])
    return features, rng.uniform(1, 20, features.shape[:-1]), octaves

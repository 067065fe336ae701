"""The committed constants of the choice are what scripts/fit_rain_scale.py writes."""

import importlib
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from core.inference import rain_scale
from core.inference.rain_scale import CONSTANTS, FEATURES, PLACES, SCALES, rain_width

Look = tuple[np.ndarray, np.ndarray]
PHOTOS = 120


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
    assert made.keys() == written.keys() - {"command", "weights_sha256"}
    for name in ("weights", "biases", "slopes", "intercept"):
        values = np.array(written[name])
        assert values.shape == np.shape(made[name]) and (values == np.round(values, 4)).all()


def test_the_fit_finds_the_width(
    script: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, octaves, pairs = rain_of_known_widths()
    made = script.fit(looks, octaves, pairs)
    assert "within a factor of 1.4: 100" in capsys.readouterr().out
    monkeypatch.setattr(rain_scale, "_constants", lambda: made)
    told = [np.log2(rain_width(*found)) for pair in pairs for found in pair]
    assert np.abs(np.diff(np.reshape(told, (-1, 2))) - 1).max() < 0.3


def rain_of_known_widths() -> tuple[list[Look], np.ndarray, list[tuple[Look, Look]]]:
    """Looks of which one feature says how wide the rain is, with noise; octaves; pairs of looks an octave apart."""
    rng = np.random.default_rng(0)

    def look(octave: float) -> Look:
        features = rng.normal(0, 1, (len(PLACES), len(SCALES), len(FEATURES)))
        features[..., 2] = octave - np.log2(SCALES) + rng.normal(0, 0.1, features.shape[:-1])
        return features, np.full(features.shape[:-1], 9.0)

    octaves = rng.uniform(0, 2, PHOTOS)
    return [look(octave) for octave in octaves], octaves, [(look(first), look(first + 1)) for first in (0, 0.5, 1)]

"""A tiny data root and a tiny training."""

import copy
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

NETWORK = {
    "ssrml": {"channels": 4, "steps": 2, "units": 1, "downscale": 2},
    "unet": {"width": 4, "encoder": [1], "middle": 1, "decoder": [1], "block": "gated", "downscale": 2},
}


@pytest.fixture()
def data_root(tmp_path: Path) -> Path:
    """Six clean photos, four streak images, and four side-by-side pairs, 48×40."""
    rng = np.random.default_rng(0)
    root = tmp_path / "data"
    for folder in ("clean", "streaks", "rain800"):
        (root / folder).mkdir(parents=True)

    def photo() -> np.ndarray:
        return cv2.GaussianBlur(rng.integers(0, 256, (40, 48, 3)).astype(np.uint8), (0, 0), 2)

    for index in range(6):
        cv2.imwrite(str(root / "clean" / f"{index}.png"), photo())
    for index in range(4):
        streaks = np.zeros((40, 48), np.uint8)
        cv2.line(streaks, (10 + 5 * index, 4), (12 + 5 * index, 30), 220, 1)
        cv2.imwrite(str(root / "streaks" / f"{index}.png"), streaks)
        clean = photo()
        cv2.imwrite(str(root / "rain800" / f"{index + 1}.jpg"), np.hstack([clean, cv2.add(clean, 20)]))
    return root


@pytest.fixture()
def settings() -> dict[str, Any]:
    """A config as a dictionary: 20 steps of 4 patches."""
    return {
        "name": "tiny",
        "network": copy.deepcopy(NETWORK),
        "data": {
            "clean": "clean",
            "streaks": "streaks",
            "pairs": {"rain800": "rain800"},
            "mix": {"light": 1, "heavy": 1, "rain800": 1, "clean": 0.5},
            "patch": 32,
            "held_out": 2,
            "validated": 1,
        },
        "optimiser": {"patches": 80, "batch": 4, "warm_up": 2},
        "checkpoint_minutes": 0.0,
        "workers": 0,
    }


@pytest.fixture()
def write_config(tmp_path: Path) -> Any:
    """Writes a dictionary as YAML -> its path."""

    def write(values: Any) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
        return path

    return write

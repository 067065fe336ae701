"""Configs: the committed ones are valid, and every mistake is told in one sentence."""

from pathlib import Path
from typing import Any

import pytest
import torch

from core.training.checks import ConfigError
from core.training.config_file import load_config
from core.training.patches import load_material
from core.training.precision import in_bfloat16


def test_the_committed_configs_are_valid(repository: Path) -> None:
    paths = sorted((repository / "configs").glob("*.yaml"))
    assert paths
    for path in paths:
        assert load_config(path).name == path.stem


def test_auto_precision_is_bfloat16_where_the_device_gains_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    assert in_bfloat16("bfloat16", cpu) and not in_bfloat16("float32", cpu)
    for capabilities, gains in (({"amx_bf16": True}, True), ({"avx2": True}, False)):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda found=capabilities: found)
        assert in_bfloat16("auto", cpu) == gains
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    assert not in_bfloat16("auto", torch.device("cuda")), "training in float16 would need its losses scaled"


@pytest.mark.parametrize(
    ("part", "name", "value", "sentence"),
    [
        (None, "netwrok", "fast", "unknown settings: netwrok"),
        (None, "network", "huge", "network should be one of"),
        (None, "network", None, "network or initial weights are missing"),
        (None, "precision", "int8", "precision should be"),
        ("data", "patch", 8, "patch should be at least 32"),
        ("data", "mix", {"light": 0}, "every share in mix should be above 0"),
        ("data", "validated", 0, "validated should be at least 1, not 0"),
        ("data", "mix", {"light": "much"}, "light should be float, not 'much'"),
        ("data", "validation_recipes", "light", "validation_recipes should be"),
        (None, "name", 1, "name should be str, not 1"),
        ("optimiser", "batch", "eight", "batch should be int, not 'eight'"),
        ("optimiser", "rate", "1e-3", "rate should be float, not '1e-3'"),
        ("optimiser", "patches", 2, "patches should be at least one batch"),
        ("optimiser", "batch", 0, "batch should be at least 1"),
        ("optimiser", "clip", 0, "clip should be above 0"),
        ("optimiser", "average", 2, "average should lie in"),
        ("optimiser", "algorithm", "sgd", "algorithm should be one of adamw, adam, muon"),
        ("data", "validated", 3, "validated should be no more than held_out"),
        ("optimiser", "rate", 0, "rate should be above 0"),
        ("optimiser", "fall", 1.5, "fall should lie in"),
        (None, "loss", {"charbonnier": 0, "ssim": 0, "mask": 0}, "one above 0"),
        (None, "loss", {"rain": 1}, "unknown settings: rain; there are charbonnier, in_rain, ssim, psnr, mask"),
    ],
)
def test_says_what_is_wrong(
    part: str | None, name: str, value: Any, sentence: str, settings: dict[str, Any], write_config: Any
) -> None:
    (settings[part] if part else settings)[name] = value
    with pytest.raises(ConfigError, match=sentence):
        load_config(write_config(settings))


def test_says_what_is_missing_or_unreadable(settings: dict[str, Any], write_config: Any, tmp_path: Path) -> None:
    del settings["data"]["clean"]
    with pytest.raises(ConfigError, match="data lacks clean"):
        load_config(write_config(settings))
    with pytest.raises(ConfigError, match="should hold settings by name"):
        load_config(write_config("fast"))
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.yaml")
    (tmp_path / "broken.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load_config(tmp_path / "broken.yaml")


def test_a_mix_of_unknown_rain_is_refused(settings: dict[str, Any], write_config: Any, data_root: Path) -> None:
    settings["data"]["mix"] = {"hail": 1}
    with pytest.raises(ConfigError, match="no rain named hail"):
        load_material(load_config(write_config(settings)).data, data_root)
    settings["data"]["mix"] = {"light": 1}
    settings["data"]["validation_recipes"] = ["rain800"]
    with pytest.raises(ConfigError, match="no rain named rain800"):
        load_material(load_config(write_config(settings)).data, data_root)
    settings["data"]["validation_recipes"] = ["light"]
    settings["data"]["held_out"] = 6
    with pytest.raises(ConfigError, match="there are only 6"):
        load_material(load_config(write_config(settings)).data, data_root)

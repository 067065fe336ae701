"""G_r on the whole mix: every kind of rain of the mix, and the generator that the supervised process trains."""

import dataclasses
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from core.networks import SemiDerainGAN
from core.training.checkpoint import save_weights
from core.training.checks import ConfigError
from core.training.config import DataConfig
from core.training.config_file import load_config, make_config
from core.training.cutting import likeness_to_rain, recoloured
from core.training.drawing import drawn
from core.training.patches import RainPatches, load_material
from core.training.real_layers import lay_over
from core.training.trainer import Trainer
from datasets.dry import dry_names


@pytest.fixture()
def real_rain(data_root: Path) -> Path:
    """The data root with real photos (smooth, with slanting streaks), a still clip of falling drops, and fog."""
    rng = np.random.default_rng(0)
    for folder in ("photos", "clip", "fog"):
        (data_root / folder).mkdir()
    smooth = np.full((160, 160, 3), 90, np.uint8)
    for index in range(2):
        photo = smooth.copy()
        for x in rng.integers(0, 160, 60):
            cv2.line(photo, (int(x), 0), (int(x) + 8, 160), (150, 150, 150), 1, cv2.LINE_AA)
        cv2.imwrite(str(data_root / "photos" / f"{index}.png"), cv2.GaussianBlur(photo, (0, 0), 0.7))
        cv2.imwrite(str(data_root / "fog" / f"{index}.png"), smooth + 60 + 10 * index)
    scene = cv2.GaussianBlur(rng.integers(0, 256, (160, 200, 3)).astype(np.uint8), (0, 0), 2)
    scene = cv2.normalize(scene, None, 30, 200, cv2.NORM_MINMAX)
    for index in range(21):
        frame = scene.copy()
        for x, y in rng.integers(0, 160, (14, 2)):
            cv2.line(frame, (int(x), int(y)), (int(x) + 2, int(y) + 14), (255, 255, 255), 1)
        cv2.imwrite(str(data_root / "clip" / f"{index:03}.png"), frame)
    return data_root


@pytest.fixture()
def any_rain(settings: dict[str, Any]) -> dict[str, Any]:
    """The tiny config with every kind of rain."""
    data = settings["data"]
    data |= {
        "mix": {"light": 1, "real": 1, "clips": 1, "frames": 1, "dry": 1, "clean": 1, "photoshop": 1},
        "real": {"photos": "photos", "clips": ["clip"]},
        "dry": ["fog"],
    }
    return settings


def only(config: DataConfig, kind: str, **changes: float) -> DataConfig:
    """The same settings with a mix of one kind."""
    dry = config.dry if kind == "dry" else ()
    return dataclasses.replace(config, mix={kind: 1.0}, dry=dry, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["real", "clips", "frames", "photoshop", "clean", "dry"])
def test_each_kind_of_the_mix_rains_or_leaves_alone(kind: str, real_rain: Path, any_rain: dict[str, Any]) -> None:
    config = make_config(any_rain, "test").data
    material, _ = load_material(config, real_rain)
    patches = RainPatches(material, only(config, kind, finer=0.5), 3, 16)
    added = []
    for index in range(16):
        rainy, clean = patches[index]
        assert rainy.shape == clean.shape == (3, 32, 32) and rainy.dtype == torch.float32
        assert all(torch.equal(a, b) for a, b in zip(patches[index], (rainy, clean)))
        added.append(float((rainy - clean).mean()))
    if kind in {"clean", "dry"}:
        assert added == [0.0] * 16
    else:
        assert np.mean(added) > 0.002 and min(added) > -0.01


def test_what_comes_after_the_rain_is_asked_for_by_share(real_rain: Path, any_rain: dict[str, Any]) -> None:
    config = make_config(any_rain, "test").data
    material, _ = load_material(config, real_rain)
    plain = RainPatches(material, only(config, "clean"), 3, 60)
    aged = RainPatches(material, only(config, "clean", photographed=0.5), 3, 60)
    changed = [not torch.equal(plain[i][1], aged[i][1]) for i in range(60)]
    assert 12 < sum(changed) < 40


def test_patches_are_recoloured_before_it_rains_on_them(real_rain: Path, any_rain: dict[str, Any]) -> None:
    config = make_config(any_rain, "test").data
    material, _ = load_material(config, real_rain)
    plain = RainPatches(material, only(config, "clean"), 3, 60)
    other = RainPatches(material, only(config, "clean", recoloured=0.5), 3, 60)
    assert all(torch.equal(rainy, clean) for rainy, clean in (other[i] for i in range(60)))
    changed = [i for i in range(60) if not torch.equal(plain[i][1], other[i][1])]
    assert 15 < len(changed) < 45
    red = np.full((8, 8, 3), (160, 90, 90), np.uint8)
    made = [recoloured(red, np.random.default_rng(seed))[0, 0] for seed in range(40)]
    assert {int(np.argmax(colour)) for colour in made} == {0, 1, 2}
    spread = [int(colour.max()) - int(colour.min()) for colour in made]
    assert min(spread) < 40 and max(spread) > 120


def test_patches_without_rain_can_be_chosen_for_what_looks_like_rain(real_rain: Path, any_rain: dict[str, Any]) -> None:
    """A dry photo that is half smooth, half bars: by chance cuts show either, of several the one with more bars."""
    photo = np.full((160, 320, 3), 90, np.uint8)
    photo[:, 160::8] = 160
    for index in range(2):
        cv2.imwrite(str(real_rain / "fog" / f"{index}.png"), photo)
    config = make_config(any_rain, "test").data
    material, _ = load_material(config, real_rain)

    def bars(kind: str, **settings: Any) -> float:
        patches = RainPatches(material, only(config, kind, **settings), 5, 60)
        return float(np.mean([clean.std() for _, clean in (patches[i] for i in range(60))]))

    assert bars("dry", like_rain=1.0) > 1.3 * bars("dry")
    assert bars("real", like_rain=1.0) == bars("real"), "backgrounds of rain are taken as they come"


def test_thin_bright_upright_lines_look_like_rain() -> None:
    lines = np.full((96, 96, 3), 90, np.uint8)
    lines[:, ::12] = 140
    dark = np.full((96, 96, 3), 140, np.uint8)
    dark[:, ::12] = 90
    wide = np.full((96, 96, 3), 90, np.uint8)
    wide[:, :40] = 140
    bright = likeness_to_rain(lines)
    assert bright == pytest.approx(50 / 12, rel=0.1)
    for other in (np.ascontiguousarray(lines.transpose(1, 0, 2)), dark, wide, np.full((96, 96, 3), 90, np.uint8)):
        assert likeness_to_rain(other) < bright / 4


def test_real_rain_can_be_turned_to_a_slant() -> None:
    layer = np.zeros((64, 64), np.float16)
    layer[:, ::8] = 0.3
    clean = np.full((64, 64, 3), 60, np.uint8)

    def slope(turned: float) -> float:
        rainy = lay_over(clean, [layer], np.random.default_rng(2), turned)[16:48, 16:48, 0]
        down, across = np.gradient(rainy)
        return float(np.abs(down).mean() / np.abs(across).mean())

    assert slope(0) < 1e-6 and slope(1) > 0.2


def test_dry_photos_that_are_measured_on_are_not_trained_on(real_rain: Path, any_rain: dict[str, Any]) -> None:
    listed = sorted(name for name in dry_names() if name.startswith("fog/"))
    for index in range(2):
        (real_rain / "fog" / f"{index}.png").rename(real_rain / listed[index])
    with pytest.raises(ConfigError, match="list of dry photos"):
        load_material(make_config(any_rain, "test").data, real_rain)


def test_backgrounds_of_such_a_folder_go_without_the_photos_that_are_measured_on(
    real_rain: Path, any_rain: dict[str, Any]
) -> None:
    any_rain["data"]["backgrounds"] = ["fog"]
    with_fog = load_material(make_config(any_rain, "test").data, real_rain)[0].clean
    listed = next(name for name in sorted(dry_names()) if name.startswith("fog/"))
    cv2.imwrite(str(real_rain / listed), np.full((160, 160, 3), 7, np.uint8))
    again = load_material(make_config(any_rain, "test").data, real_rain)[0].clean
    assert len(again) == len(with_fog) and not any((photo == 7).all() for photo in again)
    cv2.imwrite(str(real_rain / "fog" / "another.png"), np.full((160, 160, 3), 7, np.uint8))
    assert any((photo == 7).all() for photo in load_material(make_config(any_rain, "test").data, real_rain)[0].clean)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"real": None}, "real"),
        ({"real": {"photos": "photos"}}, "clips"),
        ({"dry": []}, "dry"),
        ({"finer": 2.0}, "finer"),
    ],
)
def test_a_kind_and_what_it_is_made_of_belong_together(
    change: dict[str, Any], sentence: str, any_rain: dict[str, Any]
) -> None:
    any_rain["data"] |= change
    with pytest.raises(ConfigError, match=sentence):
        make_config(any_rain, "test")


def test_the_supervised_process_trains_g_r_from_a_copy_of_g_s(
    real_rain: Path, any_rain: dict[str, Any], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    network = any_rain.pop("network")
    before = SemiDerainGAN(**network, generators=("gs", "gr"))
    save_weights(before, tmp_path / "before")
    any_rain |= {"initial": str(tmp_path / "before"), "generator": "gr", "starts_from": "gs", "freeze_ssrml": True}
    any_rain["loss"] = {"charbonnier": 1.0, "ssim": 0.0, "mask": 0.0}
    trainer = Trainer(make_config(any_rain, "test"), real_rain, tmp_path / "runs")
    start = {name: value.clone() for name, value in trainer.parts.model.state_dict().items()}
    copied = [name for name in start if name.startswith("unets.gr.")]
    assert all(torch.equal(start[name], start[name.replace(".gr.", ".gs.")]) for name in copied)
    trainer.train(quiet=True)
    after = trainer.parts.model.state_dict()
    assert {name.split(".")[1] for name in after if not torch.equal(after[name], start[name])} == {"gr"}
    assert (tmp_path / "runs" / "tiny" / "weights" / "model.safetensors").is_file()


@pytest.mark.parametrize(
    ("name", "learns"),
    [
        ("any-rain", "gr"),
        ("any-rain-pseudo", "gr"),
        ("any-rain-pseudo-again", "gr"),
        ("any-rain-mask", "ssrml"),
        ("any-rain-like-rain", "gr"),
    ],
)
def test_the_config_that_goes_on_is_whole(name: str, learns: str) -> None:
    config = load_config(f"configs/{name}.yaml")
    assert config.generator == ("gs" if learns == "ssrml" else "gr") and config.freeze_ssrml == (learns == "gr")
    assert sum(config.data.mix.values()) == pytest.approx(1, abs=0.15)


def test_letters_and_bars_are_drawn_before_it_rains_on_them(real_rain: Path, any_rain: dict[str, Any]) -> None:
    config = make_config(any_rain, "test").data
    material, _ = load_material(config, real_rain)
    plain = RainPatches(material, only(config, "clean"), 3, 60)
    other = RainPatches(material, only(config, "clean", drawn=0.5), 3, 60)
    assert all(torch.equal(rainy, clean) for rainy, clean in (other[i] for i in range(60)))
    assert 15 < sum(not torch.equal(plain[i][1], other[i][1]) for i in range(60)) < 45
    rained_on = RainPatches(material, only(config, "photoshop", drawn=1.0), 3, 8)
    assert all(float((rainy - clean).mean()) > 0 for rainy, clean in (rained_on[i] for i in range(8)))


def test_what_is_drawn_has_edges_and_leaves_its_surroundings() -> None:
    smooth = np.full((96, 96, 3), 120, np.uint8)
    made = [drawn(smooth, np.random.default_rng(seed)) for seed in range(30)]
    assert all(image.shape == smooth.shape and image.dtype == np.uint8 for image in made)
    assert min(float(image.std()) for image in made) > 2 and (smooth == 120).all()
    assert sum(bool((image[0] == 120).all()) for image in made) > 5, "some have a border"

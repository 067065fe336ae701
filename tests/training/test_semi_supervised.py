"""Both processes: every term reaches the networks it should, turns alternate, runs resume, trouble is told."""

import dataclasses
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from core.cli import main
from core.inference.engine import load_model
from core.networks import SemiDerainGAN
from core.training.checks import ConfigError
from core.training.config_file import load_config
from core.training.divergence import STUCK, Watch
from core.training.optimisers import ALGORITHMS
from core.training.patches import RainPatches
from core.training.real_layers import FINEST
from core.training.real_patches import RealPatches, load_real
from core.training.start import carry_over
from core.training.steps import SURE_RAIN, rain_share
from core.training.trainer import Trainer
from datasets.errors import DatasetError
from datasets.rain.transplant import rain_layers

UNSUPERVISED = {
    "adversarial": 0.1,
    "cycle": 1.0,
    "perceptual": 0.0,
    "total_variation": 1e-6,
    "transplant": 1.0,
    "mask": 0.2,
}

NO_LOSS = {"charbonnier": 0, "ssim": 0, "mask": 0}


def real_photo(seed: int) -> np.ndarray:
    """Smooth grey with soft near-vertical streaks, (128, 128, 3) uint8."""
    rng = np.random.default_rng(seed)
    image = np.full((128, 128), 110, np.float32)
    for x, y in rng.integers(0, 128, (150, 2)):
        cv2.line(image, (int(x), int(y)), (int(x) + 3, int(y) + 20), 160.0, 1, cv2.LINE_AA)
    return np.repeat(cv2.GaussianBlur(image, (0, 0), 0.8)[..., None], 3, 2).astype(np.uint8)


@pytest.fixture()
def semi(settings: dict[str, Any], data_root: Path, tmp_path: Path) -> dict[str, Any]:
    """The tiny config with real photos, and every loss but the perceptual ones."""
    (data_root / "real").mkdir()
    for index in range(4):
        Image.fromarray(real_photo(index)).save(data_root / "real" / f"{index}.png")
    (tmp_path / "held-out.txt").write_text("# held out\n3.png\n", encoding="utf-8")
    settings["data"] |= {"patch": 64, "real": {"photos": "real", "held_out": str(tmp_path / "held-out.txt")}}
    settings["loss"] = {"adversarial": 0.1, "paired": 0.1}
    settings["unsupervised"] = dict(UNSUPERVISED)
    settings["adversary"] = {"width": 4, "paired_width": 2}
    settings["optimiser"] |= {"patches": 24, "batch": 2}
    settings["epoch"] = 8
    return settings


@pytest.fixture(autouse=True)
def log_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.trainer.LOG_EVERY", 1)


Make = Callable[..., Trainer]


@pytest.fixture()
def make(semi: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path) -> Make:
    def trainer(runs: str = "runs") -> Trainer:
        return Trainer(load_config(write_config(semi)), data_root, tmp_path / runs, "cpu")

    return trainer


def moved(network: nn.Module, before: dict[str, Tensor]) -> bool:
    return any(not torch.equal(value, before[name]) for name, value in network.state_dict().items())


def copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def test_a_run_logs_every_term_and_leaves_both_generators(make: Make) -> None:
    trainer = make()
    figures = trainer.train(quiet=True)
    rows = pd.read_csv(trainer.folder / "training.csv")
    assert len(rows) == 12 and rows.notna().all(axis=None)
    wanted = {"adversarial", "paired", "d_s accuracy", "d_p accuracy", "d_p gradient", "real adversarial", "real cycle"}
    wanted |= {"real total_variation", "real transplant", "real mask", "real d_r accuracy", "real gradient", "gradient"}
    assert wanted <= set(rows.columns)
    assert {"gr clean psnr", "gr removed", "gr lost", "gr score", "light psnr"} <= set(figures)
    loaded = SemiDerainGAN.from_pretrained(trainer.folder / "weights")
    assert loaded.generators == ("gs", "gr") and loaded.default_generator == "gr"
    samples = sorted(path.name for path in (trainer.folder / "samples").iterdir())
    assert samples == ["epoch-0001.png", "epoch-0002.png", "epoch-0003.png"]
    with Image.open(trainer.folder / "samples" / samples[-1]) as image:
        assert image.size == (4 * 256, (3 + 3) * 256)


def test_each_process_moves_its_own_networks_and_the_shared_ssrml(make: Make) -> None:
    trainer = make()
    process = trainer.parts.unsupervised
    assert process is not None and process.networks.rain_generator is not None
    real = (torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64))
    parts = {
        "ssrml": trainer.parts.model.ssrml,
        "gs": trainer.parts.model.unets["gs"],
        "gr": trainer.parts.model.unets["gr"],
    }
    parts |= {"g_r_prime": process.networks.rain_generator, "d_r": process.adversaries["d_r"].discriminator}
    parts |= {name: adversary.discriminator for name, adversary in trainer.parts.supervised.adversaries.items()}
    before = {name: copy(part) for name, part in parts.items()}
    trainer.parts.supervised.step(torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64), 1.0)
    assert {name for name, part in parts.items() if moved(part, before[name])} == {"ssrml", "gs", "d_s", "d_p"}
    before = {name: copy(part) for name, part in parts.items()}
    process.step(*real, 1.0)
    assert {name for name, part in parts.items() if moved(part, before[name])} == {"ssrml", "gr", "g_r_prime", "d_r"}


@pytest.mark.parametrize(("term", "part"), [("adversarial", "d_r"), ("cycle", "rain_generator")])
def test_a_term_of_weight_0_is_left_out_with_its_network(
    term: str, part: str, semi: dict[str, Any], make: Make
) -> None:
    semi["unsupervised"][term] = 0.0
    semi["loss"] = {}
    trainer = make()
    assert trainer.parts.unsupervised is not None and part not in trainer.parts.unsupervised.parts()
    assert not trainer.parts.supervised.adversaries
    values = trainer.parts.unsupervised.step(*(torch.rand(2, 3, 64, 64) for _ in range(3)), 1.0)
    assert term not in values and "transplant" in values


def test_generators_get_a_gradient_through_their_discriminators(semi: dict[str, Any], make: Make) -> None:
    semi["loss"] = {"charbonnier": 0, "ssim": 0, "mask": 0, "adversarial": 1, "paired": 0}
    semi["unsupervised"] = {"adversarial": 1, "cycle": 0, "perceptual": 0, "total_variation": 0}
    trainer = make()
    assert trainer.parts.unsupervised is not None
    trainer.parts.supervised.step(torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64), 1.0)
    trainer.parts.unsupervised.step(*(torch.rand(2, 3, 64, 64) for _ in range(3)), 1.0)
    for part in (trainer.parts.model.ssrml, trainer.parts.model.unets["gs"], trainer.parts.model.unets["gr"]):
        assert any(p.grad is not None and float(p.grad.abs().max()) > 0 for p in part.parameters())


def test_total_variation_in_rain_counts_where_the_mask_is(semi: dict[str, Any], make: Make) -> None:
    batch = [torch.rand(2, 3, 64, 64) for _ in range(3)]
    values = {}
    for where in ("everywhere", "rain"):
        semi["unsupervised"]["total_variation_in"] = where
        trainer = make(where)
        assert trainer.parts.unsupervised is not None
        with torch.no_grad():
            trainer.parts.model.ssrml.tail.bias.fill_(-30.0)  # no rain anywhere
        values[where] = trainer.parts.unsupervised.step(*batch, 1.0)["total_variation"].item()
    assert values["rain"] < 1e-3 * values["everywhere"]
    share = rain_share(torch.tensor([0.0, 0.5 * SURE_RAIN, SURE_RAIN, 1.0]))
    assert share.tolist() == pytest.approx([0.0, 0.5, 1.0, 1.0])


def test_unsupervised_steps_come_every_so_often(semi: dict[str, Any], make: Make) -> None:
    semi["unsupervised"]["every"] = 3
    trainer = make()
    trainer.train(quiet=True)
    rows = pd.read_csv(trainer.folder / "training.csv")
    assert rows["real loss"].notna().tolist() == [True, False, False] * 4


def test_a_stopped_run_goes_on_bit_for_bit(semi: dict[str, Any], make: Make) -> None:
    semi["unsupervised"]["every"] = 2
    whole, broken = make("whole"), make("broken")
    whole.train(quiet=True)
    step, calls = broken.step, 0

    def killed(*batch: Any) -> dict[str, Tensor]:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise KeyboardInterrupt
        return step(*batch)

    broken.step = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        broken.train(quiet=True)
    resumed = make("broken")
    assert resumed.patches == 10
    resumed.train(quiet=True)
    for column in ("loss", "real loss", "d_p loss", "real d_r loss"):
        values = [pd.read_csv(trainer.folder / "training.csv")[column].tolist() for trainer in (whole, resumed)]
        np.testing.assert_array_equal(*values)
    for a, b in zip(whole.parts.average.state_dict().values(), resumed.parts.average.state_dict().values()):
        assert torch.equal(a, b)


def test_g_r_starts_as_a_copy_of_g_s(semi: dict[str, Any], make: Make, tmp_path: Path) -> None:
    SemiDerainGAN(**semi["network"]).save_pretrained(tmp_path / "weights")
    semi["initial"] = str(tmp_path / "weights")
    trainer = make()
    assert trainer.parts.model.generators == ("gs", "gr")
    for a, b in zip(trainer.parts.model.unets["gs"].parameters(), trainer.parts.model.unets["gr"].parameters()):
        assert torch.equal(a, b) and a is not b
    trainer.train(quiet=True)
    semi["initial"], semi["name"] = str(trainer.folder / "weights"), "again"
    again = make()
    for name, value in again.parts.model.state_dict().items():
        assert torch.allclose(value, trainer.parts.average.module.state_dict()[name], atol=2e-3)


@pytest.mark.parametrize("generators", [("gs",), ("gs", "gr")])
def test_g_r_takes_over_what_an_earlier_one_had_learnt(
    generators: tuple[str, ...], semi: dict[str, Any], make: Make, tmp_path: Path
) -> None:
    """Every network has random weights of its own: G_r should start at gs + (earlier gr − earlier gs)."""
    network = semi["network"]
    SemiDerainGAN(**network, generators=generators).save_pretrained(tmp_path / "pairs")
    earlier = SemiDerainGAN(**network, generators=("gs", "gr"))
    earlier.save_pretrained(tmp_path / "earlier")
    semi["initial"], semi["carried"] = str(tmp_path / "pairs"), str(tmp_path / "earlier")
    model = make().parts.model
    for name, gr in model.unets["gr"].state_dict().items():
        before = earlier.unets["gr"].state_dict()[name] - earlier.unets["gs"].state_dict()[name]
        torch.testing.assert_close(gr, model.unets["gs"].state_dict()[name] + before)


def test_g_r_is_carried_over_from_a_shallower_network(semi: dict[str, Any], make: Make, tmp_path: Path) -> None:
    """Where the earlier network had no block, G_r starts with G_s's."""
    shallow = semi["network"]
    earlier = SemiDerainGAN(**shallow, generators=("gs", "gr"))
    earlier.save_pretrained(tmp_path / "earlier")
    deep = {**shallow, "unet": {**shallow["unet"], "decoder": [2]}}
    SemiDerainGAN(**deep).save_pretrained(tmp_path / "pairs")
    semi |= {"network": deep, "initial": str(tmp_path / "pairs"), "carried": str(tmp_path / "earlier")}
    model = make().parts.model
    gs, gr = (model.unets[name].state_dict() for name in ("gs", "gr"))
    gs_before, gr_before = (earlier.unets[name].state_dict() for name in ("gs", "gr"))
    assert gs.keys() - gs_before.keys()
    for name, value in gr.items():
        difference = gr_before[name] - gs_before[name] if name in gs_before else 0
        torch.testing.assert_close(value, gs[name] + difference)
    now = SemiDerainGAN(**deep)
    for name, parameter in now.named_parameters():
        if "scale" in name:  # as after training: no block is the identity
            torch.nn.init.normal_(parameter)
    half = carry_over(now, earlier, 0.5)
    for name in gs.keys() - gs_before.keys():
        learnt = half.unets["gs"].state_dict()[name]
        torch.testing.assert_close(half.unets["gr"].state_dict()[name], learnt / 2 if "scale" in name else learnt)


def test_a_frozen_ssrml_keeps_its_weights_in_both_processes(semi: dict[str, Any], make: Make, tmp_path: Path) -> None:
    SemiDerainGAN(**semi["network"]).save_pretrained(tmp_path / "weights")
    semi |= {"initial": str(tmp_path / "weights"), "freeze_ssrml": True}
    semi["loss"]["mask"] = semi["unsupervised"]["mask"] = 0
    trainer = make()
    parts = {
        "ssrml": trainer.parts.model.ssrml,
        "gs": trainer.parts.model.unets["gs"],
        "gr": trainer.parts.model.unets["gr"],
    }
    before = {name: copy(part) for name, part in parts.items()}
    trainer.train(quiet=True)
    assert {name for name, part in parts.items() if moved(part, before[name])} == {"gs", "gr"}
    written = SemiDerainGAN.from_pretrained(trainer.folder / "weights").ssrml.state_dict()
    for name, value in before["ssrml"].items():
        torch.testing.assert_close(written[name].float(), value, atol=1e-3, rtol=1e-3)


def test_validate_gives_the_same_figures_of_g_r(
    semi: dict[str, Any], make: Make, write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    trainer, report = make(), tmp_path / "figures.json"
    figures = trainer.train(quiet=True)
    command = ["validate", "--config", str(write_config(semi)), "--data-root", str(data_root), "--device", "cpu"]
    assert main([*command, "--weights", str(trainer.folder / "weights"), "--json", str(report)]) == 0
    found = json.loads(report.read_text())["figures"]
    assert found == pytest.approx(figures, abs=0.05), "but for the weights' half precision"
    assert {"gr clean psnr", "gr score"} <= set(found)


def test_without_a_supervised_loss_g_r_learns_alone_and_goes_on_bit_for_bit(
    semi: dict[str, Any], make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SemiDerainGAN(**semi["network"]).save_pretrained(tmp_path / "weights")
    semi |= {"initial": str(tmp_path / "weights"), "freeze_ssrml": True, "loss": NO_LOSS}
    semi["unsupervised"] = dict.fromkeys(UNSUPERVISED, 0) | {"transplant": 1.0}
    semi["optimiser"]["fall"] = 0.0
    whole = make("whole")
    seen: list[str] = []
    monkeypatch.setattr(whole.parts.model, "forward", counted(whole.parts.model.forward, seen))
    monkeypatch.delattr(RainPatches, "__getitem__")  # no labelled patch is made for nothing
    parts = {"ssrml": whole.parts.model.ssrml, "gs": whole.parts.model.unets["gs"], "gr": whole.parts.model.unets["gr"]}
    before = {name: copy(part) for name, part in parts.items()}
    whole.train(quiet=True)
    assert {name for name, part in parts.items() if moved(part, before[name])} == {"gr"}
    assert seen == ["gr"] * 12, "one forward pass a step: the photos themselves are not looked at"
    rows = pd.read_csv(whole.folder / "training.csv")
    assert len(rows) == 12 and "real transplant" in rows and "loss" not in rows

    semi["optimiser"]["patches"] = 12
    make("parted").train(quiet=True)
    semi["optimiser"]["patches"] = 24
    parted = make("parted")
    assert parted.patches == 12
    parted.train(quiet=True)
    for name, value in whole.parts.model.state_dict().items():
        assert torch.equal(parted.parts.model.state_dict()[name], value), name


def counted(forward: Callable[..., Any], seen: list[str]) -> Callable[..., Any]:
    """The forward pass, which notes the generator asked for."""

    def noting(x: Tensor, generator: str) -> Any:
        seen.append(generator)
        return forward(x, generator)

    return noting


def test_weights_are_carried_over_by_a_script(semi: dict[str, Any], tmp_path: Path, repository: Path) -> None:
    """It writes what a training would start from, in half precision; earlier weights without G_r are told."""
    pairs, earlier, output = tmp_path / "pairs", tmp_path / "earlier", tmp_path / "carried"
    SemiDerainGAN(**semi["network"]).save_pretrained(pairs)
    SemiDerainGAN(**semi["network"], generators=("gs", "gr")).save_pretrained(earlier)

    def run(*folders: Path, share: str = "1", gs_share: str = "1") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "scripts/carry_over.py", *folders, "-o", output]
        command += ["--share", share, "--gs-share", gs_share]
        return subprocess.run(command, capture_output=True, text=True, cwd=repository)

    refused = run(pairs, pairs)
    assert refused.returncode == 1 and not output.exists()
    assert refused.stderr.strip() == ("The weights to carry over should hold G_s and G_r of the network to start from.")
    refused = run(pairs, earlier, share="1.5")
    assert refused.returncode == 2 and "--share and --gs-share must be from 0 to 1" in refused.stderr
    assert not output.exists()
    for share, gs_share in (("1", "1"), ("0.5", "1"), ("0", "0.5")):
        assert run(pairs, earlier, share=share, gs_share=gs_share).returncode == 0
        wanted = carry_over(load_model(pairs), load_model(earlier), float(share), float(gs_share))
        written = load_model(output)
        for name, value in wanted.state_dict().items():
            torch.testing.assert_close(written.state_dict()[name], value, atol=1e-2, rtol=0)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_an_earlier_g_r_takes_over_a_share_of_what_g_s_has_learnt(share: float, semi: dict[str, Any]) -> None:
    now = SemiDerainGAN(**semi["network"])
    before = SemiDerainGAN(**semi["network"], generators=("gs", "gr"))
    made = carry_over(now, before, share)
    gs, gs_before, gr_before = (u.state_dict() for u in (now.unets["gs"], before.unets["gs"], before.unets["gr"]))
    for name, value in made.unets["gr"].state_dict().items():
        torch.testing.assert_close(
            value, (1 - share) * gr_before[name] + share * (gs[name] + gr_before[name] - gs_before[name])
        )


@pytest.mark.parametrize("gs_share", [0.0, 0.5, 1.0])
def test_g_s_keeps_a_share_of_what_it_has_learnt(gs_share: float, semi: dict[str, Any]) -> None:
    now = SemiDerainGAN(**semi["network"])
    before = SemiDerainGAN(**semi["network"], generators=("gs", "gr"))
    made = carry_over(now, before, 0.0, gs_share)
    for name, value in made.unets["gs"].state_dict().items():
        ends = before.unets["gs"].state_dict()[name], now.unets["gs"].state_dict()[name]
        torch.testing.assert_close(value, (1 - gs_share) * ends[0] + gs_share * ends[1])
        assert torch.equal(made.unets["gr"].state_dict()[name], before.unets["gr"].state_dict()[name])


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
@pytest.mark.parametrize("kind", ["bce", "lsgan"])
def test_options_that_a_config_can_name_train(algorithm: str, kind: str, semi: dict[str, Any], make: Make) -> None:
    semi["optimiser"] |= {"algorithm": algorithm, "patches": 4, "unsupervised_rate": 1e-4}
    semi["adversary"]["kind"] = kind
    semi["unsupervised"] |= {"shared_ssrml": True, "total_variation_of": "mean"}
    trainer = make()
    assert trainer.parts.unsupervised is not None and trainer.parts.unsupervised.descent.rate == 1e-4
    assert type(trainer.parts.supervised.descent.optimiser) is ALGORITHMS[algorithm]
    assert "real d_r loss" in trainer.step((torch.rand(2, 3, 64, 64),) * 2, (torch.rand(2, 3, 64, 64),) * 3)


def test_the_perceptual_loss_takes_part(semi: dict[str, Any], make: Make, shared: Path) -> None:
    weights = shared / "weights" / "perceptual" / "vgg19_normalised_conv1_1_to_conv3_1.npz"
    semi["perceptual"] = {"weights": str(weights), "layer": "relu1_2"}
    semi["loss"]["perceptual"], semi["unsupervised"]["perceptual"] = 1.0, 1.0
    values = make().step((torch.rand(2, 3, 64, 64),) * 2, (torch.rand(2, 3, 64, 64),) * 3)
    assert float(values["perceptual"]) > 0 and float(values["real perceptual"]) > 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"unsupervised": None}, "data's real belongs to unsupervised"),
        ({"perceptual": {"weights": "vgg.npz"}}, "perceptual weights and a perceptual network belong together"),
        ({"loss": {"charbonnier": -1}}, "weight of charbonnier should be 0 or more, not -1"),
        (
            {"loss": NO_LOSS, "unsupervised": {**UNSUPERVISED, "every": 2}},
            "without a supervised loss every step needs an unsupervised one",
        ),
        (
            {"loss": NO_LOSS, "unsupervised": dict.fromkeys(UNSUPERVISED, 0)},
            "without a supervised loss every step needs an unsupervised one",
        ),
        ({"adversary": {"kind": "wgan"}}, "kind should be one of bce, lsgan"),
        ({"unsupervised": {**UNSUPERVISED, "every": 0}}, "every should be at least 1"),
        ({"unsupervised": {**UNSUPERVISED, "total_variation_of": "max"}}, "total_variation_of should be"),
        ({"unsupervised": {**UNSUPERVISED, "total_variation_in": "sky"}}, "total_variation_in should be"),
        ({"epoch": 0}, "epoch should be at least 1"),
        ({"carried": "weights/fast"}, "carried needs initial weights and the unsupervised process"),
        ({"unsupervised": {"identity": 1}}, "unknown settings: identity"),
        (
            {"data": {"clean": "clean", "mix": {"light": 1}, "real": {"photos": "real", "dry": 1.5}}},
            "dry should lie in",
        ),
        (
            {"data": {"clean": "clean", "mix": {"light": 1}, "real": {"photos": "real", "rendered": -1}}},
            "rendered should lie in",
        ),
        (
            {"data": {"clean": "clean", "mix": {"light": 1}, "real": {"photos": "real", "finer": 2}}},
            "finer should lie in",
        ),
        ({"freeze_ssrml": True, "loss": {"mask": 0}}, "freeze_ssrml needs initial weights"),
        ({"freeze_ssrml": True, "initial": "weights/fast"}, "a mask loss can do nothing beside freeze_ssrml"),
    ],
)
def test_configs_that_cannot_be_are_told(
    change: dict[str, Any], sentence: str, semi: dict[str, Any], write_config: Any
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        load_config(write_config(semi | change))


def test_a_patch_too_small_for_the_discriminators_is_told(semi: dict[str, Any], write_config: Any) -> None:
    semi["data"]["patch"] = 48
    with pytest.raises(ConfigError, match="at least 64 with the discriminator d_"):
        load_config(write_config(semi))


def test_held_out_photos_are_left_out_and_must_be_there(
    semi: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    config = load_config(write_config(semi)).data
    assert config.real is not None
    material, held = load_real(config.real, data_root, 64, transplant=True)
    assert list(held) == ["3.png"] and len(material.photos) == 3
    assert not any(np.array_equal(photo, held["3.png"]) for photo in material.photos)
    assert {layer.shape for several in material.layers for layer in several} == {(64, 64), (32, 32)}
    (tmp_path / "held-out.txt").write_text("3.PNG", encoding="utf-8-sig")
    assert list(load_real(config.real, data_root, 64, transplant=False)[1]) == ["3.png"], "other capitals, as Notepad"
    (tmp_path / "held-out.txt").write_text("7.png", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"lacks 7\.png, which .*held-out\.txt names"):
        load_real(config.real, data_root, 64, transplant=False)
    (tmp_path / "held-out.txt").write_text("\n".join(f"{i}.png" for i in range(4)), encoding="utf-8")
    with pytest.raises(ConfigError, match="holds out every photo"):
        load_real(config.real, data_root, 64, transplant=False)
    with pytest.raises(DatasetError, match="cannot be read"):
        load_real(dataclasses.replace(config.real, held_out="none.txt"), data_root, 64, transplant=False)


def test_a_manifest_chooses_crops_and_held_out_photos_stay_out(
    semi: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    entries = []
    for index, crop in ((0, [0, 0, 128, 100]), (1, None), (3, [0, 0, 128, 128])):
        content = (data_root / "real" / f"{index}.png").read_bytes()
        entry: dict[str, Any] = {"sha256": hashlib.sha256(content).hexdigest(), "name": f"{index}.png"}
        entries.append(entry | {"verdict": "accept" if crop else "reject", "crops": [crop] if crop else []})
    (tmp_path / "chosen.jsonl").write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    semi["data"]["real"]["manifest"] = str(tmp_path / "chosen.jsonl")
    config = load_config(write_config(semi)).data
    assert config.real is not None
    material, held = load_real(config.real, data_root, 64, transplant=True)
    assert list(held) == ["3.png"]
    assert len(material.photos) == 1 and np.array_equal(material.photos[0], real_photo(0)[:100])


def test_real_patches_are_the_same_by_number_and_transplanted_rain_is_bright(make: Make) -> None:
    trainer = make()
    assert trainer.parts.real is not None
    patches = RealPatches(trainer.parts.real, trainer.parts.material, trainer.config.data, 0, 60)
    first, again = patches[5], patches[5]
    assert all(torch.equal(a, b) for a, b in zip(first, again)) and first[0].shape == (3, 64, 64)
    added = torch.stack([(rainy - clean).amin() for _, clean, rainy in (patches[i] for i in range(60))])
    assert added.min() >= 0, "rain adds light"
    rained = [float((rainy - clean).max()) > 0 for _, clean, rainy in (patches[i] for i in range(60))]
    assert 0.6 < np.mean(rained) < 1, "some patches stay dry"


def test_the_share_of_dry_patches_is_the_config_s(semi: dict[str, Any], make: Make) -> None:
    for dry, (least, most) in {0.0: (0, 0), 0.5: (0.3, 0.7), 1.0: (1, 1)}.items():
        semi["data"]["real"]["dry"] = dry
        trainer = make()
        assert trainer.parts.real is not None
        patches = RealPatches(trainer.parts.real, trainer.parts.material, trainer.config.data, 0, 60)
        found = np.mean([torch.equal(clean, rained) for _, clean, rained in (patches[i] for i in range(60))])
        assert least <= found <= most


def test_some_patches_get_rendered_rain_of_the_mix(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def white(clean: np.ndarray, recipe: str, *_: Any) -> tuple[np.ndarray, None]:
        asked.append(recipe)
        return np.ones(clean.shape, np.float32), None

    monkeypatch.setattr("core.training.real_patches.render", white)
    trainer = make()
    assert trainer.parts.real is not None
    patches = RealPatches(trainer.parts.real, trainer.parts.material, trainer.config.data, 0, 60)
    rendered = [bool((patches[i][2] == 1).all()) for i in range(60)]
    assert 0.15 < np.mean(rendered) < 0.55 and set(asked) == {"light", "heavy"}


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_share_of_rendered_rain_is_the_config_s(
    share: float, semi: dict[str, Any], make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    semi["data"]["real"] |= {"dry": 0.0, "rendered": share}
    monkeypatch.setattr("core.training.real_patches.render", lambda clean, *_: (np.ones(clean.shape, np.float32), None))
    trainer = make()
    assert trainer.parts.real is not None
    patches = RealPatches(trainer.parts.real, trainer.parts.material, trainer.config.data, 0, 20)
    assert [bool((patches[i][2] == 1).all()) for i in range(20)] == [bool(share)] * 20


@pytest.mark.parametrize("share", [0.0, 1.0])
@pytest.mark.parametrize("rendered", [0.0, 1.0])
def test_finer_rain_falls_on_larger_patches_that_are_shrunk(
    share: float, rendered: float, semi: dict[str, Any], make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    semi["data"]["real"] |= {"dry": 0.0, "rendered": rendered, "finer": share}
    trainer = make()
    assert trainer.parts.real is not None
    patches = RealPatches(trainer.parts.real, trainer.parts.material, trainer.config.data, 0, 20)
    sizes: list[int] = []
    rained_on = patches.rained_on

    def watched(clean: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        sizes.append(len(clean))
        return rained_on(clean, rng)

    monkeypatch.setattr(patches, "rained_on", watched)
    for index in range(20):
        _, clean, rainy = patches[index]
        assert clean.shape == rainy.shape == (3, 64, 64) and not torch.equal(clean, rainy)
        assert rainy.min() >= 0 and rainy.max() <= 1 + 1e-6
    assert len(sizes) == 20 and 64 <= min(sizes) <= max(sizes) < 64 * FINEST
    assert (len(set(sizes)) > 10) == bool(share) and (share or set(sizes) == {64})


def test_rain_layers_come_from_smooth_places_with_streaks_alone() -> None:
    layers = rain_layers(real_photo(0), 64)
    assert layers and all(layer.shape == (64, 64) and 0 <= layer.min() < layer.max() <= 1 for layer in layers)
    rng = np.random.default_rng(0)
    assert not rain_layers(np.full((128, 128, 3), 128, np.uint8), 64), "no detail"
    assert not rain_layers(rng.integers(0, 60, (128, 128, 3)).astype(np.uint8), 64), "noise has no direction"
    assert not rain_layers(np.rot90(real_photo(0)).copy(), 64), "streaks lie across"
    steep = np.clip(real_photo(0) + np.linspace(-90, 600, 128)[None, :, None], 0, 255).astype(np.uint8)
    assert not rain_layers(steep, 64), "the scene is not smooth"
    assert not rain_layers(real_photo(0)[:40], 64), "smaller than a window"


def test_a_discriminator_that_is_always_right_or_wrong_is_told_once() -> None:
    watch = Watch()
    rows = [{"d_s accuracy": 0.7, "real d_r accuracy": 1.0}] * (STUCK + 5)
    told = [sentence for row in rows for sentence in watch.look(row)]
    assert len(told) == 1 and told[0].startswith("real D_r is stuck: its accuracy has been 1 for")
    watch.look({"real d_r accuracy": 0.8})
    again = [s for _ in range(STUCK) for s in watch.look({"real d_r accuracy": 0.0})]
    assert len(again) == 1 and "has been 0" in again[0]


def test_two_processes_train_as_one_does(
    semi: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path, repository: Path
) -> None:
    """torchrun with gloo on two CPU processes against one process with the same batch."""
    semi["optimiser"] |= {"patches": 12, "batch": 4}
    semi["workers"] = 0
    config = write_config(semi)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    alone = [sys.executable]
    together = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--master-addr=127.0.0.1"]
    together += [f"--master-port={port}"]
    program = "from core.training import trainer; trainer.LOG_EVERY = 1; from core.cli import main; import sys; "
    (tmp_path / "train.py").write_text(program + "sys.exit(main(sys.argv[1:]))", encoding="utf-8")
    curves = []
    for name, command in (("one", alone), ("two", together)):
        command = [*command, str(tmp_path / "train.py"), "train", "--config", str(config), "--quiet"]
        command += ["--data-root", str(data_root), "--runs", str(tmp_path / name), "--device", "cpu"]
        environment = {**os.environ, "PYTHONPATH": str(repository), "OMP_NUM_THREADS": "1"}
        result = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert result.stdout.count("weights: ") == 1, "the first process alone reports"
        curves.append(pd.read_csv(tmp_path / name / "tiny" / "training.csv").drop(columns="hours"))
    assert len(curves[0]) == 3
    np.testing.assert_allclose(curves[0].to_numpy(), curves[1].to_numpy(), rtol=2e-4, atol=1e-5)


def test_a_batch_that_cannot_be_shared_is_told(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    class Three:
        world_size, device = 3, torch.device("cpu")

    monkeypatch.setattr("core.training.building.make_fabric", lambda device: Three())
    with pytest.raises(Exception, match="A batch of 2 cannot be shared evenly by 3 processes"):
        make()

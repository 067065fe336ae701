"""The methods of a comparison: which weights they take, what is said of missing ones, and outputs on disk."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.comparison import find_methods
from core.comparison.outputs import OutputError
from core.errors import UsageError, UserError
from core.inference import DEFAULT_WEIGHTS, Derainer
from core.networks import SIZES, SemiDerainGAN
from core.peers.prenet import PReNet
from datasets.errors import DatasetError

PHOTO = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)


@pytest.fixture
def peers(tmp_path: Path) -> Path:
    """A folder of peers' weights with two of PReNet's and a broken one."""
    folder = tmp_path / "peers"
    for seed, name in enumerate(("Rain100L", "Rain1400")):
        torch.manual_seed(seed)
        (folder / "PReNet" / name).mkdir(parents=True)
        torch.save(PReNet().state_dict(), folder / "PReNet" / name / "net_latest.pth")
    (folder / "DDN" / "RainLight").mkdir(parents=True)
    (folder / "DDN" / "RainLight" / "model-epoch-15.index").write_bytes(b"no checkpoint")
    return folder


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "outputs"
    for method in ("MPRNet", "RCDNet"):
        (folder / method / "sub").mkdir(parents=True)
    Image.fromarray(PHOTO).save(folder / "MPRNet" / "rain-001.png")
    Image.fromarray(PHOTO[:, ::-1]).save(folder / "MPRNet" / "rain-001.jpg")
    Image.fromarray(PHOTO[::-1]).save(folder / "MPRNet" / "sub" / "rain-001.png")
    Image.fromarray(PHOTO[:, :20]).save(folder / "RCDNet" / "norain-001.png")
    (folder / "notes").mkdir()
    return folder


def test_ours_is_what_the_derainer_gives() -> None:
    (method,) = find_methods(["ours"])
    assert np.array_equal(method.derain("any", PHOTO), Derainer(device="cpu")(PHOTO).pixels)
    digest = hashlib.sha256((DEFAULT_WEIGHTS / "model.safetensors").read_bytes()).hexdigest()
    assert method.weights and (method.weights.name, method.weights.sha256) == (DEFAULT_WEIGHTS.name, digest)


def test_a_peer_is_its_network_rounded(peers: Path) -> None:
    (method,) = find_methods(["prenet:Rain100L"], peers=peers)
    torch.manual_seed(0)
    with torch.inference_mode():
        x = torch.from_numpy(PHOTO).permute(2, 0, 1)[None] / 255
        expected = (PReNet().eval()(x)[0] * 255).round().permute(1, 2, 0).numpy()
    derained = method.derain("any", PHOTO)
    assert derained.dtype == np.uint8
    assert np.abs(derained - expected).max() <= 1


@pytest.mark.parametrize(
    ("name", "made_for", "weights"),
    [
        ("prenet", None, "Rain1400"),
        ("prenet", "Rain100L", "Rain100L"),
        ("prenet", "somewhere", "Rain1400"),
        ("prenet:Rain1400", "Rain100L", "Rain1400"),
    ],
)
def test_which_weights(peers: Path, name: str, made_for: str | None, weights: str) -> None:
    (method,) = find_methods([name], peers=peers, made_for=made_for)
    digest = hashlib.sha256((peers / "PReNet" / weights / "net_latest.pth").read_bytes()).hexdigest()
    assert method.weights and (method.weights.name, method.weights.sha256) == (weights, digest)
    assert method.label == f"PReNet ({weights})"


def test_missing_and_broken_weights_leave_a_sentence(peers: Path) -> None:
    sirr, ddn, prenet = find_methods(["sirr", "ddn", "prenet"], peers=peers)
    assert sirr.missing == f"SIRR needs its published weights: put them at {peers / 'SIRR/original/model.index'}."
    assert ddn.missing and "is no index of a TensorFlow checkpoint" in ddn.missing
    assert prenet.missing is None
    for method in (sirr, ddn):
        assert method.weights is None
        with pytest.raises(UserError, match=r"^.+\.$"):
            method.derain("any", PHOTO)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["mprnet"], "There is no method 'mprnet': give one of ours, prenet, ddn, sirr"),
        (["ours", "ours"], "The method ours is named twice"),
        (["prenet:Rain12"], "PReNet has no weights 'Rain12'"),
    ],
)
def test_names_that_do_not_do(names: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        find_methods(names)


def test_outputs_are_found_by_name(outputs: Path) -> None:
    mprnet, rcdnet = find_methods([], outputs=outputs)
    assert (mprnet.key, mprnet.label) == ("outputs:MPRNet", "MPRNet (outputs)")
    assert np.array_equal(mprnet.derain("rain-001", PHOTO * 0), PHOTO)
    assert np.array_equal(mprnet.derain("sub/rain-001", PHOTO * 0), PHOTO[::-1])
    assert np.array_equal(mprnet.derain("else/rain-001", PHOTO * 0, also=("rain-001",)), PHOTO)
    with pytest.raises(OutputError, match=r"MPRNet holds no derained image else/rain-001\.png"):
        mprnet.derain("else/rain-001", PHOTO)
    with pytest.raises(OutputError, match=r"RCDNet holds no derained image rain-001\.png"):
        rcdnet.derain("rain-001", PHOTO)
    with pytest.raises(OutputError, match=r"norain-001\.png has 20×24 pixels, but the photo rain-001 has 32×24\."):
        rcdnet.derain("rain-001", PHOTO, also=("norain-001",))


def test_folders_without_outputs(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no folder"):
        find_methods([], outputs=tmp_path / "absent")
    with pytest.raises(DatasetError, match="holds no folder METHOD with derained images"):
        find_methods([], outputs=tmp_path)


def test_ours_is_g_s_on_synthetic_rain_and_g_r_on_photos() -> None:
    derainer = Derainer(SemiDerainGAN(**SIZES["fast"], generators=("gs", "gr")), device="cpu")
    labels = [find_methods(["ours"], weights=derainer, synthetic=synthetic)[0].label for synthetic in (True, False)]
    assert labels == ["Semi-DerainGAN (G_s)", "Semi-DerainGAN (G_r)"]
    assert find_methods(["ours:gr"], weights=derainer, synthetic=True)[0].label == "Semi-DerainGAN (G_r)"

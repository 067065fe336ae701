"""Methods by their names: which weights they take, what is said of missing ones, and outputs on disk."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import UsageError, UserError
from core.inference import DEFAULT_WEIGHTS, Derainer
from core.methods import Derained, Sources, find_methods
from core.methods.cost import count_multiply_adds, count_parameters
from core.methods.outputs import OutputError, keys_of_outputs, own_names
from core.networks import SIZES, SemiDerainGAN
from core.peers import PEERS
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
    assert np.array_equal(method.derain(PHOTO).pixels, Derainer(device="cpu")(PHOTO).pixels)
    digest = hashlib.sha256((DEFAULT_WEIGHTS / "model.safetensors").read_bytes()).hexdigest()
    assert method.weights and (method.weights.name, method.weights.sha256) == (DEFAULT_WEIGHTS.name, digest)


def test_ours_at_another_scale_says_so() -> None:
    scales = (1, 2, "auto")
    at_1, at_2, auto = (find_methods(["ours:gs"], Sources(scale=scale))[0] for scale in scales)
    assert [method.label for method in (at_1, at_2, auto)] == [
        "Semi-DerainGAN (G_s)",
        "Semi-DerainGAN (G_s, scale 2)",
        "Semi-DerainGAN (G_s, scale auto)",
    ]
    expected = Derainer(device="cpu")(PHOTO, generator="gs", scale=2).pixels
    assert np.array_equal(at_2.derain(PHOTO).pixels, expected)
    assert not np.array_equal(expected, at_1.derain(PHOTO).pixels)


def test_a_peer_is_its_network_rounded(peers: Path) -> None:
    (method,) = find_methods(["prenet:Rain100L"], Sources(peers=peers))
    torch.manual_seed(0)
    with torch.inference_mode():
        x = torch.from_numpy(PHOTO).permute(2, 0, 1)[None] / 255
        expected = (PReNet().eval()(x)[0] * 255).round().permute(1, 2, 0).numpy()
    derained = method.derain(PHOTO).rounded
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
    (method,) = find_methods([name], Sources(peers=peers, made_for=made_for))
    digest = hashlib.sha256((peers / "PReNet" / weights / "net_latest.pth").read_bytes()).hexdigest()
    assert method.weights and (method.weights.name, method.weights.sha256) == (weights, digest)
    assert method.label == f"PReNet ({weights})"


def test_missing_and_broken_weights_leave_a_sentence(peers: Path) -> None:
    sirr, ddn, prenet = find_methods(["sirr", "ddn", "prenet"], Sources(peers=peers))
    place = peers / "SIRR/original/model.index"
    assert sirr.missing == (
        f"SIRR needs its published weights: put them at {place} "
        "(its authors publish at github.com/wwzjer/Semi-supervised-IRR)."
    )
    assert ddn.missing and "is no index of a TensorFlow checkpoint" in ddn.missing
    assert prenet.missing is None
    for method in (sirr, ddn):
        assert method.weights is None
        with pytest.raises(UserError, match=r"^.+\.$"):
            method.derain(PHOTO)


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
    mprnet, rcdnet = find_methods(keys_of_outputs(outputs), Sources(outputs=outputs))
    assert (mprnet.key, mprnet.label, mprnet.computes) == ("outputs:MPRNet", "MPRNet (outputs)", False)
    assert np.array_equal(mprnet.derain(PHOTO * 0, ("rain-001",)).pixels, PHOTO)
    assert np.array_equal(mprnet.derain(PHOTO * 0, ("sub/rain-001",)).pixels, PHOTO[::-1])
    assert np.array_equal(mprnet.derain(PHOTO * 0, ("else/rain-001", "rain-001")).pixels, PHOTO)
    assert mprnet.lacks(("else/rain-001",)) and not mprnet.lacks(("rain-001",))
    with pytest.raises(OutputError, match=r"MPRNet holds no derained image else/rain-001\.png"):
        mprnet.derain(PHOTO, ("else/rain-001",))
    with pytest.raises(OutputError, match=r"RCDNet holds no derained image rain-001\.png"):
        rcdnet.derain(PHOTO, ("rain-001",))
    with pytest.raises(OutputError, match=r"norain-001\.png has 20×24 pixels, but the photo rain-001 has 32×24\."):
        rcdnet.derain(PHOTO, ("rain-001", "norain-001"))


def test_names_that_two_photos_could_have_are_nobodys() -> None:
    assert own_names([("a/1", "1", "c"), ("b/1", "1", "c"), ("2", "2", "d")]) == [("a/1",), ("b/1",), ("2", "d")]


def test_folders_without_outputs(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no folder"):
        keys_of_outputs(tmp_path / "absent")
    with pytest.raises(DatasetError, match="holds no folder METHOD with derained images"):
        keys_of_outputs(tmp_path)
    with pytest.raises(DatasetError, match="There is no folder"):
        find_methods([f"outputs:{tmp_path / 'absent'}"])


@pytest.mark.parametrize("key", list(PEERS))
def test_costs_are_those_counted(key: str) -> None:
    (method,) = find_methods([key], Sources(random_peers=True))
    assert method.network is not None and method.needs.cost == count_multiply_adds(method.network, side=32)
    assert not method.needs.tiles and method.needs.setting == "float32, channels_last, whole"


def test_what_ours_needs_is_data() -> None:
    (method,) = find_methods(["ours"], Sources(dtype="float32"))
    assert method.needs.setting == "float32, channels_last, tiles" and method.needs.multiple == 16
    assert method.network is not None and count_parameters(method.network) > 1e6
    assert method.needs.cost == pytest.approx(count_multiply_adds(method.network), rel=0.01)


def test_ours_is_g_s_on_synthetic_rain_and_g_r_on_photos() -> None:
    derainer = Derainer(SemiDerainGAN(**SIZES["fast"], generators=("gs", "gr")), device="cpu")
    labels = [
        find_methods(["ours"], Sources(weights=derainer, synthetic=synthetic))[0].label for synthetic in (True, False)
    ]
    assert labels == ["Semi-DerainGAN (G_s)", "Semi-DerainGAN (G_r)"]
    assert find_methods(["ours:gr"], Sources(weights=derainer, synthetic=True))[0].label == "Semi-DerainGAN (G_r)"


def test_what_needs_a_mask_says_so_of_a_method_without_one() -> None:
    mask = np.zeros((2, 3), np.float32)
    assert Derained(PHOTO, mask).needed_mask is mask
    with pytest.raises(UserError, match="no rain mask"):
        _ = Derained(PHOTO).needed_mask

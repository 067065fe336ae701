"""Where peers' weights are looked for, and what is said where there are none."""

import hashlib
from pathlib import Path

import pytest

from core.errors import UsageError
from core.peers import PEERS, MissingWeights, find_weights
from core.peers.find import ENVIRONMENT, weights_sha256


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for peer in PEERS.values():
        for below in peer.weights.values():
            path = tmp_path / below
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(below.encode())
    return tmp_path


@pytest.mark.parametrize("key", PEERS)
def test_by_option_and_by_environment(folder: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = PEERS[key]
    for name, below in peer.weights.items():
        assert find_weights(peer, name, folder) == folder / below
    monkeypatch.setenv(ENVIRONMENT, str(folder))
    assert find_weights(peer, peer.default) == folder / peer.weights[peer.default]


def test_the_option_goes_before_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, "nowhere")
    assert find_weights(PEERS["ddn"], "RainLight", folder).is_file()


@pytest.mark.parametrize("key", PEERS)
def test_missing_weights_say_where_to_put_them(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    peer = PEERS[key]
    below = peer.weights[peer.default]
    with pytest.raises(MissingWeights, match=f"put them at {below} in a folder and name that folder by --peers"):
        find_weights(peer, peer.default)
    with pytest.raises(MissingWeights, match=f"put them at {tmp_path / below}"):
        find_weights(peer, peer.default, tmp_path)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine.pth").touch()
    assert find_weights(PEERS["prenet"], str(tmp_path / "mine.pth")) == tmp_path / "mine.pth"
    with pytest.raises(UsageError, match="PReNet has no weights 'Rain12': give one of Rain100L, Rain100H, Rain1400"):
        find_weights(PEERS["prenet"], "Rain12")


def test_defaults_and_sets_are_among_the_weights() -> None:
    for peer in PEERS.values():
        assert {peer.default, *peer.for_set.values()} <= set(peer.weights)


def test_digest_is_of_the_file_with_the_numbers(tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"a")
    (tmp_path / "m.index").write_bytes(b"index")
    (tmp_path / "m.data-00000-of-00001").write_bytes(b"data")
    assert weights_sha256(tmp_path / "net.pth") == hashlib.sha256(b"a").hexdigest()
    assert weights_sha256(tmp_path / "m.index") == hashlib.sha256(b"data").hexdigest()

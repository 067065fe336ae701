"""The reader of TensorFlow checkpoints, against checkpoints written here from the format's description."""

import struct
from pathlib import Path

import numpy as np
import pytest

from core.peers import PeerError
from core.peers.tensorflow_checkpoint import checkpoint_prefix, read_tensors
from tests.peers.checkpoints import crc32c, write_checkpoint

RNG = np.random.default_rng(0)
TENSORS = {
    "conv_1/weights_1": RNG.normal(size=(3, 3, 2, 5)).astype(np.float32),
    "conv_1/biases_1": RNG.normal(size=5).astype(np.float32),
    "conv_10/biases_10": RNG.normal(size=300).astype(np.float32),
    "scalar": np.array(2.5, np.float32),
    "global_step": np.array(7, np.int64),
}
INDEX, DATA = "model.index", "model.data-00000-of-00001"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    write_checkpoint(tmp_path / "model", TENSORS, keys_a_block=2)
    return tmp_path


def test_checksum_of_the_writer_is_that_of_the_standard() -> None:
    """The check value of CRC-32C (iSCSI, RFC 3720)."""
    assert crc32c(b"123456789") == 0xE3069283


@pytest.mark.parametrize("name", ["model", INDEX, DATA])
def test_tensors_come_back_bit_for_bit(checkpoint: Path, name: str) -> None:
    tensors = read_tensors(checkpoint / name)
    assert set(tensors) == set(TENSORS) - {"global_step"}
    for key, tensor in tensors.items():
        assert tensor.dtype == np.float32
        assert tensor.shape == TENSORS[key].shape
        assert tensor.tobytes() == TENSORS[key].tobytes()


def test_prefix_keeps_dots_of_its_own() -> None:
    assert checkpoint_prefix(Path("a.b/model.v1.index")) == Path("a.b/model.v1")


def test_every_byte_of_the_index_counts(checkpoint: Path) -> None:
    """Whichever byte is turned: a sentence, or what the byte cannot change (filters and padding are not read)."""
    path = checkpoint / INDEX
    content = path.read_bytes()
    expected = {key: tensor.tobytes() for key, tensor in read_tensors(path).items()}
    refused = 0
    for position in range(len(content)):
        path.write_bytes(content[:position] + bytes([content[position] ^ 0x15]) + content[position + 1 :])
        try:
            assert {key: tensor.tobytes() for key, tensor in read_tensors(path).items()} == expected
        except PeerError as error:
            refused += 1
            assert str(path.parent) in str(error) and str(error).endswith(".") and "\n" not in str(error)
    unread = 13 + 3 + 35  # the empty block of filters, where it lies, the footer's padding
    assert refused >= len(content) - unread


@pytest.mark.parametrize("length", [0, 1, 40, 47, 48, 100, 200])
def test_an_index_that_is_cut_off(checkpoint: Path, length: int) -> None:
    path = checkpoint / INDEX
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(PeerError, match=r"model\.index is no index of a TensorFlow checkpoint, or is cut off\.$"):
        read_tensors(path)


def test_data_that_is_cut_off(checkpoint: Path) -> None:
    path = checkpoint / DATA
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PeerError, match=r"is cut off: scalar is not there"):
        read_tensors(checkpoint / INDEX)


def test_data_that_is_damaged(checkpoint: Path) -> None:
    path = checkpoint / DATA
    content = bytearray(path.read_bytes())
    content[4 * 5 + 1] ^= 1
    path.write_bytes(content)
    with pytest.raises(PeerError, match=r"is damaged: the checksum of conv_1/weights_1 does not fit"):
        read_tensors(checkpoint / INDEX)


def test_data_that_is_missing(checkpoint: Path) -> None:
    (checkpoint / DATA).unlink()
    with pytest.raises(PeerError, match="is missing beside its index"):
        read_tensors(checkpoint / INDEX)


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "model", {"a": np.array([1, np.nan], np.float32)})
    with pytest.raises(PeerError, match="holds values that are not numbers in a"):
        read_tensors(tmp_path / INDEX)


def test_an_index_that_goes_round_in_circles_ends(tmp_path: Path) -> None:
    """A footer that calls the same block its directory over and over is refused, not followed."""
    write_checkpoint(tmp_path / "model", {"a": np.zeros(2, np.float32)})
    path = tmp_path / INDEX
    content = path.read_bytes()
    footer = bytes([0, 0, 0, 0]).ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)
    path.write_bytes(content[:-48] + footer)
    with pytest.raises(PeerError, match="is damaged"):
        read_tensors(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04" * 40, b"\x80\x02}q\x00." * 30, b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_foreign_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / INDEX).write_bytes(content)
    with pytest.raises(PeerError, match="is no index of a TensorFlow checkpoint"):
        read_tensors(tmp_path / INDEX)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match=r"a TensorFlow checkpoint is a \.index file and a \.data file beside it"):
        read_tensors(tmp_path / INDEX)

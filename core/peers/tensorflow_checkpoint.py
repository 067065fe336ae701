"""Reads the tensors of a TensorFlow V2 checkpoint without TensorFlow: checked, and never running anything.

A checkpoint PREFIX is an index, PREFIX.index, and shards of raw little-endian numbers, PREFIX.data-00000-of-00001 …
The index is a sorted table of blocks as LevelDB writes them (its doc/table_format.md): a footer leads to a block of
blocks, whose keys are stored without what they have in common with the key before. The key "" holds a
BundleHeaderProto, every other key a BundleEntryProto: number format, shape, shard, offset, size and checksum of one
tensor (TensorFlow's tensor_bundle.proto). Blocks and tensors carry a masked CRC-32C.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import google_crc32c
import numpy as np

from core.peers.errors import PeerError

MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES = 48
TRAILER_BYTES = 5
"""After each block: one byte that names its compression, four of its checksum."""
LARGEST_INDEX = 64 << 20
FLOAT32 = 1
"""TensorFlow's number for float32 (DT_FLOAT)."""

Fields = dict[int, list[int | bytes]]


class _Broken(Exception):
    """What is wrong with a checkpoint, as the end of a sentence."""


@dataclass(frozen=True)
class _Entry:
    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int


def read_tensors(path: str | Path) -> dict[str, np.ndarray]:
    """Every float32 tensor of a checkpoint by its key; other number formats, such as step counters, are left out.

    Args:
        path: PREFIX.index, PREFIX.data-…, or PREFIX alone.

    Raises:
        PeerError: a file is missing, cut off, damaged (a checksum does not fit), or no TensorFlow V2 checkpoint.
    """
    prefix = checkpoint_prefix(path)
    index = prefix.with_name(f"{prefix.name}.index")
    try:
        shards, entries = _read_index(index)
        return {
            key: _read_tensor(shard_path(prefix, entry.shard, shards), key, entry)
            for key, entry in entries.items()
            if entry.dtype == FLOAT32
        }
    except _Broken as broken:
        raise PeerError(f"{broken}.") from broken
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PeerError(f"{error.filename or index} cannot be read: {reason}.") from error


def checkpoint_prefix(path: str | Path) -> Path:
    """PREFIX for PREFIX.index, PREFIX.data-00000-of-00001 or PREFIX itself."""
    path = Path(path)
    name = path.name.removesuffix(".index")
    return path.with_name(name.partition(".data-")[0] or name)


def shard_path(prefix: Path, shard: int = 0, shards: int = 1) -> Path:
    """The file that holds the numbers of one shard."""
    return prefix.with_name(f"{prefix.name}.data-{shard:05}-of-{shards:05}")


def _read_index(path: Path) -> tuple[int, dict[str, _Entry]]:
    """The number of shards, and every tensor's entry by its key."""
    if not path.is_file():
        raise _Broken(f"{path} is not a file; a TensorFlow checkpoint is a .index file and a .data file beside it")
    size = path.stat().st_size
    if size > LARGEST_INDEX:
        raise _Broken(f"{path} is no index of a TensorFlow checkpoint")
    content = path.read_bytes()
    if len(content) < FOOTER_BYTES or struct.unpack("<Q", content[-8:])[0] != MAGIC:
        raise _Broken(f"{path} is no index of a TensorFlow checkpoint, or is cut off")
    try:
        entries: dict[str, _Entry] = {}
        shards = 0
        for key, value in _walk(content):
            if key == b"":
                shards = _number(_fields(value), 1)
                if _number(_fields(value), 2) != 0:
                    raise _Broken(f"{path} holds big-endian numbers, which are not read")
            else:
                entries[key.decode()] = _entry(value)
    except (IndexError, ValueError, TypeError, struct.error) as error:  # ValueError: also keys that are no UTF-8
        raise _Broken(f"{path} is damaged") from error
    if not 1 <= shards <= 99999 or any(entry.shard >= shards for entry in entries.values()):
        raise _Broken(f"{path} is damaged: it names no shards")
    return shards, entries


def _walk(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every key and value of a table."""
    footer = content[-FOOTER_BYTES:]
    _, position = _handle(footer, 0)  # the block of filters, which checkpoints leave empty
    blocks, _ = _handle(footer, position)
    for _, value in _block(content, blocks):
        yield from _block(content, _handle(value, 0)[0])


def _block(content: bytes, handle: tuple[int, int]) -> Iterator[tuple[bytes, bytes]]:
    offset, size = handle
    stop = offset + size
    if stop + TRAILER_BYTES > len(content) - FOOTER_BYTES:
        raise ValueError("a block lies outside the file")
    if _masked_checksum(content[offset : stop + 1]) != struct.unpack_from("<I", content, stop + 1)[0]:
        raise ValueError("a block's checksum does not fit")
    if content[stop] != 0:
        raise ValueError("a block is compressed, which TensorFlow's index never is")
    restarts = struct.unpack_from("<I", content, stop - 4)[0]
    end = stop - 4 - 4 * restarts
    position, key = offset, b""
    while position < end:
        shared, position = _varint(content, position)
        rest, position = _varint(content, position)
        length, position = _varint(content, position)
        if shared > len(key) or position + rest + length > end:
            raise ValueError("an entry lies outside its block")
        key = key[:shared] + content[position : position + rest]
        position += rest
        yield key, content[position : position + length]
        position += length


def _entry(value: bytes) -> _Entry:
    fields = _fields(value)
    if 7 in fields:
        raise ValueError("a tensor in slices")
    dimensions = [_fields(_bytes(part)) for part in _fields(_bytes(fields.get(2, [b""])[0])).get(2, [])]
    return _Entry(
        dtype=_number(fields, 1),
        shape=tuple(_number(dimension, 1) for dimension in dimensions),
        shard=_number(fields, 3),
        offset=_number(fields, 4),
        size=_number(fields, 5),
        checksum=_number(fields, 6),
    )


def _read_tensor(path: Path, key: str, entry: _Entry) -> np.ndarray:
    if not path.is_file():
        raise _Broken(f"{path} is missing beside its index")
    if entry.size != 4 * math.prod(entry.shape):
        raise _Broken(f"{path} does not fit its index: {key} has {entry.size} bytes")
    if entry.offset + entry.size > path.stat().st_size:
        raise _Broken(f"{path} is cut off: {key} is not there")
    with open(path, "rb") as stream:
        stream.seek(entry.offset)
        content = stream.read(entry.size)
    if _masked_checksum(content) != entry.checksum:
        raise _Broken(f"{path} is damaged: the checksum of {key} does not fit")
    tensor = np.frombuffer(content, "<f4").astype(np.float32).reshape(entry.shape)
    if not np.isfinite(tensor).all():
        raise _Broken(f"{path} holds values that are not numbers in {key}")
    return tensor


def _masked_checksum(content: bytes) -> int:
    """CRC-32C, turned by 15 bits and shifted by a constant, as LevelDB stores it."""
    checksum = google_crc32c.value(content)
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _handle(content: bytes, position: int) -> tuple[tuple[int, int], int]:
    """Offset and size of a block, and the position behind them."""
    offset, position = _varint(content, position)
    size, position = _varint(content, position)
    return (offset, size), position


def _fields(message: bytes) -> Fields:
    """The fields of a protocol buffer by number; nothing is known of their types but how long they are."""
    fields: Fields = {}
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        kind = tag & 7
        value: int | bytes
        if kind == 0:
            value, position = _varint(message, position)
        elif kind in (1, 2, 5):
            length = 8 if kind == 1 else 4
            if kind == 2:
                length, position = _varint(message, position)
            value = message[position : position + length]
            if len(value) != length:
                raise ValueError("a field is cut off")
            position += length
            if kind != 2:
                value = int.from_bytes(value, "little")
        else:
            raise ValueError("no protocol buffer")
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """A whole number in seven bits a byte, lowest first, and the position behind it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = content[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
    raise ValueError("a number is too long")


def _number(fields: Fields, field: int) -> int:
    value = fields.get(field, [0])[-1]
    if not isinstance(value, int):
        raise ValueError("a field is no number")
    return value


def _bytes(value: int | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("a field is a number")
    return value

"""Writes TensorFlow V2 checkpoints, from the published formats alone, for tests of the reader."""

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

MAGIC = bytes.fromhex("57fb808b247547db")


def crc32c(content: bytes) -> int:
    """CRC-32C bit by bit (polynomial 0x82F63B78, reflected)."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(content: bytes) -> int:
    crc = crc32c(content)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value % 128 + 128])
        value //= 128
    return out + bytes([value])


def message(**fields: int | bytes) -> bytes:
    """A protocol buffer; f1=3 is field 1 as a varint, b2=b"…" field 2 as bytes, x6=5 field 6 as fixed 32 bits."""
    out = b""
    for name, value in fields.items():
        number = int(name[1:])
        if isinstance(value, bytes):
            out += varint(number << 3 | 2) + varint(len(value)) + value
        elif name[0] == "x":
            out += varint(number << 3 | 5) + struct.pack("<I", value)
        else:
            out += varint(number << 3) + varint(value)
    return out


def block(entries: Mapping[bytes, bytes]) -> bytes:
    """A block with keys that share prefixes, one restart point, no compression, and its checksum."""
    out, before = b"", b""
    for key, value in entries.items():
        shared = next((n for n, (a, b) in enumerate(zip(before, key)) if a != b), min(len(before), len(key)))
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    out += struct.pack("<II", 0, 1) + b"\0"
    return out + struct.pack("<I", masked(out))


def handle(offset: int, content: bytes) -> bytes:
    return varint(offset) + varint(len(content) - 5)


def write_checkpoint(prefix: Path, tensors: Mapping[str, np.ndarray], *, keys_a_block: int = 3) -> None:
    """PREFIX.index and PREFIX.data-00000-of-00001 with float32 tensors, and int64 ones as TensorFlow's DT_INT64."""
    data, entries = b"", {b"": message(f1=1, b3=message(f1=1))}
    for key in sorted(tensors):
        tensor = tensors[key]
        content = tensor.tobytes()
        shape = b"".join(message(b2=message(f1=size)) for size in tensor.shape)
        kind = {"float32": 1, "int64": 9}[str(tensor.dtype)]
        entries[key.encode()] = message(f1=kind, b2=shape, f4=len(data), f5=len(content), x6=masked(content))
        data += content
    index, blocks = b"", {}
    keys = list(entries)
    for start in range(0, len(keys), keys_a_block):
        part = keys[start : start + keys_a_block]
        content = block({key: entries[key] for key in part})
        blocks[part[-1]] = handle(len(index), content)
        index += content
    filters, directory = block({}), block(blocks)
    footer = handle(len(index), filters) + handle(len(index) + len(filters), directory)
    index += filters + directory + footer.ljust(40, b"\0") + MAGIC
    prefix.with_name(f"{prefix.name}.index").write_bytes(index)
    prefix.with_name(f"{prefix.name}.data-00000-of-00001").write_bytes(data)

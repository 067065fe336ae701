"""IPTC: captions, authors and licences as news agencies write them, inside Photoshop's resources."""

import struct

_IPTC = 0x0404


def find_iptc(resources: bytes) -> bytes | None:
    """The IPTC records among Photoshop's resources ("8BIM" …), None where there are none."""
    position = 0
    while resources[position : position + 4] == b"8BIM" and position + 7 <= len(resources):
        code, name_length = struct.unpack_from(">HB", resources, position + 4)
        start = position + 6 + (name_length + 2) // 2 * 2
        if start + 4 > len(resources):
            return None
        (length,) = struct.unpack_from(">I", resources, start)
        if code == _IPTC:
            return resources[start + 4 : start + 4 + length] or None
        position = start + 4 + length + length % 2
    return None


def as_resource(iptc: bytes) -> bytes:
    """IPTC records as the one Photoshop resource that JPEG and PNG hold them in."""
    return b"8BIM" + struct.pack(">HBxI", _IPTC, 0, len(iptc)) + iptc + bytes(len(iptc) % 2)

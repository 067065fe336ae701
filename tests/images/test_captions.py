"""Captions, authors and licences (XMP, IPTC, PNG's texts, comments) come through where a format can hold them."""

import io
import zlib
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from PIL import Image, IptcImagePlugin

from core.images import Photo, encode_photo, left_out, read_photo
from core.images.iptc import as_resource, find_iptc
from core.images.png_chunks import TEXT_CHUNKS, make_profile
from core.images.xmp import update_xmp
from tests.images.files import chunk, exif_bytes, icc_profile, pillow_bytes, png16, png_chunks, smooth_pixels

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d" '
    b'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmpRights:WebStatement="https://example.org/licence">'
    b"<dc:creator>Zo\xc3\xab</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
)
CAPTION, AUTHOR = b"A wet street", b"Zo\xc3\xab"
IPTC = b"".join(
    b"\x1c\x02" + bytes([number]) + len(text).to_bytes(2, "big") + text
    for number, text in ((120, CAPTION), (80, AUTHOR))
)
WITH_IPTC = (".jpg", ".png", ".tif")
WITH_XMP = (*WITH_IPTC, ".webp")


def photo(dtype: type = np.uint8) -> Photo:
    pixels = smooth_pixels(41, 57).astype(dtype)
    return Photo(pixels, xmp=XMP % 1, iptc=IPTC, exif=exif_bytes(1), icc_profile=icc_profile())


def captions(content: bytes) -> dict[tuple[int, int], bytes]:
    """What another program reads as IPTC."""
    image = Image.open(io.BytesIO(content))
    if image.format == "PNG":
        image.load()
        lines = str(image.info["Raw profile type iptc"]).split("\n")
        records = bytes.fromhex("".join(lines[3:]))
        assert int(lines[2]) == len(records)
        shell = pillow_bytes(Image.new("L", (8, 8)), "JPEG")
        segment = b"Photoshop 3.0\0" + records
        image = Image.open(
            io.BytesIO(shell[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment + shell[2:])
        )
    return IptcImagePlugin.getiptcinfo(image) or {}


@pytest.mark.parametrize(
    ("suffix", "dtype"), [*((s, np.uint8) for s in WITH_IPTC), (".png", np.uint16), (".tif", np.uint16)]
)
def test_iptc_is_what_others_read(suffix: str, dtype: type) -> None:
    content = encode_photo(photo(dtype), suffix)
    assert captions(content) == {(2, 120): CAPTION, (2, 80): AUTHOR}
    assert read_photo(content).iptc == IPTC


@pytest.mark.parametrize(
    ("suffix", "dtype"), [*((s, np.uint8) for s in WITH_XMP), (".png", np.uint16), (".tif", np.uint16)]
)
def test_xmp_is_what_others_read(suffix: str, dtype: type) -> None:
    content = encode_photo(photo(dtype), suffix)
    if suffix == ".tif":
        with tifffile.TiffFile(io.BytesIO(content)) as tiff:
            assert tiff.pages[0].tags[700].value == XMP % 1
    else:
        image = Image.open(io.BytesIO(content))
        image.load()
        found = image.info["xmp"]
        assert (found.encode() if isinstance(found, str) else found) == XMP % 1
    assert read_photo(content).xmp == XMP % 1


@pytest.mark.parametrize("suffix", WITH_XMP)
@pytest.mark.parametrize("source", WITH_XMP)
def test_from_any_format_to_any_other(source: str, suffix: str) -> None:
    found = read_photo(encode_photo(photo(), source))
    again = read_photo(encode_photo(found, suffix))
    assert again.xmp == XMP % 1
    both = source in WITH_IPTC and suffix in WITH_IPTC
    assert again.iptc == (IPTC if both else None)
    assert left_out(found, suffix) == (("IPTC",) if suffix == ".webp" and source != ".webp" else ())


def test_xmp_says_upright_too() -> None:
    image = Image.fromarray(smooth_pixels(41, 57))
    content = pillow_bytes(image, "JPEG", exif=b"Exif\0\0" + exif_bytes(6), xmp=XMP % 6)
    found = read_photo(content)
    assert found.pixels.shape == (57, 41, 3)
    assert found.xmp == XMP % 1
    assert update_xmp(b"<tiff:Orientation>8</tiff:Orientation>") == b"<tiff:Orientation>1</tiff:Orientation>"


def test_texts_of_png_stay_byte_for_byte() -> None:
    texts = [
        chunk(b"tEXt", b"Author\0Somebody"),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a long comment")),
        chunk(b"iTXt", b"Title\0\0\0de\0Titel\0Stra\xc3\x9fe"),
    ]
    plain = pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "PNG")
    deep = png16(smooth_pixels(41, 57).astype(np.uint16), *texts)
    for content in (plain[:33] + b"".join(texts) + plain[33:], plain[:-12] + b"".join(texts) + plain[-12:], deep):
        found = read_photo(content)
        saved = [chunk(*piece) for piece in png_chunks(encode_photo(found, ".png")) if piece[0] in TEXT_CHUNKS]
        assert saved == texts
        assert left_out(found, ".png") == ()
        assert left_out(found, ".tif") == ("texts of PNG",)


def test_profiles_as_other_programs_put_them_into_png() -> None:
    plain = pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "PNG")
    for kind, content in (("iptc", as_resource(IPTC)), ("iptc", IPTC), ("xmp", XMP % 1)):
        found = read_photo(plain[:33] + chunk(*make_profile(kind, content)) + plain[33:])
        assert (found.iptc, found.xmp) == ((IPTC, None) if kind == "iptc" else (None, XMP % 1))
        assert found.png_text == ()


def test_iptc_among_other_resources() -> None:
    other = b"8BIM\x04\x0f\x03abc" + (5).to_bytes(4, "big") + b"12345\0"
    assert find_iptc(other + as_resource(IPTC) + other) == IPTC
    assert find_iptc(other) is None
    for length in range(len(other) + len(as_resource(IPTC))):
        find_iptc((other + as_resource(IPTC))[:length])


def test_a_comment_of_jpeg_stays() -> None:
    content = pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "JPEG", comment=b"taken in the rain")
    found = read_photo(content)
    assert Image.open(io.BytesIO(encode_photo(found, ".jpg"))).info["comment"] == b"taken in the rain"
    assert left_out(found, ".png") == ("a comment of JPEG",)


def test_what_a_format_cannot_hold_is_named() -> None:
    full = replace(photo(), comment=b"c")
    assert left_out(full, ".bmp") == ("the colour profile", "EXIF", "XMP", "IPTC", "a comment of JPEG")
    assert read_photo(encode_photo(full, ".bmp")).xmp is None
    long = replace(full, xmp=XMP % 1 + b" " * 70_000, iptc=IPTC * 4000, exif=exif_bytes(1) + bytes(70_000))
    assert left_out(long, ".jpg") == ("EXIF", "XMP", "IPTC")
    assert read_photo(encode_photo(long, ".jpg")).pixels.shape == (41, 57, 3)


GAIN_MAP_XMP = (
    b'<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" dc:creator="Zoe">'
    b"<Container:Directory><rdf:Seq><rdf:li/></rdf:Seq></Container:Directory></rdf:Description>"
)


def test_a_gain_map_is_left_out_and_told() -> None:
    pixels = Image.fromarray(smooth_pixels(41, 57))
    found = read_photo(pillow_bytes(pixels, "JPEG", xmp=GAIN_MAP_XMP) + pillow_bytes(pixels, "JPEG"))
    assert left_out(found, ".jpg") == ("an HDR gain map",)
    assert found.xmp is not None
    assert b'dc:creator="Zoe"' in found.xmp
    assert b"Version" not in found.xmp and b"Directory" not in found.xmp


def test_the_film_of_a_motion_photo_is_told() -> None:
    xmp = b'<rdf:Description GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1" dc:creator="Zoe"/>'
    found = read_photo(pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "JPEG", xmp=xmp))
    assert found.lost == ("the film of a motion photo",)
    assert found.xmp == b'<rdf:Description dc:creator="Zoe"/>'


def test_further_pictures_of_an_mpo_are_told() -> None:
    pictures = [Image.fromarray(smooth_pixels(41, 57)), Image.fromarray(smooth_pixels(41, 57)[::-1])]
    content = pillow_bytes(pictures[0], "MPO", save_all=True, append_images=pictures[1:])
    found = read_photo(content)
    assert found.lost == ("further pictures of the file",)
    assert read_photo(encode_photo(found, ".mpo")).lost == ()

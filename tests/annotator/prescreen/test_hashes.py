import cv2
import numpy as np
import pytest
from scipy.fft import dctn

from annotator.prescreen.hashes import BITS, NEAR, Hashes, distances, hash_photo
from annotator.prescreen.working_copy import working_copy
from tests.annotator.prescreen.scenes import texture


def hashes_of(picture: np.ndarray) -> Hashes:
    return hash_photo(working_copy(picture))


def apart(first: np.ndarray, second: np.ndarray) -> int:
    return int(distances(first[None], second[None])[0, 0])


def test_the_bits_are_scipys_cosine_transform_against_its_median():
    copy = working_copy(texture(0))
    small = cv2.resize(copy.grey, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float64)
    spectrum = dctn(small)[1:17, 1:17]
    expected = (spectrum > np.median(spectrum)).ravel()
    assert np.array_equal(np.unpackbits(hash_photo(copy).upright).astype(bool), expected)
    assert expected.sum() == BITS // 2


def test_the_mirrored_hash_is_that_of_the_mirrored_photo():
    picture = texture(1)
    assert apart(hashes_of(picture).mirrored, hashes_of(picture[:, ::-1].copy()).upright) <= 4


@pytest.mark.parametrize("seed", range(4))
def test_copies_are_near_and_others_far(seed: int):
    picture = texture(seed)
    small = cv2.resize(picture, (150, 150), interpolation=cv2.INTER_AREA)
    _, content = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 40])
    copy = cv2.imdecode(content, cv2.IMREAD_COLOR)
    assert apart(hashes_of(picture).upright, hashes_of(copy).upright) <= NEAR
    assert apart(hashes_of(picture).upright, hashes_of(texture(seed + 10)).upright) > 2 * NEAR


def test_distances_count_bits():
    draw = np.random.default_rng(0)
    first, second = draw.integers(0, 256, (3, 32), np.uint8), draw.integers(0, 256, (5, 32), np.uint8)
    expected = [[sum(bin(a ^ b).count("1") for a, b in zip(x.tolist(), y.tolist())) for y in second] for x in first]
    assert distances(first, second).tolist() == expected


def test_text_and_back():
    hashes = hashes_of(texture(5))
    again = Hashes.from_hex(hashes.to_hex())
    assert np.array_equal(again.upright, hashes.upright) and np.array_equal(again.mirrored, hashes.mirrored)
    assert {len(value) for value in hashes.to_hex().values()} == {BITS // 4}


def test_an_even_photo_has_a_hash():
    assert hashes_of(np.full((5, 5, 3), 7, np.uint8)).upright.shape == (32,)

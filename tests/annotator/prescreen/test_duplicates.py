import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from annotator.prescreen.duplicates import best_of, find_pairs, group
from annotator.prescreen.hashes import hash_photo
from annotator.prescreen.local_features import MOST_FEATURES, count_agreeing, find_features
from annotator.prescreen.working_copy import working_copy
from core.images import read_photo
from tests.annotator.prescreen.scenes import smooth, texture


def pairs_of(pictures: list[np.ndarray], by_hash: bool = True) -> list[tuple[int, int]]:
    copies = [working_copy(picture) for picture in pictures]
    hashes = [hash_photo(copy) for copy in copies] if by_hash else []
    return find_pairs(hashes, [find_features(copy) for copy in copies])


def test_copies_are_found_and_others_are_not():
    first, second = texture(0, 420, 560), texture(1, 420, 560)
    pictures = [
        first,
        second,
        np.ascontiguousarray(first[:, ::-1]),
        cv2.resize(second, (300, 300), interpolation=cv2.INTER_AREA),
        first[90:330, 160:500].copy(),
        np.ascontiguousarray(second[90:330, 160:500][:, ::-1]),
        texture(2, 420, 560),
        smooth(),
    ]
    assert group(len(pictures), pairs_of(pictures)) == [[0, 2, 4], [1, 3, 5]]


def test_local_features_alone_find_whole_copies():
    first = texture(0, 420, 560)
    assert pairs_of([first, texture(3), np.ascontiguousarray(first[:, ::-1])], by_hash=False) == [(0, 2)]


def test_mirrored_features_are_those_of_the_mirrored_photo():
    picture = texture(4, 300, 400)
    features = find_features(working_copy(picture))
    seen = find_features(working_copy(np.ascontiguousarray(picture[:, ::-1])))
    assert count_agreeing(features.mirrored(), seen) > 0.6 * len(seen.points) > 20
    assert count_agreeing(features, seen) == 0


def test_a_logo_in_common_is_no_duplicate():
    first, second = texture(5, 500, 700), texture(6, 500, 700)
    logo = np.random.default_rng(0).integers(0, 255, (10, 10, 3), np.uint8).repeat(9, 0).repeat(9, 1)
    first[20:110, 20:110] = second[380:470, 560:650] = logo
    assert pairs_of([first, second]) == []


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_copy_that_its_exif_turns_is_one(orientation: int):
    """What a phone turned by EXIF alone, and what another program turned for good, are upright the same picture."""
    pixels = texture(3)
    kept = {2: np.fliplr, 3: lambda p: np.rot90(p, 2), 4: np.flipud, 5: lambda p: np.rot90(np.fliplr(p))}
    kept |= {6: np.rot90, 7: lambda p: np.rot90(np.fliplr(p), -1), 8: lambda p: np.rot90(p, -1)}
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(kept[orientation](pixels))).save(stream, "JPEG", quality=92, exif=exif)
    turned = read_photo(stream.getvalue()).pixels
    assert turned.shape == pixels.shape and pairs_of([pixels, turned]) == [(0, 1)]


def test_photos_without_features_are_no_trouble():
    even = np.full((50, 60, 3), 30, np.uint8)
    assert len(find_features(working_copy(even)).points) == 0
    assert pairs_of([even, texture(0)], by_hash=False) == []
    assert pairs_of([]) == []
    assert len(find_features(working_copy(texture(0, 500, 500))).points) <= MOST_FEATURES


def test_groups_are_connected_pairs():
    assert group(7, [(4, 5), (0, 3), (5, 0), (1, 6)]) == [[0, 3, 4, 5], [1, 6]]
    assert group(3, []) == []


def test_the_best_is_the_largest_that_was_not_squashed():
    sizes = {"a": (512, 512), "b": (400, 300), "c": (380, 290)}
    assert best_of(["a", "b", "c"], sizes) == "b"
    assert best_of(["a"], sizes) == "a"


def test_sirr_data_as_grouped_by_eye(shared: Path, repository: Path):
    """The four pairs that a hash of the whole picture does not find, some that it does, and photos alike of others."""
    by_eye = json.loads((repository / "datasets/manifests/sirr-data-groups.json").read_text())
    numbers = (133, 145, 33, 75, 107, 8, 120, 84, 85, 86, 130, 104, 118, 52, 54, 37, 7)
    names = [f"{number}.jpg" for number in numbers]
    pairs = pairs_of([read_photo(shared / "data/train/real/SIRR-Data" / name).pixels for name in names])
    expected = [
        (i, j) for i in range(len(names)) for j in range(i + 1, len(names)) if by_eye[names[i]] == by_eye[names[j]]
    ]
    assert pairs == expected and len(expected) == 7

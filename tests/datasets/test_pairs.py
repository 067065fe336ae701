"""Paired folders: a tiny set in every published layout, and sets with something missing."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets.errors import DatasetError
from datasets.layouts import LAYOUTS
from datasets.pairs import open_pairs

CLEAN, RAIN = 40, 90


def write(folder: Path, name: str, value: int, size: tuple[int, int] = (16, 12)) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (value, value, value)).save(path)


def write_halves(path: Path, value: int = 0, size: tuple[int, int] = (32, 12)) -> None:
    pixels = np.full((size[1], size[0], 3), CLEAN + value, np.uint8)
    pixels[:, size[0] // 2 :] = RAIN + value
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, quality=100, subsampling=0)


def write_layout(layout: str, folder: Path) -> list[str]:
    """Two scenes (14 rainy photos each in Rain1400; scene 10 sorts after scene 2) and the names of their pairs."""
    first = 901 if layout == "rain1400-test" else 2
    last = 1000 if layout == "rain1400-test" else 10
    names = {
        "rain100": ("rainy/rain-{:03}.png", "norain-{:03}.png", "rain-{:03}"),
        "rain100-later": ("rain/X2/norain-{:03}x2.png", "norain/norain-{:03}.png", "norain-{:03}x2"),
        "raintrain": ("rain-{}.png", "norain-{}.png", "rain-{}"),
        "mspfn": ("inputcrop/{}.png", "cleancrop/{}.png", "{}"),
        "rain12": ("input/{:03}_in.png", "groundtruth/{:03}_GT.png", "{:03}_in"),
        "nturain": ("rain/{:05}.jpg", "clean/{:05}.jpg", "{:05}"),
        "rain13k": ("input/scene {}.png", "target/scene {}.png", "scene {}"),
    }
    expected = []
    for scene in (first, last):
        if layout.startswith("rain1400"):
            write(folder, f"ground_truth/{scene}.jpg", CLEAN + scene % 97)
            for rain in range(1, 15):
                write(folder, f"rainy_image/{scene}_{rain}.jpg", RAIN + scene % 97)
                expected.append(f"{scene}_{rain}")
        elif layout == "rain800":
            write_halves(folder / f"{scene}.jpg", scene % 97)
            expected.append(str(scene))
        else:
            rainy, clean, name = names[layout]
            write(folder, rainy.format(scene), RAIN + scene % 97)
            write(folder, clean.format(scene), CLEAN + scene % 97)
            expected.append(name.format(scene))
    return expected


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("named", [False, True], ids=["recognised", "named"])
def test_every_layout(tmp_path: Path, layout: str, named: bool) -> None:
    expected = write_layout(layout, tmp_path)
    (tmp_path / "README.txt").write_text("not a photo")
    pairs = open_pairs(tmp_path, layout if named else None)
    assert pairs.layout.name == layout
    assert [pair.name for pair in pairs.pairs] == expected
    assert len(pairs) == len(expected)
    for index in range(len(pairs)):
        name, rainy, clean = pairs[index]
        assert name == expected[index]
        assert rainy.shape == clean.shape == (12, 16, 3)
        assert rainy.dtype == clean.dtype == np.uint8
        difference = rainy.astype(int) - clean.astype(int)
        assert abs(difference - (RAIN - CLEAN)).max() <= 2, "the rainy photo is the brighter one of the same scene"
    brightness = {int(clean.mean()) for _, _, clean in (pairs[index] for index in range(len(pairs)))}
    assert len(brightness) == 2, "each scene has its own clean photo"


def test_rain12_in_the_layout_of_rain100(tmp_path: Path) -> None:
    for scene in range(1, 13):
        write(tmp_path, f"rainy/rain-{scene:03}.png", RAIN)
        write(tmp_path, f"norain-{scene:03}.png", CLEAN)
    assert len(open_pairs(tmp_path)) == 12


def test_suffixes_and_capitals_do_not_matter(tmp_path: Path) -> None:
    write(tmp_path, "Input/a.PNG", RAIN)
    write(tmp_path, "target/A.jpg", CLEAN)
    assert open_pairs(tmp_path).layout.name == "rain13k"


def test_two_patterns(tmp_path: Path) -> None:
    for name in ("wet/s1/7 strong.png", "wet/s1/7 weak.png", "wet/s1/8 weak.png"):
        write(tmp_path, name, RAIN)
    write(tmp_path, "dry/7.tif", CLEAN)
    write(tmp_path, "dry/8.tif", CLEAN)
    pairs = open_pairs(tmp_path, rainy_pattern="wet/*/{} *.png", clean_pattern="dry/{}.tif")
    assert [pair.name for pair in pairs.pairs] == ["7 strong", "7 weak", "8 weak"]
    assert [pair.clean.name for pair in pairs.pairs] == ["7.tif", "7.tif", "8.tif"]
    assert pairs[0].rainy.mean() == RAIN
    assert pairs[0].clean.mean() == CLEAN


def test_names_keep_the_folders_that_tell_them_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(tmp_path, f"set/{folder}/wet-{folder}1.png", RAIN)
        write(tmp_path, f"set/{folder}/dry-{folder}1.png", CLEAN)
    pairs = open_pairs(tmp_path, rainy_pattern="set/*/wet-{}.png", clean_pattern="set/*/dry-{}.png")
    assert [pair.name for pair in pairs.pairs] == ["a/wet-a1", "b/wet-b1"]


def rain100(folder: Path) -> None:
    for scene in (1, 2, 3):
        write(folder, f"rainy/rain-{scene:03}.png", RAIN)
        write(folder, f"norain-{scene:03}.png", CLEAN)


def without_a_rainy_photo(folder: Path) -> None:
    rain100(folder)
    (folder / "rainy/rain-002.png").unlink()


def without_a_clean_photo(folder: Path) -> None:
    rain100(folder)
    (folder / "norain-003.png").unlink()


def without_rainy_photos(folder: Path) -> None:
    for scene in (1, 2):
        write(folder, f"norain-{scene:03}.png", CLEAN)


def with_two_clean_photos_for_one(folder: Path) -> None:
    rain100(folder)
    write(folder, "norain-001.jpg", CLEAN)


def rain1400_with_thirteen(folder: Path) -> None:
    write_layout("rain1400-train", folder)
    (folder / "rainy_image/2_14.jpg").unlink()


def rain1400_both_halves(folder: Path) -> None:
    write_layout("rain1400-train", folder)
    write_layout("rain1400-test", folder)


def rain800_split_in_two(folder: Path) -> None:
    write_halves(folder / "training" / "1.jpg")
    write_halves(folder / "test_syn" / "1.jpg")


def photos_without_pairs(folder: Path) -> None:
    write(folder, "holiday.jpg", CLEAN)


def nothing(folder: Path) -> None:
    (folder / "notes.txt").write_text("no photo")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            without_a_rainy_photo,
            "2 rainy photos and 3 clean photos: norain-002.png has no rainy photo like rainy/",
        ),
        (
            without_a_clean_photo,
            "3 rainy photos and 2 clean photos: rainy/rain-003.png has no clean photo like no",
        ),
        (without_rainy_photos, "fits no known layout of pairs: it has photos like norain-{}.* without rainy/rain-{}.*"),
        (with_two_clean_photos_for_one, "2 clean photos for one: norain-001.jpg and norain-001.png"),
        (rain1400_with_thirteen, "ground_truth/2.jpg has 13 rainy photos, where the layout rain1400-train has 14"),
        (rain1400_both_halves, "fits the layouts rain1400-train and rain1400-test; say which one is meant"),
        (rain800_split_in_two, "its folder test_syn or training does, so open that"),
        (photos_without_pairs, "fits no known layout of pairs: it has 1 photos such as holiday.jpg"),
        (nothing, "fits no known layout of pairs: it has no photo"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, make: Callable[[Path], None], sentence: str) -> None:
    make(tmp_path)
    with pytest.raises(DatasetError, match=re.escape(sentence)) as caught:
        open_pairs(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_named_layout_that_does_not_fit(tmp_path: Path) -> None:
    rain100(tmp_path)
    with pytest.raises(DatasetError, match=r"0 rainy photos and 0 clean photos: none like inputcrop/\{\}\.\* and none"):
        open_pairs(tmp_path, "mspfn")
    with pytest.raises(DatasetError, match="no layout 'rain99'; there are rain100, "):
        open_pairs(tmp_path, "rain99")


def test_wrong_patterns(tmp_path: Path) -> None:
    rain100(tmp_path)
    with pytest.raises(DatasetError, match=r"'rainy/\*' must hold \{\} exactly once"):
        open_pairs(tmp_path, rainy_pattern="rainy/*", clean_pattern="norain-{}.png")
    with pytest.raises(DatasetError, match="two patterns"):
        open_pairs(tmp_path, rainy_pattern="rainy/rain-{}.png")
    with pytest.raises(DatasetError, match="two patterns"):
        open_pairs(tmp_path, "rain100", "rainy/rain-{}.png", "norain-{}.png")


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no folder"):
        open_pairs(tmp_path / "absent")
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="is not a folder"):
        open_pairs(tmp_path / "file")


def test_sizes_that_differ_are_found_at_reading(tmp_path: Path) -> None:
    rain100(tmp_path)
    write(tmp_path, "norain-002.png", CLEAN, size=(12, 16))
    pairs = open_pairs(tmp_path)
    assert pairs[0].name == "rain-001"
    with pytest.raises(DatasetError, match=r"rain-002\.png has 16×12 pixels, but its clean photo .* has 12×16"):
        pairs[1]


def test_an_odd_width_has_no_halves(tmp_path: Path) -> None:
    write_halves(tmp_path / "1.jpg", size=(33, 12))
    with pytest.raises(DatasetError, match=r"1\.jpg is 33 pixels wide, so it has no two halves"):
        open_pairs(tmp_path)[0]


def test_numbered_photos_of_bsds_are_not_taken_for_rain800(tmp_path: Path) -> None:
    write_halves(tmp_path / "2018.jpg")
    with pytest.raises(DatasetError, match="fits no known layout"):
        open_pairs(tmp_path)


def test_the_sets_beside_the_repository(shared: Path) -> None:
    for folder, layout, count in (
        ("test/Rain100L", "rain100", 100),
        ("test/Rain100H", "rain100", 100),
        ("train/rain800", "rain800", 351),
    ):
        pairs = open_pairs(shared / "data" / folder)
        assert (pairs.layout.name, len(pairs)) == (layout, count)
        _, rainy, clean = pairs[0]
        assert rainy.shape == clean.shape
        assert rainy.mean() > clean.mean()


def test_partners_spelt_otherwise(tmp_path: Path) -> None:
    """The rainy photo's name in decomposed form (macOS), the clean one's in composed form."""
    for folder, form in (("input", "NFD"), ("target", "NFC")):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (6, 4)).save(tmp_path / folder / unicodedata.normalize(form, "Größe.png"))
    assert [pair.name for pair in open_pairs(tmp_path).pairs] == ["Größe"]

"""Photos of one name: never compared with each other's output, and told where nothing tells them apart."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.comparison.subjects import open_subjects
from core.errors import UserError
from core.methods import Method, Sources, find_methods
from core.methods.outputs import Outputs, keys_of_outputs
from datasets.errors import DatasetError


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(path)


def methods_in(outputs: Path) -> list[Method]:
    return find_methods(keys_of_outputs(outputs), Sources(outputs=outputs))


def test_two_photos_share_no_output(tmp_path: Path) -> None:
    for name in (
        "set/a/1.png",
        "set/b/1.png",
        "outputs/Flat/1.png",
        "outputs/Nested/a/1.png",
        "outputs/Nested/b/1.png",
    ):
        write(tmp_path / name)
    names = [(subject.name, *subject.also) for subject in open_subjects(tmp_path / "set", paired=False).subjects]
    flat, nested = methods_in(tmp_path / "outputs")
    nested.check_complete(names)
    with pytest.raises(UserError, match=r"Flat lacks the derained images of 2 of 2 photos; the first is a/1\.png"):
        flat.check_complete(names)


def test_an_output_without_its_folder_is_found_where_no_other_photo_has_the_name(tmp_path: Path) -> None:
    for name in ("set/a/1.png", "set/b/2.png", "outputs/Flat/1.png", "outputs/Flat/2.png"):
        write(tmp_path / name)
    subjects = open_subjects(tmp_path / "set", paired=False).subjects
    flat = Outputs(tmp_path / "outputs/Flat")
    found = [flat.find((subject.name, *subject.also)) for subject in subjects]
    assert found == [flat.folder / "1.png", flat.folder / "2.png"]


def test_a_clean_photo_lends_its_name_to_one_rainy_photo_only(tmp_path: Path) -> None:
    for name in ("ground_truth/1.png", "rainy_image/1_1.png", "rainy_image/1_2.png"):
        write(tmp_path / name)
    several = open_subjects(tmp_path, rainy_pattern="rainy_image/{}_*.png", clean_pattern="ground_truth/{}.png")
    assert len(several.subjects) == 2 and not any("1" in subject.also for subject in several.subjects)


def test_names_that_differ_by_suffix_alone(tmp_path: Path) -> None:
    for name in ("a.png", "a.jpg", "b.png"):
        write(tmp_path / name)
    with pytest.raises(DatasetError, match="holds more than one photo a: "):
        open_subjects(tmp_path, paired=False)


def test_outputs_and_lists_in_another_spelling(tmp_path: Path) -> None:
    """macOS writes ö as two signs; an output or a list from elsewhere has it as one."""
    for name in (unicodedata.normalize("NFD", "set/Größe.png"), "set/other.png", "outputs/Flat/Größe.png"):
        write(tmp_path / name)
    folder = open_subjects(tmp_path / "set", paired=False, only=["größe.png"])
    flat = Outputs(tmp_path / "outputs/Flat")
    assert [flat.find((subject.name, *subject.also)) for subject in folder.subjects] == [flat.folder / "Größe.png"]


def test_an_output_in_other_capitals_is_another_photos(tmp_path: Path) -> None:
    write(tmp_path / "outputs/Flat/a.png")
    flat = Outputs(tmp_path / "outputs/Flat")
    assert flat.find(["A"]) is None

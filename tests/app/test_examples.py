"""Examples: rendered once, the same every time, and the owner's photos beside them."""

from pathlib import Path

import cv2
import pytest

from app import examples


def test_rendered_examples_are_the_same_on_every_machine_and_differ_from_the_clean_photo(tmp_path: Path) -> None:
    first, second = (examples.rendered_examples(tmp_path / name) for name in ("a", "b"))
    assert [example.label for example in first] == [
        "rendered rain, drizzle",
        "rendered rain, light",
        "rendered rain, shower",
        "rendered rain, heavy",
    ]
    for one, other in zip(first, second, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()
        assert one.path.parent.name == examples.rendering_key()
    camera = cv2.imread(str(first[2].path), cv2.IMREAD_UNCHANGED)
    from skimage import data

    assert camera.shape == data.camera().shape
    assert (camera.astype(int) - data.camera() > 10).mean() > 0.05


def test_the_second_start_renders_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples.rendered_examples(tmp_path)
    monkeypatch.setattr(examples, "render", lambda *_: pytest.fail("rendered again"))
    assert len(examples.rendered_examples(tmp_path)) == 4
    assert len(list(tmp_path.iterdir())) == 1


def test_another_seed_gets_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = examples.rendering_key()
    monkeypatch.setattr(examples, "RENDERED", examples.RENDERED[:1])
    assert examples.rendering_key() != before


def test_a_photo_that_is_not_installed_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = examples.Rendered("no_such_package", "photo.jpg", "light", 0)
    gone = examples.Rendered("skimage", "data/no-such-photo.png", "light", 0)
    monkeypatch.setattr(examples, "RENDERED", (missing, gone, examples.RENDERED[2]))
    assert [example.path.name for example in examples.rendered_examples(tmp_path)] == ["camera-shower.png"]


def test_own_photos_by_name_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.png", "A.JPG", "README.md", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    found = examples.own_examples(tmp_path)
    assert [(example.path.name, example.label) for example in found] == [
        ("A.JPG", "examples/A.JPG"),
        ("b.png", "examples/b.png"),
    ]
    assert examples.own_examples(tmp_path / "nowhere") == []

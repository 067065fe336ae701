"""Which methods take part: our model, the peers where they can, outputs on disk, and a sentence for the rest."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.compare.collection import from_folder, recognise
from app.compare.contest import open_contest, run
from app.compare.methods import Methods, offer
from app.compare.stored import StoredOutputs
from app.compare.subject import Subject, make_subject
from core.errors import UserError
from core.inference import Derainer


@pytest.fixture
def outputs(tmp_path: Path, subject: Subject) -> Path:
    """A folder of outputs of one method, with one photo."""
    (tmp_path / "outputs" / "MPRNet").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "outputs" / "MPRNet" / "street.png"), 255 - subject.full[..., ::-1])
    return tmp_path / "outputs"


@pytest.fixture
def methods(derainer: Derainer, outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Methods:
    monkeypatch.delenv("DERAIN_PEERS", raising=False)
    return offer(derainer, StoredOutputs(), outputs=outputs)


def test_missing_peers_say_where_their_weights_go(methods: Methods, subject: Subject) -> None:
    assert [key for _, key in methods.choices] == ["ours", "outputs:MPRNet"]
    missing = {entry.key: entry.missing for entry in methods.entries(subject, ["ours"]) if entry.missing}
    assert missing.keys() == {"prenet", "ddn", "sirr"}
    for sentence in missing.values():
        assert "DERAIN_PEERS" in sentence and "--peers" in sentence and sentence.endswith(".")


def test_ours_and_the_folder_give_their_pixels(methods: Methods, subject: Subject, derainer: Derainer) -> None:
    *_, done = run(open_contest(subject, methods.entries(subject, ["ours", "outputs:MPRNet"])))
    assert np.array_equal(done.given["ours"].pixels, derainer(subject.rainy).pixels)
    assert np.array_equal(done.given["outputs:MPRNet"].pixels, 255 - subject.full)
    assert methods.at_hand("outputs:MPRNet", subject) and methods.at_hand("ours", subject) is None


def test_photos_of_one_name_never_show_each_others_output(
    derainer: Derainer, subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither two photos of the set, nor one of it and an uploaded one that is not the same."""
    monkeypatch.delenv("DERAIN_PEERS", raising=False)
    photos = {"a/1": subject.full, "b/1": subject.full // 2, "b/2": subject.full // 3}
    for name, pixels in photos.items():
        write_png(tmp_path / "set" / f"{name}.png", pixels)
    write_png(tmp_path / "outputs/Flat/1.png", 255 - subject.full)
    write_png(tmp_path / "outputs/Flat/2.png", subject.full // 4)
    write_png(tmp_path / "outputs/Nested/a/1.png", subject.full // 5)
    write_png(tmp_path / "outputs/Nested/b/1.png", subject.full // 6)
    items = from_folder(tmp_path / "set", paired=False)
    methods = offer(derainer, StoredOutputs(), outputs=tmp_path / "outputs")

    def check(shown: Subject, **expected: np.ndarray) -> None:
        found = {key: methods.at_hand(f"outputs:{key}", shown) for key in ("Flat", "Nested")}
        given = {key: entry.derain() for key, entry in found.items() if entry}
        assert given.keys() == expected.keys()
        assert all(np.array_equal(given[key], expected[key]) for key in given)

    first, second, third = (item.read() for item in items)
    check(first, Nested=subject.full // 5)
    check(second, Nested=subject.full // 6)
    check(third, Flat=subject.full // 4)

    check(recognise(make_subject("1", photos["b/1"], None), items), Nested=subject.full // 6)
    foreign = recognise(make_subject("1", 255 - subject.full, None), items)
    check(foreign)
    *_, done = run(open_contest(foreign, methods.entries(foreign, ["outputs:Flat"])))
    assert done.given["outputs:Flat"].failed == "The output 1 is that of another photo, which has this name too."
    assert recognise(make_subject("3", subject.full, None), items).known_as == ("3",)


def write_png(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), pixels[..., ::-1])


def test_an_output_that_is_not_there_is_one_sentence(methods: Methods, subject: Subject) -> None:
    other = make_subject("elsewhere", subject.full, None)
    *_, done = run(open_contest(other, methods.entries(other, ["outputs:MPRNet"])))
    assert "elsewhere" in done.given["outputs:MPRNet"].failed
    assert methods.at_hand("outputs:MPRNet", other) is None


def test_what_was_not_chosen_is_left_out(methods: Methods, subject: Subject) -> None:
    assert [entry.key for entry in methods.entries(subject, []) if not entry.missing] == []


def test_no_such_folder_is_one_sentence(derainer: Derainer, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        offer(derainer, StoredOutputs(), outputs=tmp_path / "nowhere")

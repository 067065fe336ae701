"""Which methods take part: our model, the peers where they can, outputs on disk, and a sentence for the rest."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.compare.contest import open_contest, run
from app.compare.methods import Methods, offer
from app.compare.stored import StoredOutputs
from app.compare.subject import Subject
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


def test_an_output_that_is_not_there_is_one_sentence(methods: Methods, subject: Subject) -> None:
    other = Subject("elsewhere", subject.full, subject.rainy, None)
    *_, done = run(open_contest(other, methods.entries(other, ["outputs:MPRNet"])))
    assert "elsewhere" in done.given["outputs:MPRNet"].failed
    assert methods.at_hand("outputs:MPRNet", other) is None


def test_what_was_not_chosen_is_left_out(methods: Methods, subject: Subject) -> None:
    assert [entry.key for entry in methods.entries(subject, []) if not entry.missing] == []


def test_no_such_folder_is_one_sentence(derainer: Derainer, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        offer(derainer, StoredOutputs(), outputs=tmp_path / "nowhere")

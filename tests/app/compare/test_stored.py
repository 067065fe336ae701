"""The peers' outputs that come with the examples: for these pixels, by these weights, in little space."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from app import settings
from app.compare.collection import from_examples
from app.compare.contest import Entry
from app.compare.methods import Methods, offer
from app.compare.stored import RECORD, load_stored_outputs
from app.compare.subject import Subject, make_subject
from app.examples import rendered_examples
from core.inference import Derainer
from core.methods import Method, Needs, Sources, Weights, find_methods
from core.metrics import measure

PEERS = ("prenet", "ddn", "sirr")


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> list[Subject]:
    return [item.read() for item in from_examples(rendered_examples(tmp_path_factory.mktemp("examples")))]


@pytest.fixture
def methods(derainer: Derainer, monkeypatch: pytest.MonkeyPatch) -> Methods:
    monkeypatch.delenv("DERAIN_PEERS", raising=False)
    return offer(derainer, load_stored_outputs())


def test_every_example_has_every_peers_output_without_its_weights(methods: Methods, subjects: list[Subject]) -> None:
    for subject in subjects:
        entries = {entry.key: entry for entry in methods.entries(subject, [*PEERS])}
        assert entries.keys() == set(PEERS)
        for entry in entries.values():
            assert entry.missing is None and entry.derain().shape == subject.rainy.shape


def test_recorded_figures_are_the_outputs(methods: Methods, subjects: list[Subject]) -> None:
    def entry_of(subject: Subject, key: str) -> Entry:
        return next(entry for entry in methods.entries(subject, [key]) if entry.key == key)

    for key in PEERS:
        entry = entry_of(subjects[0], key)
        assert entry.scores and subjects[0].clean is not None
        for protocol, scores in entry.scores.items():
            of_the_jpeg = measure(protocol, subjects[0].clean, entry.derain())
            assert scores["psnr"] == pytest.approx(of_the_jpeg["psnr"], abs=0.3)
            assert scores["ssim"] == pytest.approx(of_the_jpeg["ssim"], abs=0.02)
        brighter = make_subject("x", subjects[0].full, 255 - subjects[0].clean)
        assert entry_of(brighter, key).scores is None


def test_other_pixels_get_the_sentence(methods: Methods, subjects: list[Subject]) -> None:
    changed = subjects[0].full.copy()
    changed[0, 0, 0] ^= 1
    entries = methods.entries(make_subject(subjects[0].name, changed, None), [*PEERS])
    assert all(entry.missing for entry in entries)


def test_they_go_before_networks_with_other_weights_and_always_in_blind_rounds(
    methods: Methods, subjects: list[Subject]
) -> None:
    stored = methods.stored.find("ddn", subjects[0].key)
    assert stored

    def fail(pixels: np.ndarray, names: Sequence[str]) -> NoReturn:
        pytest.fail("a network was run")

    def here(weights: Weights) -> Methods:
        ready = Method("ddn", stored.label, run=fail, needs=Needs(1.0), weights=weights)
        return replace(methods, found=(ready,))

    other = here(Weights("mine", "0" * 64))
    for entry in (
        *here(stored.weights).judged(subjects[0], ["ddn"]),
        *other.judged(subjects[0], ["ddn"]),
        *other.entries(subjects[0], ["ddn"]),
    ):
        assert np.array_equal(entry.derain(), stored.read()) and entry.cost == 0
    (same,) = here(stored.weights).entries(subjects[0], ["ddn"])
    assert same.cost > 0 and stored.weights.name in same.source
    unknown = make_subject("x", 255 - subjects[0].full, None)
    (mine,) = other.entries(unknown, ["ddn"])
    assert mine.cost > 0 and "mine" in mine.source
    (absent,) = methods.judged(unknown, ["ddn"])
    assert absent.missing
    assert here(stored.weights).judged(subjects[0], []) == []


def test_a_peer_that_is_only_stored_can_take_part_for_its_photos_alone(
    methods: Methods, subjects: list[Subject]
) -> None:
    assert methods.able(subjects[0]) == ["ours", *PEERS]
    assert methods.able(make_subject("x", 255 - subjects[0].full, None)) == methods.able(None) == ["ours"]
    assert [label for label, _ in methods.choices][1:] == ["PReNet", "DDN", "SIRR"]


def test_they_are_by_the_best_published_weights_and_say_for_which_rain(
    methods: Methods, subjects: list[Subject]
) -> None:
    record = json.loads((settings.PEERS_OUTPUTS / RECORD).read_text())
    for outputs in record["methods"].values():
        for output in outputs.values():
            tried = output["psnr_y_of_all_weights"]
            assert tried[output["weights"]] == max(tried.values()) and len(tried) > 1
    for entry in methods.entries(subjects[0], [*PEERS]):
        assert "weights Rain" in entry.source and "made for" in entry.source


def test_they_take_little_space_and_record_weights_and_command(repository: Path) -> None:
    files = [path for path in settings.PEERS_OUTPUTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 2_000_000
    record = json.loads((settings.PEERS_OUTPUTS / RECORD).read_text())
    assert record["command"] in (repository / "docs" / "demo.md").read_text()
    listed = {settings.PEERS_OUTPUTS / RECORD}
    for key, outputs in record["methods"].items():
        assert all(len(output["sha256"]) == 64 for output in outputs.values())
        listed |= {settings.PEERS_OUTPUTS / key / output["file"] for output in outputs.values()}
    assert listed == set(files)


def test_the_weights_made_them(shared: Path, subjects: list[Subject]) -> None:
    stored = load_stored_outputs()
    kept = {key: stored.find(key, subjects[0].key) for key in PEERS}
    names = [f"{key}:{output.weights.name}" for key, output in kept.items() if output]
    made = find_methods(names, Sources(peers=shared / "weights" / "peers"))
    for method, output in zip(made, kept.values(), strict=True):
        assert output and method.weights == output.weights and method.label == output.label
    ddn = made[PEERS.index("ddn")]
    assert kept["ddn"]
    difference = np.abs(ddn.derain(subjects[0].rainy).rounded.astype(int) - kept["ddn"].read())
    assert difference.mean() < 2 and np.percentile(difference, 99) < 10  # what JPEG takes

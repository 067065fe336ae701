"""The network's call: how it tells of its progress, how it ends early, and a GPU that a Space lends."""

import sys
from threading import Event
from types import ModuleType

import numpy as np
import pytest

from app.derain.network import Network, _Stopped, stepwise
from core.inference import Derainer


def test_steps_come_first_then_what_the_work_returns() -> None:
    heard = [Event(), Event()]

    def work(progress):
        for done in range(2):
            progress(done, 2)
            heard[done].wait(10)
        return "outcome"

    steps = stepwise(work)
    for done in range(2):
        assert next(steps) == (done, 2)
        heard[done].set()
    assert list(steps) == ["outcome"]


def test_who_listens_slowly_hears_the_newest_step_alone() -> None:
    told, listened = Event(), Event()

    def work(progress):
        progress(0, 1000)
        listened.wait(10)
        for done in range(1, 1000):
            progress(done, 1000)
        told.set()
        return "outcome"

    steps = stepwise(work)
    next(steps)
    listened.set()
    told.wait(10)
    assert len(list(steps)) <= 2


def test_an_error_of_the_work_comes_out() -> None:
    def work(progress):
        progress(0, 1)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(stepwise(work))


def test_work_that_nobody_waits_for_ends_at_its_next_step() -> None:
    closed, ended = Event(), Event()

    def work(progress):
        progress(0, 2)
        closed.wait(10)
        try:
            progress(1, 2)
        except _Stopped:
            ended.set()
            raise

    steps = stepwise(work)
    next(steps)
    steps.close()
    closed.set()
    assert ended.wait(10)


def test_where_a_space_lends_gpus_the_call_is_decorated(
    derainer: Derainer, scene: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent = []

    def gpu(function):
        def borrowed(*args, **options):
            lent.append(options["generator"])
            return function(*args, **options)

        return borrowed

    spaces = ModuleType("spaces")
    spaces.GPU = gpu
    monkeypatch.setitem(sys.modules, "spaces", spaces)
    heard = []
    result = Network(derainer)(scene, generator="gs", progress=lambda *step: heard.append(step))
    assert lent == ["gs"] and heard == [(0, 1), (1, 1)]
    assert np.array_equal(result.pixels, derainer(scene, generator="gs").pixels)


def test_elsewhere_it_is_the_models_own_call(derainer: Derainer, scene: np.ndarray) -> None:
    assert Network(derainer).borrowed is None

"""Learning: what decisions teach is used where it is better, and nowhere else."""

import json

import numpy as np

from annotator.prescreen.learning import MEASURES, Decided, learn, read_learnt
from annotator.prescreen.measures import MAPS
from annotator.prescreen.score import Score

ALWAYS = Score(("haze",), (0.0,), (1.0,), (0.0,), 5.0, 0.5)


def decided(count: int, seed: int = 0, told_by: str = "haze", flags: frozenset[str] = frozenset()) -> list[Decided]:
    """Photos of which every other one is accepted: those with a high value of one measure."""
    draw = np.random.default_rng(seed)
    made = []
    for n in range(count):
        accepted = n % 2 == 0
        values = {name: float(draw.normal()) for name in MEASURES} | {"rain": float(draw.uniform()), "snow": 0.0}
        if told_by == "rain":
            values["rain"] = 0.9 if accepted else 0.1
        else:
            values[told_by] = draw.normal() + (3 if accepted else -3)
        reasons = frozenset() if accepted else frozenset({"spray" if n % 4 == 1 else "mist"})
        made.append(Decided(values, flags, accepted, reasons, str(n)))
    return made


def test_a_pattern_of_its_own_is_learnt_and_used():
    learnt = learn(decided(80), "v")
    assert learnt.auc is not None and learnt.shipped_auc is not None
    assert learnt.auc > 0.95 and learnt.shipped_auc < 0.7 and learnt.decisions == 80
    first, second = decided(2, seed=9)
    likely, unlikely = learnt.likely(first.values), learnt.likely(second.values)
    assert likely is not None and unlikely is not None and likely > 0.5 > unlikely


def test_where_the_shipped_order_is_right_it_stays():
    learnt = learn(decided(80, told_by="rain"), "v")
    assert learnt.shipped_auc == 1 and learnt.order is None
    assert learnt.likely(decided(1)[0].values) is None


def test_few_decisions_teach_nothing():
    learnt = learn(decided(10), "v")
    assert (learnt.decisions, learnt.auc, learnt.order, learnt.flags, learnt.crops) == (10, None, None, {}, None)
    same = [Decided(one.values, one.flags, one.accepted, one.reasons, "a") for one in decided(80)]
    assert learn(same, "v").auc is None  # all of one group of near-duplicates


def test_a_flag_that_is_wrong_here_is_hidden():
    learnt = learn(decided(40, flags=frozenset({"snow", "duplicate"})), "v")
    assert learnt.hidden == ("snow",)
    assert learnt.flags_of(decided(1)[0].values, ["snow", "low_res"])[0] == "low_res"


def test_a_reason_with_a_pattern_becomes_a_flag():
    made = []
    for n, one in enumerate(decided(120, seed=3)):
        values = {**one.values, "colour": 6.0 if "spray" in one.reasons else float(n % 3)}
        made.append(Decided(values, frozenset(), one.accepted, one.reasons, one.group))
    learnt = learn(made, "v")
    assert "spray" in learnt.flags
    spray = next(one for one in made if "spray" in one.reasons)
    assert "spray" in learnt.flags_of(spray.values, [])
    assert "spray" not in learnt.flags_of(next(one for one in made if one.accepted).values, [])


def test_own_crops_are_learnt():
    draw = np.random.default_rng(0)
    crop = np.array([[0.55, 0.6, 0.8, 0.95]])  # where no curator of the shipped ones crops
    made = [
        Decided(one.values, frozenset(), True, frozenset(), one.group, crop, draw.random((len(MAPS), 6, 9)))
        for one in decided(40)
    ]
    learnt = learn(made, "v")
    assert learnt.crops is not None and learnt.crop_hits == 1 and (learnt.shipped_crop_hits or 0) < 0.5


def test_what_was_learnt_is_read_as_it_was_written():
    learnt = learn(decided(80, flags=frozenset({"snow"})), "v")
    again = read_learnt(json.loads(json.dumps(learnt.as_json())))
    values = decided(1, seed=5)[0].values
    assert (again.likely(values), again.hidden, again.auc) == (learnt.likely(values), learnt.hidden, learnt.auc)

"""What the page Derain says: headings, how far it is, and what was found."""

from collections.abc import Sequence
from html import escape

from app.derain.outcome import Outcome
from core.inference.stages import FRACTIONS
from core.metrics.rain_measures import RainMeasures

LEAST_COVERAGE = 0.1
"""Per cent of the photo that must have become visibly darker for rain to have been found."""

FOUND = "Rain that was found"
EMPTY = '<p role="status"></p>'
WAITING = '<p role="status">Waiting until the network is free …</p><progress></progress>'
LOOKING = '<p role="status">Taking a first look …</p><progress></progress>'
NOTHING = "Hardly any rain was found."
LITTLE = "Little rain was found, in less than 1 % of the picture."
HINT = """If you see more, move Strength beyond 1, or try the other kind of rain or a
smaller picture for the network under Advanced: streaks are found best where they are 2 to 4 pixels wide."""

RESEARCHERS = """
<p class="limits">The photo is the rainy image <i>x</i>, what is shown without rain the derained image <i>ỹ</i> of the
generator <i>G_r</i> (photos of real rain) or <i>G_s</i> (rendered rain), blended as <i>x + s(ỹ − x)</i> with the
strength <i>s</i>. “Taken out” is the removed layer <i>R = x − ỹ</i> where it is positive, “Mask” the rain mask <i>m</i>
that the network looked at; both are brightened by the factor that stands above them. The measures are those of
<i>R</i> at full strength. Below, if there is something to see, <i>m</i> at each step of the recurrence.</p>
"""


def caption(name: str, facts: str = "") -> str:
    """Heading over a picture: its name and a few facts."""
    return f'<div class="caption"><h2 tabindex="-1">{name}</h2><span>{facts}</span></div>'


def shape(width: int, height: int) -> str:
    """A style that gives the three pictures the photo's shape; `theme.css` keeps it within limits."""
    return f"<style>#triptych {{ --aspect: {width / height:.4f} }}</style>"


def working(done: int, total: int) -> str:
    """How far the network is: parts done, and their number."""
    if total == 1:
        return '<p role="status">Finishing the photo …</p><progress></progress>'
    part = f"Finishing the photo: part {min(done + 1, total)} of {total} …"
    return f'<p role="status">{part}</p><progress value="{done}" max="{total}"></progress>'


def finished(done: Outcome) -> str:
    """What came of it."""
    if done.measures.coverage < 1:
        said = NOTHING if done.measures.coverage < LEAST_COVERAGE else LITTLE
        return f'<p role="status" class="nothing">{said} {HINT}{not_kept(done.left_out)}</p>'
    return f'<p role="status">Done: {found(done.measures)}.{seen_at(done.scale)}{not_kept(done.left_out)}</p>'


def not_kept(left_out: Sequence[str]) -> str:
    """What of the photo's file its download will lack, as a further sentence; none where it holds everything."""
    return f" Not in the download, though in the file that came: {escape(', '.join(left_out))}." if left_out else ""


def found(measures: RainMeasures) -> str:
    """The rain in a few words."""
    return f"rain was taken out of {measures.coverage:.0f} % of the picture"


def seen_at(scale: int) -> str:
    """How small the network saw the photo, as a further sentence; none where it saw it as it is."""
    return f" The network saw it at {FRACTIONS.get(scale, f'1/{scale} of')} its size." if scale > 1 else ""


def brightened(gain: int) -> str:
    """How a picture was stretched to be seen."""
    return f"{gain} × brighter" if gain > 1 else "not brightened"


def made_by(generator: str) -> str:
    """Which generator made the picture, for the heading."""
    return {"gr": "made for real rain", "gs": "made for rendered rain"}.get(generator, escape(generator))

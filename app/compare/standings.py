"""The tally as HTML: each method's share with its interval, drawn too."""

from html import escape
from pathlib import Path

from app.compare.show import FIGURES
from app.compare.tally import Standing, Tally


def html(tally: Tally) -> str:
    """A row a method, the most picked first.

    Raises:
        TallyError: the tally cannot be read.
    """
    rows = "".join(map(row, tally.standings()))
    if not rows:
        return "<p>No pick yet.</p>"
    return (
        f"{FIGURES}<table><thead><tr><th>Method</th><th>Picked</th><th>Shown</th><th>Share</th>"
        f"<th>95 % interval (Wilson)</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def row(standing: Standing) -> str:
    """One method."""
    low, high, share = (f"{100 * value:.0f}" for value in (standing.low, standing.high, standing.share))
    drawn = (
        f'<span class="interval" aria-hidden="true"><i style="left:{100 * standing.low:.1f}%;'
        f'right:{100 - 100 * standing.high:.1f}%"></i><b style="left:{100 * standing.share:.1f}%"></b></span>'
    )
    return (
        f"<tr><th>{escape(standing.label)}</th><td>{standing.picked}</td><td>{standing.shown}</td><td>{share} %</td>"
        f"<td>{low}–{high} % {drawn}</td></tr>"
    )


def place(tally: Tally) -> str:
    """Where the tally lies, for people: the home folder is written ~."""
    home = str(Path.home())
    path = str(tally.path)
    return escape("~" + path[len(home) :] if path.startswith(home + "/") else path)

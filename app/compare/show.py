"""What the page shows of a contest: the viewer's panes, the table of figures, and the facts of the photo."""

from html import escape
from math import nan

from app.compare.contest import PROTOCOLS, Contest, Entry
from app.viewer import Pane, Show
from core.metrics import WITH_REFERENCE, Scores
from core.peers import PEERS

RAINY, CLEAN = "Rainy photo", "Clean photo"
PEERS_NOTE = (
    "A peer’s weights, named in brackets, were trained on one kind of rain, said under Output: on other rain it "
    "finds little, so these figures say nothing of the peer on its own set. "
)
STORED_NOTE = (
    "Of its published weights a stored output shows those that do best on this photo. Its rain is of the renderer that "
    "our model was trained with, too. "
)
FIGURES = '<div class="figures" tabindex="0" role="region" aria-label="Figures">'
"""Begins a table that may be wider than its page: it is scrolled by keyboard, too."""
STOPPED = "Stopped before it was done. Untick and tick it above to run it."


def show(contest: Contest, working: bool) -> Show:
    """The photo, its clean photo and every method; `working` says whether those without output are still to come."""
    height, width = contest.subject.rainy.shape[:2]
    photos = [Pane("rainy", RAINY, "rainy", picture=contest.file("rainy"), facts=facts_of(contest, "rainy"))]
    if contest.subject.clean is not None:
        photos.append(Pane("clean", CLEAN, "clean", picture=contest.file("clean"), facts="ground truth"))
    panes = [pane_of(contest, entry, working) for entry in contest.entries]
    return Show(contest.folder.name, contest.subject.name, width, height, photos + panes)


def pane_of(contest: Contest, entry: Entry, working: bool) -> Pane:
    """A method's pane: what it gave, or why there is nothing, or not yet."""
    if entry.missing:
        return Pane(entry.key, entry.label, "derained", "missing", sentence=entry.missing)
    given = contest.given.get(entry.key)
    if given is None:
        if not working:
            return Pane(entry.key, entry.label, "derained", "stopped", sentence=STOPPED)
        state = "running" if contest.running == entry.key else "waiting"
        return Pane(entry.key, entry.label, "derained", state)
    if given.failed:
        return Pane(entry.key, entry.label, "derained", "failed", sentence=given.failed)
    facts = facts_of(contest, entry.key)
    if given.seconds is not None:
        facts = f"{seconds(given.seconds)}{', ' if facts else ''}{facts}"
    return Pane(entry.key, entry.label, "derained", picture=given.picture, facts=facts or entry.source)


def facts_of(contest: Contest, key: str) -> str:
    """The figures under protocol y in short, or nothing."""
    return in_short(contest.scores[key]["y"]) if key in contest.scores else ""


def in_short(scores: Scores) -> str:
    """Every metric with reference that is known, with its unit or else its name: "32.11 dB, SSIM 0.9432"."""
    known = [(metric, metric.show(scores[metric.key])) for metric in WITH_REFERENCE if metric.key in scores]
    return ", ".join(f"{value} {metric.unit}" if metric.unit else f"{metric.title} {value}" for metric, value in known)


def table(contest: Contest) -> str:
    """HTML: a row for the rainy photo and each method with time, and figures by protocol where they can be given."""
    rows = [("rainy", RAINY, "", "")]
    for entry in contest.entries:
        given = contest.given.get(entry.key)
        if given and given.picture:
            time = "–" if given.seconds is None else seconds(given.seconds)
            rows.append((entry.key, entry.label, time, entry.source))
    if len(rows) == 1:
        return ""
    best = best_of(contest)
    heads, body = "", ""
    if contest.scores:
        titles = [escape(metric.title) for metric in WITH_REFERENCE]
        heads = "".join(f"<th>{title} <i>{name}</i></th>" for name in PROTOCOLS for title in titles)
    for key, label, time, source in rows:
        cells = "".join(score_cells(contest, key, protocol, best) for protocol in PROTOCOLS if contest.scores)
        body += f"<tr><th>{escape(label)}</th><td>{time}</td>{cells}<td>{escape(source)}</td></tr>"
    names = " and ".join(f"{metric.title}{' in ' if metric.unit else ''}{metric.unit}" for metric in WITH_REFERENCE)
    note = (
        f"{escape(names)} against the clean photo, under the protocols {' and '.join(PROTOCOLS)}; the best are bold."
        if contest.scores
        else "Figures need the clean photo."
    )
    return (
        f"{FIGURES}<table><thead><tr><th>Method</th><th>Time</th>{heads}<th>Output</th></tr></thead>"
        f"<tbody>{body}</tbody></table><p>{note} {peers_note(contest)}"
        "Times are of this machine at this moment.</p></div>"
    )


def peers_note(contest: Contest) -> str:
    """What to bear in mind where peers stand beside our model: their weights are for one kind of rain each."""
    peers = [entry for entry in contest.entries if entry.key in PEERS and entry.key in contest.given]
    return (PEERS_NOTE if peers else "") + (STORED_NOTE if any(not entry.cost for entry in peers) else "")


def best_of(contest: Contest) -> dict[tuple[str, str], float]:
    """The best figures among the methods, by (protocol, metric's key)."""
    scores = [scores for key, scores in contest.scores.items() if key != "rainy"]
    found = {}
    for protocol in PROTOCOLS:
        for metric in WITH_REFERENCE:
            values = [each[protocol][metric.key] for each in scores if metric.key in each[protocol]]
            if values and metric.higher is not None:
                found[protocol, metric.key] = max(values) if metric.higher else min(values)
    return found


def score_cells(contest: Contest, key: str, protocol: str, best: dict[tuple[str, str], float]) -> str:
    """A cell a metric, the best ones marked."""
    scores = contest.scores[key][protocol]
    cells = ""
    for metric in WITH_REFERENCE:
        value = scores.get(metric.key, nan)
        is_best = key != "rainy" and value == best.get((protocol, metric.key))
        cells += f"<td>{f'<b>{metric.show(value)}</b>' if is_best else metric.show(value)}</td>"
    return cells


def facts(contest: Contest) -> str:
    """Name and size of the photo, and whether it was reduced."""
    subject = contest.subject
    sizes = [f"{pixels.shape[1]} × {pixels.shape[0]}" for pixels in (subject.full, subject.rainy)]
    reduced = f", reduced to {sizes[1]} for every method" if subject.reduced else ""
    return f'<p class="facts"><b>{escape(subject.name)}</b> {sizes[0]}{reduced}</p>'


def seconds(value: float) -> str:
    """Two digits that matter."""
    return f"{value:.1f} s" if value >= 9.95 else f"{value:.2f} s"

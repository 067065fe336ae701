"""What the page shows of a contest: the viewer's panes, the table of figures, and the facts of the photo."""

from html import escape

from app.compare.contest import PROTOCOLS, Contest, Entry
from app.compare.viewer import Pane, Show
from core.metrics import Scores

RAINY, CLEAN = "Rainy image x", "Clean image y"
STOPPED = "Stopped before it was done. Untick and tick it above to run it."


def show(contest: Contest, working: bool) -> Show:
    """The photo, its clean photo and every method; `working` says whether those without output are still to come."""
    height, width = contest.subject.rainy.shape[:2]
    photos = [Pane("rainy", RAINY, "rainy", picture=contest.file("rainy"), facts=in_short(contest, "rainy"))]
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
    facts = in_short(contest, entry.key)
    if given.seconds is not None:
        facts = f"{seconds(given.seconds)}{', ' if facts else ''}{facts}"
    return Pane(entry.key, entry.label, "derained", picture=given.picture, facts=facts or entry.source)


def in_short(contest: Contest, key: str) -> str:
    """PSNR and SSIM under protocol y, or nothing."""
    scores = contest.scores.get(key)
    return f"{psnr(scores['y'])} dB, {ssim(scores['y'])}" if scores else ""


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
        heads = "".join(f"<th>PSNR <i>{name}</i></th><th>SSIM <i>{name}</i></th>" for name in PROTOCOLS)
    for key, label, time, source in rows:
        cells = "".join(score_cells(contest, key, protocol, best) for protocol in PROTOCOLS if contest.scores)
        body += f"<tr><th>{escape(label)}</th><td>{time}</td>{cells}<td>{escape(source)}</td></tr>"
    note = (
        "PSNR in dB and SSIM against the clean image, under the protocols y and rgb; the best are bold."
        if contest.scores
        else "Figures need the clean image."
    )
    return (
        f'<div class="figures"><table><thead><tr><th>Method</th><th>Time</th>{heads}<th>Output</th></tr></thead>'
        f"<tbody>{body}</tbody></table><p>{note} Times are of this machine at this moment.</p></div>"
    )


def best_of(contest: Contest) -> dict[tuple[str, str], float]:
    """The best PSNR and SSIM among the methods, by (protocol, metric)."""
    scores = [scores for key, scores in contest.scores.items() if key != "rainy"]
    return {
        (protocol, metric): max(getattr(each[protocol], metric) for each in scores)
        for protocol in PROTOCOLS
        for metric in Scores._fields
        if scores
    }


def score_cells(contest: Contest, key: str, protocol: str, best: dict[tuple[str, str], float]) -> str:
    """Two cells, PSNR and SSIM, the best ones marked."""
    scores = contest.scores[key][protocol]
    cells = ""
    for metric, text in (("psnr", psnr(scores)), ("ssim", ssim(scores))):
        is_best = key != "rainy" and getattr(scores, metric) == best[protocol, metric]
        cells += f"<td>{f'<b>{text}</b>' if is_best else text}</td>"
    return cells


def facts(contest: Contest) -> str:
    """Name and size of the photo, and whether it was reduced."""
    subject = contest.subject
    sizes = [f"{pixels.shape[1]} × {pixels.shape[0]}" for pixels in (subject.full, subject.rainy)]
    reduced = f", reduced to {sizes[1]} for every method" if subject.reduced else ""
    return f'<p class="facts"><b>{escape(subject.name)}</b> {sizes[0]}{reduced}</p>'


def psnr(scores: Scores) -> str:
    """Two decimals; ∞ for equal photos."""
    return "∞" if scores.psnr == float("inf") else f"{scores.psnr:.2f}"


def ssim(scores: Scores) -> str:
    """Three decimals, without the leading nought."""
    return f"{scores.ssim:.3f}".replace("0.", ".", 1)


def seconds(value: float) -> str:
    """Two digits that matter."""
    return f"{value:.1f} s" if value >= 9.95 else f"{value:.2f} s"

"""`python -m core compare` on tiny sets: the report, the CSV, outputs on disk, going on, and mistakes."""

import csv
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from core.cli import main
from core.networks import SemiDerainGAN
from core.peers.prenet import PReNet

Run = Callable[..., int]


class Links(HTMLParser):
    """Everything that a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [
            value or "" for name, value in attributes if name in ("src", "srcset", "href", "data", "poster") and value
        ]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    SemiDerainGAN(ssrml={"channels": 4, "steps": 2, "units": 1}, unet={"width": 4}).save_pretrained(folder)
    return folder


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    folder = tmp_path / "Rain100L"
    (folder / "rainy").mkdir(parents=True)
    for number in range(1, 5):
        clean = rng.integers(0, 190, (24, 32, 3), dtype=np.uint8)
        rainy = clean.copy()
        rainy[:, 5 * number] += 60
        Image.fromarray(clean).save(folder / f"norain-{number:03}.png")
        Image.fromarray(rainy).save(folder / "rainy" / f"rain-{number:03}.png")
    return folder


@pytest.fixture
def peers(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    (tmp_path / "peers/PReNet/Rain100L").mkdir(parents=True)
    torch.save(PReNet().state_dict(), tmp_path / "peers/PReNet/Rain100L/net_latest.pth")
    return tmp_path / "peers"


@pytest.fixture
def outputs(tmp_path: Path, pairs: Path) -> Path:
    """Another method's derained images: the rainy photos, each value less one."""
    folder = tmp_path / "outputs" / "<Other & co>"
    folder.mkdir(parents=True)
    for path in (pairs / "rainy").iterdir():
        Image.fromarray(np.maximum(np.array(Image.open(path)), 1) - 1).save(folder / f"{path.stem}.png")
    return folder.parent


@pytest.fixture
def compare(weights: Path, tmp_path: Path) -> Run:
    def run(*arguments: str | Path) -> int:
        given = [str(argument) for argument in arguments]
        return main(["compare", "--weights", str(weights), "--device", "cpu", "-o", str(tmp_path / "r.html"), *given])

    return run


def rows_of(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_pairs_with_a_peer_and_outputs(
    compare: Run, pairs: Path, peers: Path, outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare("--data", pairs, "--methods", "ours,prenet,sirr", "--peers", peers, "--outputs", outputs) == 0
    captured = capsys.readouterr()
    assert "missing: SIRR (RainLight). SIRR needs its published weights: put them at" in captured.err
    assert "PReNet (Rain100L)" in captured.out

    rows = rows_of(tmp_path / "r.csv")
    assert len(rows) == 4 * 4
    other = next(row for row in rows if row["photo"] == "rain-002" and row["method"].startswith("outputs:"))
    clean = np.array(Image.open(pairs / "norain-002.png"))
    derained = np.array(Image.open(outputs / "<Other & co>" / "rain-002.png"))
    assert float(other["psnr_rgb"]) == pytest.approx(peak_signal_noise_ratio(clean, derained))
    assert (other["sha256"], other["seconds"]) == ("", "")
    digest = hashlib.sha256((peers / "PReNet/Rain100L/net_latest.pth").read_bytes()).hexdigest()
    assert {row["sha256"] for row in rows if row["method"] == "prenet"} == {digest}

    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    for part in (digest, "python -m core compare", "torch 2", "Protocol y:", "Protocol y-full:", "Protocol rgb:"):
        assert part in page
    assert "&lt;Other &amp; co&gt; (outputs)" in page and "<Other" not in page
    assert "SIRR (RainLight)</strong> is missing" in page
    mean = np.mean([float(row["psnr_y"]) for row in rows if row["method"] == "prenet"])
    assert f">{mean:.2f}<" in page
    for photo in ("rain-001", "rain-004"):
        assert page.count(f"<td>{photo}</td>") == 4


def test_nothing_is_loaded_from_anywhere(compare: Run, pairs: Path, tmp_path: Path) -> None:
    assert compare("--data", pairs, "--methods", "ours") == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(page)
    assert len(links.found) > 10
    assert all(link.startswith(("data:image/webp;base64,", "#")) for link in links.found)
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|@import|url\(", re.sub(r"data:image/webp;base64,[\w+/=]+", "", page))


def test_real_photos(compare: Run, tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in (1, 2, 10):
        Image.fromarray(rng.integers(0, 256, (40 * number, 60, 3), np.uint8)).save(folder / f"{number}.jpg")
    (tmp_path / "held-out.txt").write_text("# held out\n10.jpg\n1.jpg  # first\n")
    arguments = ("--data", folder, "--unpaired", "--only", tmp_path / "held-out.txt", "--methods", "ours")
    assert compare(*arguments, "--megapixels", "0.01") == 0
    rows = rows_of(tmp_path / "r.csv")
    assert [row["photo"] for row in rows] == ["1", "1", "10", "10"]
    assert [(row["width"], row["height"]) for row in rows[1::2]] == [("60", "40"), ("38", "258")]
    assert not any("psnr" in column for column in rows[0])
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Ground truth" not in page
    assert "Rain removed, %" in page


def test_a_run_goes_on_where_it_was_stopped(
    compare: Run, pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = tmp_path / "keep"
    arguments = ("--data", pairs, "--methods", "ours", "--keep", keep)
    assert compare(*arguments) == 0
    first = {(row["photo"], row["psnr_y"], row["seconds"]) for row in rows_of(tmp_path / "r.csv")}
    (keep / "ours" / "rain-003.png").write_bytes(b"half a file")
    (tmp_path / "r.html").unlink()

    done: list[str] = []
    from core.inference import Derainer

    original = Derainer.__call__

    def count(self: Derainer, pixels: np.ndarray, **options: object) -> object:
        done.append("derained")
        return original(self, pixels, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Derainer, "__call__", count)
    assert compare(*arguments) == 0
    assert len(done) == 1
    again = {(row["photo"], row["psnr_y"], row["seconds"]) for row in rows_of(tmp_path / "r.csv")}
    assert {row[:2] for row in again} == {row[:2] for row in first}
    assert len(first & again) == 2 * 4 - 1


def test_kept_images_of_other_weights_are_not_taken(
    compare: Run, pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = tmp_path / "keep"
    assert compare("--data", pairs, "--methods", "ours", "--keep", keep, "--limit", "1") == 0
    record = keep / "ours" / "method.json"
    record.write_text(re.sub(r'"sha256": "\w', '"sha256": "x', record.read_text()))
    assert compare("--data", pairs, "--methods", "ours", "--keep", keep) == 1
    assert "was made with other weights or settings" in capsys.readouterr().err


def test_the_report_stays_within_its_limit(
    compare: Run, pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.comparison import report

    assert compare("--data", pairs, "--methods", "ours") == 0
    whole = (tmp_path / "r.html").stat().st_size
    page_alone = 28_000
    limit = page_alone + (whole - page_alone) // 2
    monkeypatch.setitem(report.make_page.__kwdefaults__, "limit", limit)
    assert compare("--data", pairs, "--methods", "ours") == 0
    assert (tmp_path / "r.html").stat().st_size <= limit < whole


def test_missing_and_odd_outputs(
    compare: Run, pairs: Path, outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = outputs / "<Other & co>" / "rain-004.png"
    Image.new("RGB", (31, 24)).save(odd)
    assert compare("--data", pairs, "--methods", "", "--outputs", outputs) == 1
    error = capsys.readouterr().err
    assert (
        error.startswith("left out: ") and "rain-004.png has 31×24 pixels, but the photo rain-004 has 32×24." in error
    )
    assert {row["photo"] for row in rows_of(tmp_path / "r.csv")} == {"rain-001", "rain-002", "rain-003"}
    assert "Left out: The derained image" in (tmp_path / "r.html").read_text(encoding="utf-8")
    (tmp_path / "r.html").unlink()
    (tmp_path / "r.csv").unlink()
    odd.unlink()
    assert compare("--data", pairs, "--methods", "", "--outputs", outputs) == 1
    error = capsys.readouterr().err
    assert "lacks the derained images of 1 of 4 photos; the first is rain-004.png." in error
    assert not (tmp_path / "r.html").exists() and not (tmp_path / "r.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--data", "absent"), 1, "There is no folder absent. For photos without clean ones say --unpaired."),
        (("--data", "{pairs}", "--methods", "mprnet"), 2, "There is no method 'mprnet'"),
        (("--data", "{pairs}", "--methods", "prenet"), 2, "None of the methods can be run."),
        (("--data", "{pairs}", "--methods", ""), 2, "--methods names none"),
        (("--data", "{pairs}", "--unpaired", "--layout", "rain100"), 2, "belong to pairs"),
        (("--data", "{pairs}", "--rainy", "rainy/{{}}.png"), 2, "--rainy and --clean-photos go together"),
        (("--data", "{pairs}", "-o", "report.pdf"), 2, "-o takes the name of an HTML file"),
        (("--data", "{pairs}", "-o", "absent/report.html"), 2, "The folder of absent/report.html does not exist"),
        (("--data", "{pairs}", "--only", "absent.txt"), 2, "The list of photos absent.txt cannot be read"),
        (("--data", "{pairs}", "--protocol", "z"), 2, "there is no protocol 'z'"),
        (("--data", "{pairs}", "--methods", "ours:gr"), 1, "hold no generator 'gr'"),
    ],
)
def test_mistakes(
    compare: Run,
    pairs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.delenv("DERAIN_PEERS", raising=False)
    assert compare(*(argument.format(pairs=pairs) for argument in arguments)) == code
    output = capsys.readouterr()
    assert sentence in output.err
    assert "Traceback" not in output.err


def test_a_photo_of_one_pixel_and_a_broken_one(
    compare: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "real").mkdir()
    Image.new("RGB", (1, 1), (80, 90, 100)).save(tmp_path / "real/1.png")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)).save(tmp_path / "real/2.png")
    (tmp_path / "real/3.png").write_bytes(b"no photo")
    assert compare("--data", tmp_path / "real", "--unpaired", "--methods", "ours") == 1
    error = capsys.readouterr().err
    assert error.count("left out: ") == 1 and "3.png" in error and "Traceback" not in error
    assert [row["photo"] for row in rows_of(tmp_path / "r.csv")] == ["1", "1", "2", "2"]


def test_large_pairs_are_refused(compare: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("input/a.png", "target/a.png"):
        (tmp_path / "set" / name).parent.mkdir(parents=True)
        Image.new("RGB", (60, 50)).save(tmp_path / "set" / name)
    assert compare("--data", tmp_path / "set", "--methods", "ours", "--megapixels", "0.002") == 1
    assert "a has 60×50 pixels, more than 0.002 megapixels; pairs are not reduced" in capsys.readouterr().err

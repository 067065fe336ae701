"""scripts/debian_photos.py: photos come out of packages whole, upright and shrunk, or nothing is made."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SCRIPT = Path(__file__).parents[2] / "scripts/debian_photos.py"
pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is missing: this is not Debian")


@pytest.fixture()
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, list[str]], Path], None]:
    """Runs the script on a manifest, with an apt-get that knows one package, "pictures"."""
    built = tmp_path / "built"
    (built / "DEBIAN").mkdir(parents=True)
    (built / "DEBIAN/control").write_text("Package: pictures\nVersion: 1\nArchitecture: all\nMaintainer: A <a@b>\n")
    for folder, size in (("dusk", (2000, 800)), ("dawn", (90, 60))):
        (built / folder).mkdir()
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned by a right angle
        Image.new("RGB", size, (200, 40, 40)).save(built / folder / "photo.jpg", exif=exif)
    subprocess.run(["dpkg-deb", "--build", built, tmp_path / "pictures_1_all.deb"], check=True, capture_output=True)
    (tmp_path / "bin").mkdir()
    stub = tmp_path / "bin/apt-get"
    stub.write_text(
        f'#!/bin/sh\nfor last; do :; done\n[ "$last" = pictures ] && cp "{tmp_path}/pictures_1_all.deb" .\n'
    )
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    spec = importlib.util.spec_from_file_location("debian_photos", SCRIPT)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def run(manifest: dict[str, list[str]], folder: Path) -> None:
        monkeypatch.setattr(script, "MANIFEST", tmp_path / "manifest.json")
        script.MANIFEST.write_text(json.dumps(manifest))
        monkeypatch.setattr(sys, "argv", ["debian_photos.py", str(folder)])
        script.main()

    return run


def test_photos_of_one_name_are_both_saved_upright_and_shrunk(run: Callable[..., None], tmp_path: Path) -> None:
    folder = tmp_path / "data/debian-photos"
    run({"pictures": ["dawn/photo.jpg", "dusk/photo.jpg"]}, folder)
    sizes = {path.name: Image.open(path).size for path in folder.iterdir()}
    assert sizes == {"pictures-000.png": (60, 90), "pictures-001.png": (400, 1000)}
    with Image.open(folder / "pictures-001.png") as photo:
        assert np.abs(np.asarray(photo, int) - (200, 40, 40)).max() <= 2
    with pytest.raises(SystemExit, match="is there already"):
        run({"pictures": ["dawn/photo.jpg"]}, folder)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"pictures": ["dawn/photo.jpg", "noon/photo.jpg"]}, "pictures lacks noon/photo.jpg"),
        ({"pictures": ["dawn/photo.jpg"], "absent": ["a.jpg"]}, "absent cannot be fetched"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_made(
    manifest: dict[str, list[str]], said: str, run: Callable[..., None], tmp_path: Path
) -> None:
    folder = tmp_path / "data/debian-photos"
    with pytest.raises(SystemExit, match=said):
        run(manifest, folder)
    assert list(folder.parent.iterdir()) == []


def test_every_photo_of_the_manifest_is_named_once_and_none_that_is_measured_on() -> None:
    files = (SCRIPT.parents[1] / f"datasets/manifests/debian-{name}.json" for name in ("photos", "large-photos"))
    manifest, large = (json.loads(file.read_text()) for file in files)
    for package, names in manifest.items():
        assert names == sorted(set(names)), package
        assert not {*names} & {*large.get(package, ())}, package
    assert sum(map(len, manifest.values())) == 382

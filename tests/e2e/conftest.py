"""The demo served by a process of its own, with random weights; the annotator served by a thread; a browser."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest
import torch
import uvicorn
from PIL import Image

from annotator.candidate import DecisionView
from annotator.project import Project, open_project
from annotator.usecases.importing import import_photos
from annotator.usecases.queue import Filters
from annotator.usecases.review import gallery
from annotator.web.access import Access
from annotator.web.application import make_application
from core.networks import SIZES, SemiDerainGAN
from tests.e2e.served_demo import FLAGS, served_demo
from tests.e2e.served_page import built_page, served_page
from tests.tiny_weights import gated_weights


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    SemiDerainGAN(**SIZES["fast"]).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def demo(weights: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the running demo."""
    with served_demo(["-m", "app", "--weights", str(weights)], repository, tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator:
    """Headless Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def static_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of the static page's network."""
    return gated_weights(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def static_folder(static_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built static page, which links to a demo."""
    return built_page(tmp_path_factory.mktemp("static"), static_weights, "https://demo.example/")


@pytest.fixture(scope="session")
def static_page(static_folder: Path) -> Iterator[str]:
    """Address of the static page."""
    with served_page(static_folder) as address:
        yield address


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one scene as street.png and street.jpg, and a broken file."""
    folder = tmp_path_factory.mktemp("photos")
    noise = np.random.default_rng(2).integers(0, 256, (12, 16, 3), np.uint8)
    scene = cv2.resize(noise, (320, 240), interpolation=cv2.INTER_CUBIC)
    Image.fromarray(scene).save(folder / "street.png")
    Image.fromarray(scene).save(folder / "street.jpg", quality=88)
    (folder / "broken.jpg").write_bytes((folder / "street.jpg").read_bytes()[:900])
    return folder


@pytest.fixture(scope="session")
def by_command_line(photos: Path, weights: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python -m core derain` writes for both photos, with the mask: png/street.png, jpg/street.jpg."""
    out = tmp_path_factory.mktemp("derained")
    for kind in ("png", "jpg"):
        command = [sys.executable, "-m", "core", "derain", str(photos / f"street.{kind}"), "-o", str(out / kind)]
        subprocess.run([*command, "--mask", "--quiet", "--weights", str(weights)], cwd=repository, check=True)
    return out


@dataclass(frozen=True)
class Annotator:
    """A project with photos, served by a thread of this process."""

    project: Project
    address: str

    def decision(self, name: str) -> DecisionView | None:
        """What holds now for the photo of that name."""
        return next(view for view in gallery(self.project, Filters(states=())).views if view.name == name).decision


@pytest.fixture
def annotator(tmp_path: Path) -> Iterator[Annotator]:
    """Eight photos of 900 × 600, called 1.png … 8.png, each of its own grey; port 0 is any free one."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(1, 9):
        pixels = np.full((600, 900, 3), 20 * number, np.uint8)
        pixels[::50, ::50] = 255
        Image.fromarray(pixels).save(photos / f"{number}.png")
    project = open_project(tmp_path / "project")
    assert import_photos(project, photos).taken == 8
    with served(project) as address:
        yield Annotator(project, address)
    project.close()


@contextmanager
def served(project: Project, access: Access | None = None) -> Iterator[str]:
    """The address of a server of this project."""
    application = make_application(project, default_curator="anna", access=access)
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()

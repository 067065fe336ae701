"""A project with three photos, and a client that behaves like the page."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from annotator.project import Project, open_project
from annotator.usecases.importing import import_photos
from annotator.web.application import make_application

ADDRESS = "http://localhost"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(1, 4):
        Image.new("RGB", (300, 200), (40 * number, 90, 120)).save(photos / f"{number}.png")
    project = open_project(tmp_path / "project")
    import_photos(project, photos)
    yield project
    project.close()


@pytest.fixture
def client(project: Project) -> TestClient:
    return client_of(project)


def client_of(project: Project, curator: str = "anna", window: str = "w", **settings: object) -> TestClient:
    """A page's window in the hands of a curator."""
    application = make_application(project, default_curator="user", **settings)
    headers = {"origin": ADDRESS, "x-curator": curator, "x-window": window}
    return TestClient(application, base_url=ADDRESS, headers=headers, client=("127.0.0.1", 5))


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Smooth noise, (height, width, 3) uint8."""
    import cv2

    small = np.random.default_rng(seed).integers(0, 256, (height // 20 + 2, width // 20 + 2, 3), np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)

"""Fixtures for every test: the folder of shared data and the browser, both absent on many machines."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from tests.dask_cluster import Cluster

REPOSITORY = Path(__file__).resolve().parent.parent

if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 0)):
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))  # before torch is imported


def skip_or_fail(reason: str) -> NoReturn:
    """Skips the test, or fails it under continuous integration (CI=true), where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI=true allows no skips")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def vector_math() -> None:
    """Networks that tests call by themselves give the same numbers the first time too (docs/inference.md)."""
    from core.inference.vector_math import ready_vector_math

    ready_vector_math()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root folder of this repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test sets and published weights, beside the repository."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "data").is_dir():
        skip_or_fail("the data folder ../shared is missing")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium binary that the browser tests drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    skip_or_fail("no Chromium is installed")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Cluster"]:
    """A Dask scheduler and two workers on this machine."""
    from tests.dask_cluster import running_cluster

    with running_cluster(tmp_path_factory.mktemp("cluster"), REPOSITORY) as running:
        yield running

"""Projects to test with, on SQLite and on a real PostgreSQL that the test run starts on a socket of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from glob import glob
from pathlib import Path

import psycopg
import pytest

from annotator.project import Project, open_project
from tests.annotator.photos import import_arrays, photo_arrays
from tests.conftest import skip_or_fail


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The folder of a running PostgreSQL's socket. It runs as a user other than root, and is gone with the test run."""
    found = [shutil.which("initdb"), *sorted(glob("/usr/lib/postgresql/*/bin/initdb"))]
    programs = next((Path(path).resolve().parent for path in reversed(found) if path), None)
    if programs is None:
        skip_or_fail("no PostgreSQL is installed")
    folder = Path(tempfile.mkdtemp(prefix="annotator-pg-", dir="/tmp"))
    owner: dict[str, str | int] = {}
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        owner = {"user": "postgres" if "postgres" in names else "nobody"}
        shutil.chown(folder, owner["user"])
    data = folder / "data"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    server = None
    try:
        make = [programs / "initdb", "-D", data, "-A", "trust", "-U", "annotator", "-E", "UTF8", "--no-sync"]
        made = subprocess.run(make, capture_output=True, text=True, env=environment, cwd="/", **owner)
        assert made.returncode == 0, made.stderr
        settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            **owner,
        )
        for _ in range(300):
            try:
                psycopg.connect(host=str(folder), user="annotator", dbname="postgres").close()
                break
            except psycopg.OperationalError:
                assert server.poll() is None, "PostgreSQL did not start"
                time.sleep(0.1)
        yield str(folder)
    finally:
        if server is not None:
            server.terminate()
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project's folder, to copy."""
    folder = tmp_path_factory.mktemp("empty")
    open_project(folder).close()
    return folder


@pytest.fixture(scope="session")
def empty_database(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a new project's PostgreSQL database, to copy."""
    create(postgresql, "empty")
    open_project(tmp_path_factory.mktemp("empty"), database_url(postgresql, "empty")).close()
    return "empty"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """The URL of a new project's database; None for SQLite in the project's folder."""
    if request.param == "sqlite":
        return None
    socket = request.getfixturevalue("postgresql")
    name = f"test_{uuid.uuid4().hex}"
    create(socket, name, request.getfixturevalue("empty_database"))
    return database_url(socket, name)


@pytest.fixture
def project(tmp_path: Path, url: str | None, empty_folder: Path) -> Iterator[Project]:
    """A new project, once on SQLite and once on PostgreSQL."""
    folder = tmp_path / "project"
    if url is None:
        shutil.copytree(empty_folder, folder)
    opened = open_project(folder, url)
    yield opened
    opened.close()


@pytest.fixture
def filled(project: Project, tmp_path: Path) -> Project:
    """A project with six photos of 400×300 pixels; the candidates' ids are 1 to 6 in the order of the queue."""
    import_arrays(project, tmp_path / "photos", photo_arrays(6))
    return project


@pytest.fixture
def local(tmp_path: Path, empty_folder: Path) -> Iterator[Project]:
    """A new project on SQLite alone."""
    shutil.copytree(empty_folder, tmp_path / "project")
    opened = open_project(tmp_path / "project")
    yield opened
    opened.close()


def create(socket: str, name: str, template: str = "template1") -> None:
    """Makes a PostgreSQL database."""
    with psycopg.connect(host=socket, user="annotator", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


def database_url(socket: str, name: str) -> str:
    return f"postgresql://annotator@/{name}?host={socket}"

"""The database's versions, by Alembic: bringing a database up to date, and refusing one that is newer."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

FOLDER = Path(__file__).parent


def head() -> str:
    """The newest version that this program knows."""
    version = ScriptDirectory.from_config(_config()).get_current_head()
    assert version is not None
    return version


def version_of(connection: Connection) -> str | None:
    """A database's version, None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(version: str) -> bool:
    """Whether this program has a migration that leads to this version."""
    return any(script.revision == version for script in ScriptDirectory.from_config(_config()).walk_revisions())


def is_empty(connection: Connection) -> bool:
    """Whether the database has no table yet."""
    return not inspect(connection).get_table_names()


def upgrade(connection: Connection, version: str = "head") -> None:
    """Brings a database to a version inside the connection's transaction: all of it, or nothing."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def remove(connection: Connection) -> None:
    """Takes away what the migrations made, and nothing else, inside the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))  # % stands for other options there
    config.set_main_option("path_separator", "os")
    return config

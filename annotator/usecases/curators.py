"""Curators by their handles."""

from datetime import datetime, timezone

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from annotator.database.models import Curator
from annotator.errors import AnnotatorError
from annotator.texts import storable

LONGEST_HANDLE = 80


def curator_id(session: Session, handle: str) -> int:
    """The curator with this handle, who is written down on the first time.

    Raises:
        AnnotatorError: the handle is empty, too long, or holds control characters.
    """
    handle = handle.strip()
    found = find_curator(session, handle)
    if found is not None:
        return found
    if not handle or len(handle) > LONGEST_HANDLE or not handle.isprintable():
        raise AnnotatorError(f"A curator's name has 1 to {LONGEST_HANDLE} printable characters, not {handle[:100]!r}.")
    curator = Curator(handle=handle, created_at=datetime.now(timezone.utc))
    session.add(curator)
    session.flush()
    return curator.id


def find_curator(session: Session, handle: str) -> int | None:
    """The curator with this handle, None where nobody has it."""
    return session.connection().scalar(_BY_HANDLE, {"handle": storable(handle.strip())})


_BY_HANDLE = select(Curator.id).where(Curator.handle == bindparam("handle"))

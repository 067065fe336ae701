"""What goes wrong with a data set on disk."""

from core.errors import UserError


class DatasetError(UserError):
    """A folder does not hold what it should; `str()` is one sentence that says what was found and what is missing."""

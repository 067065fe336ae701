"""What goes wrong with a data set on disk."""


class DatasetError(Exception):
    """A folder does not hold what it should; `str()` is one sentence that says what was found and what is missing."""

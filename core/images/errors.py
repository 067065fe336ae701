"""The one error that reading and writing photos raises."""

from core.errors import UserError


class ImageFileError(UserError):
    """A photo could not be read or written; `str()` is one clear sentence that names the file."""

"""What goes wrong when a photo is derained."""

from core.errors import UserError


class InferenceError(UserError):
    """A photo or a setting that cannot be worked with; `str()` is one clear sentence."""

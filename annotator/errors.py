"""What goes wrong with a project: each error says it in one sentence."""

from core.errors import UserError


class AnnotatorError(UserError):
    """Something cannot be done; `str()` is one clear sentence for the curator."""


class Conflict(AnnotatorError):
    """Somebody decided on the candidate since it was shown: look again, nothing was written."""


class Held(AnnotatorError):
    """Another curator, or another window of the same one, looks at the candidate just now."""

"""What goes wrong with an export."""

from core.errors import UserError


class ExportError(UserError):
    """The network cannot be exported, or the file does not give what it should; `str()` is one clear sentence."""


class TooCostly(ExportError):
    """8 bits would change what these weights give by more than is allowed."""

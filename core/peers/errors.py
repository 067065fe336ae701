"""What goes wrong with a peer's weights."""

from core.errors import UserError


class PeerError(UserError):
    """A peer's weights cannot be used; `str()` is one clear sentence."""


class MissingWeights(PeerError):
    """A peer's weights are not where they are looked for; `str()` says where to put them."""

"""Methods that derain photos, one kind of thing whatever stands behind it: our model, peers, outputs on disk, engines.

A new kind is a file with a maker and a line in `core.methods.find`.
"""

from core.methods.find import find_methods
from core.methods.method import Derained, Method, Needs, Weights
from core.methods.sources import Sources

__all__ = ["Derained", "Method", "Needs", "Sources", "Weights", "find_methods"]

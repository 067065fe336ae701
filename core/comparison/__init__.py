"""Our model beside its peers, and beside any other method's derained images on disk: the same photos, one report."""

from core.comparison.methods import Method, Weights, find_methods

__all__ = ["Method", "Weights", "find_methods"]

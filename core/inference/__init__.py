"""Takes the rain out of photos of any size with a trained model."""

from core.inference.derainer import DEFAULT_TILE, DEFAULT_WEIGHTS, Derainer, Result
from core.inference.device import choose_device, choose_dtype
from core.inference.errors import InferenceError

__all__ = ["DEFAULT_TILE", "DEFAULT_WEIGHTS", "Derainer", "InferenceError", "Result", "choose_device", "choose_dtype"]

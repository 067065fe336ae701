"""Takes the rain out of photos of any size with a trained model."""

from core.inference.derainer import AUTO, DEFAULT_TILE, DEFAULT_WEIGHTS, Derainer, Result
from core.inference.device import choose_device, choose_dtype
from core.inference.errors import InferenceError
from core.inference.memory import use_huge_pages
from core.inference.stages import Stage, derain_in_stages

use_huge_pages()

__all__ = [
    "AUTO",
    "DEFAULT_TILE",
    "DEFAULT_WEIGHTS",
    "Derainer",
    "InferenceError",
    "Result",
    "Stage",
    "choose_device",
    "choose_dtype",
    "derain_in_stages",
]

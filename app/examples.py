"""Photos to try the demo with: rain rendered on photos that a dependency ships, and a folder for real ones."""

import hashlib
import importlib.resources
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from app.settings import OWN_EXAMPLES
from core.images import IMAGE_SUFFIXES, Photo, read_photo, write_photo


@dataclass(frozen=True)
class Example:
    """A rainy photo on disk and the words under its thumbnail."""

    path: Path
    label: str

"""Loads the perceptual network from a file: VGG-19 (normalised) as .npz, or VGG-16 in torchvision's naming."""

import hashlib
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from core.errors import UserError
from core.losses.perceptual import CONVOLUTIONS, PerceptualNetwork, convolutions_below

TORCHVISION = dict(zip(CONVOLUTIONS, (0, 2, 5, 7, 10, 12, 14)))
"""Convolution -> its number in torchvision's `features`, the same in `vgg16` and `vgg19`."""

VGG19_ONLY = "features.16.weight"
"""conv3_4, which VGG-16 lacks."""

IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

WIDTHS = {"conv1": 64, "conv2": 128, "conv3": 256}


class PerceptualWeightsError(UserError):
    """A file of perceptual weights cannot be used; `str()` is one clear sentence."""


def load_perceptual(path: str | Path, layer: str = "relu2_2") -> PerceptualNetwork:
    """The perceptual network of eqs. (7) and (11) with the weights of a file; nothing is ever random or downloaded.

    Args:
        path: .npz: VGG-19 with normalised activations, `convB_N_{weight,bias}` and its own `preproc_{weight,bias}`
            (a 1×1 convolution from RGB in 0…1), padded by reflection; .safetensors, .pth or .pt: a state dict of
            torchvision's `vgg16` (or `vgg19`), RGB normalised by ImageNet's mean and deviation, padded by zeros.
            Entries that the layer does not need are left alone.
        layer: "relu2_2", or another up to "relu3_3" that the file has the convolutions for.

    Returns:
        The network in float32; its `description` says which network, layer, file and sha256 it is.

    Raises:
        PerceptualWeightsError: no such file or layer, the file is damaged or holds another network.
    """
    path = Path(path)
    if not path.is_file():
        raise PerceptualWeightsError(
            f"{path} is not a file; the perceptual loss needs the weights of a VGG-16 or VGG-19, or the weight 0."
        )
    try:
        needed = convolutions_below(layer)
    except ValueError as error:
        raise PerceptualWeightsError(str(error)) from error
    entries = _read(path)
    if path.suffix == ".npz":
        network, padding = "VGG-19 (normalised)", "reflect"
        names = {name: name for name in CONVOLUTIONS}
        matrix, offset = _taken(path, entries, "preproc", "preproc", (3, 3, 1, 1))
        colour = (matrix[:, :, 0, 0], offset)
    else:
        network = "VGG-19 (torchvision)" if VGG19_ONLY in entries else "VGG-16 (torchvision)"
        padding = "zeros"
        names = {name: f"features.{number}" for name, number in TORCHVISION.items()}
        mean, deviation = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_DEVIATION)
        colour = (torch.diag(1 / deviation), -mean / deviation)
    convolutions, channels = {}, 3
    for name in needed:
        width = WIDTHS[name.split("_")[0]]
        convolutions[name] = _taken(path, entries, names[name], name, (width, channels, 3, 3))
        channels = width
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    description = f"{network}, {layer}, {path.name}, sha256 {digest[:8]}…"
    return PerceptualNetwork(convolutions, layer, colour, padding, description)


def _read(path: Path) -> Mapping[str, Any]:
    """Every entry of the file by name."""
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as archive:
                return {name: torch.from_numpy(archive[name]) for name in archive.files}
        if path.suffix == ".safetensors":
            return load_file(path)
        if path.suffix in (".pth", ".pt"):
            entries = torch.load(path, map_location="cpu", weights_only=True)
            if not isinstance(entries, Mapping):
                raise ValueError
            return entries
    except (ValueError, TypeError, KeyError, EOFError, OSError, RuntimeError, AttributeError) as error:
        raise _damaged(path) from error
    except (pickle.UnpicklingError, BadZipFile, SafetensorError) as error:
        raise _damaged(path) from error
    raise PerceptualWeightsError(f"{path} is no file of weights that is known: .npz, .safetensors, .pth or .pt.")


def _damaged(path: Path) -> PerceptualWeightsError:
    return PerceptualWeightsError(f"{path} is damaged, or no file of tensors by name.")


def _taken(
    path: Path, entries: Mapping[str, Any], key: str, name: str, shape: tuple[int, ...]
) -> tuple[Tensor, Tensor]:
    """A layer's weight and bias in float32, checked."""
    joint = "_" if path.suffix == ".npz" else "."
    taken = []
    for kind, wanted in (("weight", shape), ("bias", shape[:1])):
        entry = entries.get(f"{key}{joint}{kind}")
        if entry is None:
            raise PerceptualWeightsError(f"{path} lacks {key}{joint}{kind}, so it is no VGG that reaches {name}.")
        if not isinstance(entry, Tensor) or tuple(entry.shape) != wanted or not entry.is_floating_point():
            held = "×".join(map(str, getattr(entry, "shape", ()))) or type(entry).__name__
            raise PerceptualWeightsError(
                f"{path} is no VGG: {key}{joint}{kind} has shape {held}, not {'×'.join(map(str, wanted))}."
            )
        if not torch.isfinite(entry).all():
            raise PerceptualWeightsError(f"{path} is damaged: {key}{joint}{kind} holds numbers that are not finite.")
        taken.append(entry.detach().float().clone())
    return taken[0], taken[1]

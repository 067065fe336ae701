"""Semi-DerainGAN's derainer as one object: the shared SSRML with the generators G_s and G_r."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from huggingface_hub import PyTorchModelHubMixin
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from core.networks.packing import unpack
from core.networks.ssrml import SSRML
from core.networks.unet import UNet

GENERATORS = ("gs", "gr")

SIZES: dict[str, dict[str, Any]] = {
    "paper": {
        "ssrml": {"channels": 32, "steps": 4, "units": 5, "downscale": 1},
        "unet": {
            "width": 32,
            "encoder": [1, 1, 1],
            "middle": 1,
            "decoder": [1, 1, 1],
            "block": "plain",
            "downscale": 1,
        },
    },
    "fast": {
        "ssrml": {"channels": 24, "steps": 3, "units": 5, "downscale": 2},
        "unet": {
            "width": 48,
            "encoder": [4, 3, 4],
            "middle": 4,
            "decoder": [4, 3, 2],
            "block": "gated",
            "downscale": 2,
        },
    },
}


class Derained(NamedTuple):
    """What the model makes of rainy images: the derained images and the rain masks."""

    derained: Tensor
    mask: Tensor
    masks: tuple[Tensor, ...]


class SemiDerainGAN(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="semi-deraingan",
    license="mit",
    pipeline_tag="image-to-image",
    tags=["deraining", "image-restoration"],
):
    """SSRML shared by the generators of the two processes: ỹ = G(SSRML(x), x), eqs. (2) and (3).

    Saved and loaded by the conventions of the Hugging Face Hub (`save_pretrained`, `from_pretrained`); files that were
    packed as `core.networks.packing` says load too.

    Args:
        ssrml: keyword arguments of `SSRML`.
        unet: keyword arguments of `UNet`, the same for both generators.
        generators: the generators that are held: "gs" (of the supervised process, for synthetic rain) and, once the
            unpaired half has been trained, "gr" (of the unsupervised process, for real rain).

    Attributes:
        network: the arguments that it was made with.
        stride: sides of images are padded to multiples of it.

    Raises:
        ValueError: no generator, or an unknown one, is asked for.
    """

    def __init__(self, ssrml: Mapping[str, Any], unet: Mapping[str, Any], generators: Sequence[str] = ("gs",)) -> None:
        super().__init__()
        unknown = set(generators) - set(GENERATORS)
        if unknown or not generators:
            raise ValueError(f"The generators can be gs and gr, not {sorted(unknown) or 'none'}.")
        self.network: dict[str, Any] = {"ssrml": dict(ssrml), "unet": dict(unet), "generators": tuple(generators)}
        self.ssrml = SSRML(**ssrml)
        unets = {name: UNet(**unet) for name in generators}
        self.stride: int = math.lcm(*(net.stride for net in unets.values()))
        self.unets = nn.ModuleDict(unets)

    @property
    def generators(self) -> tuple[str, ...]:
        """The generators held, in the order of the config."""
        return tuple(self.unets)

    @property
    def default_generator(self) -> str:
        """G_r, the one for real photos, once it is held; else G_s."""
        return "gr" if "gr" in self.unets else "gs"

    def forward(self, x: Tensor, generator: str | None = None) -> Derained:
        """Rainy images (B, 3, H, W), 0…1, of any H, W ≥ 1 -> `Derained`.

        Sizes that are no multiples of `stride` are padded by reflection (by repetition where the image is too small
        to reflect) and cropped again.

        Returns:
            derained (B, 3, H, W), clamped to 0…1 in evaluation mode only, so that training keeps its gradients;
            mask (B, 1, H, W), 0…1, the last step's; masks, every step's.

        Raises:
            ValueError: x has another shape, or the generator is not held.
        """
        if x.ndim != 4 or x.shape[1] != 3:
            raise ValueError(f"Rainy images have the shape (B, 3, H, W), not {tuple(x.shape)}.")
        generator = generator or self.default_generator
        if generator not in self.unets:
            raise ValueError(f"These weights hold the generators {', '.join(self.unets)}, not {generator}.")
        height, width = x.shape[-2:]
        x = pad_to_multiple(x, self.stride)
        masks = self.ssrml(x)
        derained = self.unets[generator](x, masks[-1])[..., :height, :width]
        masks = tuple(mask[..., :height, :width] for mask in masks)
        return Derained(derained if self.training else derained.clamp(0, 1), masks[-1], masks)

    @classmethod
    def _load_as_safetensor(cls, model: Any, model_file: str, map_location: str, strict: bool) -> Any:
        """Missing or unknown weights are an error, whatever `strict` says: a network half at random helps nobody."""
        model.load_state_dict(unpack(load_file(model_file, device=map_location)), strict=True)
        return model.eval()


def pad_to_multiple(x: Tensor, multiple: int) -> Tensor:
    """Pad (B, C, H, W) below and on the right to multiples of `multiple`; by reflection where it is large enough."""
    bottom, right = -x.shape[-2] % multiple, -x.shape[-1] % multiple
    for padding in ((0, 0, 0, bottom), (0, right, 0, 0)):
        if any(padding):
            size = x.shape[-2] if padding[3] else x.shape[-1]
            x = F.pad(x, padding, mode="reflect" if max(padding) < size else "replicate")
    return x

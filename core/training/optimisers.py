"""The optimisers that a config can name. A further one is one more entry."""

import torch

from core.training.muon import Muon

ALGORITHMS = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam, "muon": Muon}

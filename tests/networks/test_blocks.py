"""The convolutional LSTM against its textbook equations."""

import torch
from torch.nn import functional as F

from core.networks.blocks import ConvLSTM


def test_convolutional_lstm_by_its_equations() -> None:
    torch.manual_seed(0)
    lstm = ConvLSTM(3).double()
    x, hidden, cell = torch.randn(3, 2, 3, 8, 9, dtype=torch.float64)
    for state in (None, (hidden, cell)):
        h, c = state or (torch.zeros_like(x), torch.zeros_like(x))
        gates = F.conv2d(torch.cat((x, h), 1), lstm.gates.weight, lstm.gates.bias, padding=1)
        i, f, o, g = gates[:, :3], gates[:, 3:6], gates[:, 6:9], gates[:, 9:]
        new_cell = f.sigmoid() * c + i.sigmoid() * g.tanh()
        found_hidden, found_cell = lstm(x, state)
        assert torch.allclose(found_cell, new_cell) and torch.allclose(found_hidden, o.sigmoid() * new_cell.tanh())

"""The network of skin-contrast, and the pre-processing that stands before it in the graph.

Two paths. The main path sees logs of linear light without their mean over the picture, so that exposure and
white balance, which only multiply linear light, change nothing; it alone says clear or change. The side path
sees the colours as they are, coarsely; it only helps to say not-skin.
"""

import torch
from torch import nn
from torch.nn import functional

FLOOR = 0.004
"""Added to linear light before the logarithm: about one code of 8 bits."""

_codes = torch.arange(256, dtype=torch.float64) / 255
TO_LINEAR = torch.where(_codes <= 0.04045, _codes / 12.92, ((_codes + 0.055) / 1.055) ** 2.4).float()


def logs_of(linear):
    return torch.log(linear + FLOOR)


class ConvUnit(nn.Sequential):
    """Convolution, batch normalisation (folded away by export.py), ReLU."""

    def __init__(self, inputs, outputs, kernel=3, stride=1, relu=True):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU() if relu else nn.Identity(),
        )


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = ConvUnit(channels, channels)
        self.second = ConvUnit(channels, channels, relu=False)

    def forward(self, x):
        return functional.relu(x + self.second(self.first(x)))


class Network(nn.Module):
    """Linear light [n, 3, 128, 128] to logits [n, 3] in the order clear, change, not-skin."""

    def __init__(self, width=16, top=112, deep=144):
        super().__init__()
        w = width
        self.main = nn.Sequential(
            ConvUnit(3, w, 5, 2),
            ConvUnit(w, 2 * w, 3, 2),
            Residual(2 * w),
            ConvUnit(2 * w, 4 * w, 3, 2),
            Residual(4 * w),
            ConvUnit(4 * w, top, 3, 2),
            Residual(top),
        )
        self.deep = nn.Sequential(ConvUnit(top, deep, 3, 2), Residual(deep))
        # Of the 4 x 4 cells that are left each counts by where it lies: the middle is what is asked about.
        self.places = nn.Conv2d(deep, deep, 4, groups=deep)
        self.side = nn.Sequential(ConvUnit(3, 16, 3, 2), ConvUnit(16, 32, 3, 2))
        self.skin_head = nn.Linear(2 * top + 2 * deep, 2)
        self.object_head = nn.Linear(2 * top + 2 * deep + 64, 1)

    def forward(self, linear):
        logs = logs_of(linear)
        fine = self.main(logs - logs.mean((2, 3), keepdim=True))
        coarse = self.deep(fine)
        main = torch.cat([_pooled(fine), self.places(coarse).flatten(1), coarse.amax((2, 3))], 1)
        side = _pooled(self.side(functional.avg_pool2d(logs, 4)))
        skin = self.skin_head(main)
        return torch.cat([skin, self.object_head(torch.cat([main, side], 1))], 1)


def _pooled(x):
    return torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)

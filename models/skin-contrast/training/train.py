"""Trains the network on a generated set and writes `network.pt` and a log: `python train.py --help`.

Reads only what generate.py wrote. Seeded; on another number of threads the last digits may differ.
"""

import argparse
import copy
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional

from network import TO_LINEAR, Network
from warm import begin

WATTS_PER_CORE = 8.0
"""Estimate for one core of a server under load, with its share of memory and cooling."""


def augmented(pixels, generator, smallest):
    """Turned, mirrored, cut a little, softer or noisier, in another light: linear light [n, 3, 128, 128]."""
    draw = lambda low, high, *shape: torch.rand(shape, generator=generator) * (high - low) + low
    x = TO_LINEAR[pixels.long()].permute(0, 3, 1, 2)
    x = torch.rot90(x, int(torch.randint(4, (1,), generator=generator)), (2, 3))
    if torch.rand(1, generator=generator) < 0.5:
        x = x.flip(3)
    if torch.rand(1, generator=generator) < 0.6:
        side = int(draw(smallest, 128, 1))
        top, left = (int(draw(0, 129 - side, 1)) for _ in range(2))
        x = functional.interpolate(x[:, :, top : top + side, left : left + side], (128, 128), mode="bilinear")
    n = len(x)
    # Some are softer, some noisier than the painter's camera made them: neither may decide.
    softness = draw(0, 1, n, 1, 1, 1) * (draw(0, 1, n, 1, 1, 1) < 0.4)
    x = x + softness * (functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False) - x)
    if torch.rand(1, generator=generator) < 0.3:
        # Another tone curve, and more or less colour, as another phone has them.
        grey = x.mean(1, keepdim=True)
        x = (grey + (x - grey) * draw(0.6, 1.4, n, 1, 1, 1)).clamp(min=0) ** draw(0.85, 1.2, n, 1, 1, 1)
    noise = draw(0, 0.03, n, 1, 1, 1) * (draw(0, 1, n, 1, 1, 1) < 0.3)
    x = x + noise * (x + 0.002).clamp(min=0).sqrt() * torch.randn(x.shape, generator=generator)
    gains = torch.exp(draw(-0.4, 0.25, n, 1, 1, 1) + draw(-0.15, 0.15, n, 3, 1, 1))
    return (x * gains).clamp(0, 1)


def area_under_curve(scores, positive):
    """ROC AUC as the chance that a positive scores above a negative; ties count half."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    n = positive.sum()
    return (ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(scores) - n))


@torch.no_grad()
def logits_of(network, pixels, batch=128):
    network.eval()
    parts = [TO_LINEAR[torch.from_numpy(pixels[i : i + batch]).long()].permute(0, 3, 1, 2) for i in range(0, len(pixels), batch)]
    return torch.cat([network(part) for part in parts]).numpy()


def validate(network, pixels, labels):
    logits = logits_of(network, pixels)
    skin = labels < 2
    change = area_under_curve((logits[:, 1] - logits[:, 0])[skin], labels[skin] == 1)
    objects = area_under_curve(logits[:, 2] - np.logaddexp(logits[:, 0], logits[:, 1]), labels == 2)
    return change, objects, float((logits.argmax(1) == labels).mean())


def train(options, say):
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    generator = torch.Generator().manual_seed(options.seed)
    pixels = np.concatenate([np.load(folder / "pixels.npy") for folder in options.data])
    labels = np.concatenate([np.load(folder / "labels.npy") for folder in options.data])
    held = options.validation
    network = Network().to(memory_format=torch.channels_last)
    if options.start:
        network.load_state_dict(torch.load(options.start))
    if options.warm:
        begin(network, options.warm, TO_LINEAR[torch.from_numpy(pixels[:256]).long()].permute(0, 3, 1, 2))
        say("before: AUC change {:.4f}  AUC not-skin {:.4f}  accuracy {:.4f}".format(*validate(network, pixels[:held], labels[:held])))
    averaged = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.02)
    count = len(pixels) - held
    steps = options.epochs * (count // options.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, steps, pct_start=0.1)
    say(" ".join(f"{key}={value}" for key, value in vars(options).items() if key not in ("out", "log")))
    say(f"parameters {sum(p.numel() for p in network.parameters())}, pictures {count} + {held} for validation, steps {steps}")
    began, cpu, step = time.monotonic(), time.process_time(), 0
    for epoch in range(options.epochs):
        network.train()
        total, order = 0.0, torch.randperm(count, generator=generator).numpy()
        for i in range(0, count - options.batch + 1, options.batch):
            at = np.sort(order[i : i + options.batch])
            x = augmented(torch.from_numpy(pixels[held:][at]), generator, options.smallest).contiguous(memory_format=torch.channels_last)
            target = torch.from_numpy(labels[held:][at]).long()
            with torch.autocast("cpu", torch.bfloat16, enabled=options.bfloat16):
                logits = network(x)
            loss = functional.cross_entropy(logits.float(), target, label_smoothing=0.04)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            step += 1
            total += float(loss.detach())
            _average(averaged, network, min(0.998, (1 + step) / (10 + step)))
        change, objects, accuracy = validate(averaged, pixels[:held], labels[:held])
        say(
            f"epoch {epoch + 1:2d}  loss {total / (count // options.batch):.4f}  AUC change {change:.4f}"
            f"  AUC not-skin {objects:.4f}  accuracy {accuracy:.4f}  minutes {(time.monotonic() - began) / 60:.1f}"
        )
        torch.save(averaged.state_dict(), options.out / "network.pt")
        if epoch + 1 == options.stop_after:
            break
    core_hours = (time.process_time() - cpu) / 3600
    say(f"CPU minutes {60 * core_hours:.1f}, estimated energy {core_hours * WATTS_PER_CORE:.1f} Wh at {WATTS_PER_CORE:.0f} W per core")


@torch.no_grad()
def _average(averaged, network, keep):
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values()):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - keep)
        else:
            mean.copy_(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, nargs="+", required=True, help="folders that generate.py wrote")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--log", type=pathlib.Path)
    parser.add_argument("--start", type=pathlib.Path, help="weights to go on from")
    parser.add_argument("--warm", type=pathlib.Path, help="folder with the exported weights of an earlier version")
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--stop-after", type=int, help="ends before the last of the epochs that the rate is planned for")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--validation", type=int, default=2000)
    parser.add_argument("--smallest", type=int, default=100, help="smallest side of a cut, of 128")
    parser.add_argument("--bfloat16", action="store_true", help="twice as fast on processors that have it")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    lines = []

    def say(line):
        lines.append(line)
        print(line, flush=True)
        if options.log:
            options.log.write_text("\n".join(lines) + "\n")

    train(options, say)


if __name__ == "__main__":
    main()

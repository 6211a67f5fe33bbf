"""Train the noise predictor: python -m models.train.noisier.ddpm {mnist,cifar10} --data DIR.

Algorithm 1 with two departures: the network predicts the velocity v, a target of one size at all times, and one
picture in ten is shown without its class, for guidance. The rate is constant and the shipped weights are a moving
average, so the run may be ended at any step: the same command with a smaller --steps writes what the checkpoint holds.
"""

from __future__ import annotations

import argparse
from typing import cast

import torch
from torch import Tensor

from models.core import artifacts, data, runtime
from models.noisier.diffusion.process import q_sample, velocity
from models.noisier.diffusion.schedule import Schedule, linear_schedule
from models.noisier.unet import UNet
from models.train.loop import Training, moving_average, options
from models.train.noisier.journey import record
from models.train.noisier.quality import measure

NETWORKS = {
    "mnist": {"channels": 1, "widths": (32, 64, 96), "blocks": 1, "attention": 4},
    "cifar10": {"channels": 3, "widths": (64, 128, 192), "blocks": 2, "attention": 8},
}
WARM_UP = 200
NO_CLASS = 0.1  # share of the batch


def scaled(images: Tensor) -> Tensor:
    """uint8 0..255 to float -1..1 (section 3.3)."""
    return images.float() / 127.5 - 1


def loss_of(network: UNet, x0: Tensor, y: Tensor, schedule: Schedule) -> Tensor:
    """Algorithm 1 in terms of v: mean squared error of the velocity at a random time, with some classes hidden."""
    t = torch.randint(1, schedule.steps + 1, (len(x0),), device=x0.device)
    eps = torch.randn_like(x0)
    y = torch.where(torch.rand(len(y), device=y.device) < NO_CLASS, network.num_classes, y)
    with runtime.autocast(x0.device):
        v = network(q_sample(schedule, x0, t, eps), t, y)
    return (v.float() - velocity(schedule, x0, t, eps)).square().mean()


def train(args: argparse.Namespace, images: data.ImageSet) -> tuple[UNet, Training]:
    """The averaged network, after args.steps steps in all."""
    where = runtime.device()
    x, y = images.train_x.to(where), images.train_y.to(where)
    network = UNet(**NETWORKS[args.name]).to(where)
    average = moving_average(network, args.ema)
    if where.type == "cuda":  # its many small launches as one graph: else an H200 computed for 17 of a step's 70 ms
        network.compile(mode="reduce-overhead")
    optimizer = torch.optim.AdamW(network.parameters(), lr=args.lr, weight_decay=0.01)
    parts = {"network": network, "average": average, "optimizer": optimizer}
    settings = {"batch": args.batch, "lr": args.lr, "ema": args.ema}
    run = Training(args.checkpoints / f"ddpm-{args.name}.pt", parts, args.steps, args.seed, **settings)
    schedule = linear_schedule()
    for step in run:
        for group in optimizer.param_groups:
            group["lr"] = args.lr * min(1, (step + 1) / WARM_UP)
        batch = torch.randint(len(y), (args.batch,), device=where)
        x0 = scaled(x[batch])
        if args.name == "cifar10":  # appendix B flips CIFAR-10; a mirrored digit is no digit
            x0 = torch.where(torch.rand(len(x0), 1, 1, 1, device=where) < 0.5, x0.flip(-1), x0)
        loss = loss_of(network, x0, y[batch], schedule)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        average.update_parameters(network)
        if (step + 1) % 100 == 0:
            run.log.append({"step": step + 1, "loss": round(loss.item(), 4)})
    return cast("UNet", average.module), run


def main() -> None:
    parser = options(__doc__, steps=3000, batch=128)
    parser.add_argument("name", choices=NETWORKS)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--ema", type=float, default=0.999)
    parser.add_argument("--samples", type=int, default=1000, help="samples to measure the network by")
    parser.add_argument("--bound-images", type=int, default=64, help="test images to take the bound on")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    images = {"mnist": data.mnist, "cifar10": data.cifar10}[args.name](args.data)
    network, run = train(args, images)

    test_x = scaled(images.test_x).to(runtime.device())
    metrics, generated = measure(network, args.name, test_x, args.samples, args.bound_images, args.seed)
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=network.config | {"predicts": "v", "lr": args.lr, "ema": args.ema, "batch": args.batch},
        seed=args.seed,
        data=f"{images.name}: {len(images.train_y):,} training images",
        metrics=metrics | {"steps": run.step, "images_seen": run.step * args.batch, "log": run.log},
        seconds=round(run.seconds),
    )
    example = (test_x[:2].cpu(), torch.tensor([100, 900]), torch.tensor([3, 10]))
    artifacts.save_weights(f"ddpm-{args.name}", network, example, certificate)
    record(args.name, generated, certificate)


if __name__ == "__main__":
    main()

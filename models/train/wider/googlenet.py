"""Train GoogLeNet on 52 everyday classes of Tiny ImageNet: python -m models.train.wider.googlenet --data DIR.

The paper trained on ImageNet by asynchronous SGD and does not give a recipe that could be repeated; this one is
short: AdamW, warm-up and cosine, label smoothing. The first part runs on smaller pictures, which is cheaper.
With --further the run begins with the shipped weights, and so adds a second cycle to the one that made them.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from models.core import artifacts, data, runtime
from models.train.loop import Training, options, warm_up_cosine
from models.wider.googlenet import GoogLeNet, Heads, normalise

IMAGE_SIZE = 96
EARLY_SIZE = 80  # the smallest at which the auxiliary heads keep their shapes
EARLY_PART = 0.6  # of the steps
AUX_WEIGHT = 0.3  # section 5


def random_crops(images: Tensor, size: int) -> Tensor:
    """(B, 3, 64, 64) uint8 to (B, 3, size, size): one square of 38 to 64 pixels from each, flipped half the time."""
    b, scale = len(images), torch.empty(len(images)).uniform_(38 / 64, 1)
    theta = torch.zeros(b, 2, 3)
    theta[:, 0, 0] = scale * (torch.randint(0, 2, (b,)) * 2 - 1)
    theta[:, 1, 1] = scale
    theta[:, :, 2] = (torch.rand(b, 2) * 2 - 1) * (1 - scale)[:, None]
    grid = F.affine_grid(theta.to(images.device), [b, 3, size, size], align_corners=False)
    return F.grid_sample(images.float(), grid, padding_mode="reflection", align_corners=False)


def loss_of(heads: Heads, y: Tensor) -> Tensor:
    """Cross-entropy of the main head plus 0.3 times that of each auxiliary head."""
    aux_4a, aux_4d, main = (F.cross_entropy(h.float(), y, label_smoothing=0.1) for h in heads)
    return main + AUX_WEIGHT * (aux_4a + aux_4d)


@torch.no_grad()
def accuracy(network: GoogLeNet, x: Tensor, y: Tensor) -> dict[str, float]:
    """Top-1 and top-5 accuracy of every head in per cent, on whole pictures scaled to IMAGE_SIZE."""
    network.eval()
    hits = {f"{head}_top{k}": 0 for head in Heads._fields for k in (1, 5)}
    for part, labels in zip(x.split(100), y.split(100), strict=True):
        part = F.interpolate(part.float(), IMAGE_SIZE, mode="bilinear", align_corners=False)
        for head, logits in network(normalise(part.to(memory_format=torch.channels_last)))._asdict().items():
            right = logits.topk(5).indices == labels[:, None]
            hits[f"{head}_top1"] += int(right[:, 0].sum())
            hits[f"{head}_top5"] += int(right.sum())
    network.train()
    return {name: round(100 * n / len(y), 4) for name, n in hits.items()}


def main() -> None:
    parser = options(__doc__, steps=7500, batch=64)
    parser.add_argument("--further", action="store_true", help="begin with the shipped weights")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    where = runtime.device()
    images = data.folders(args.data, "Tiny ImageNet, 52 classes")
    x, y, test_x, test_y = (t.to(where) for t in (images.train_x, images.train_y, images.test_x, images.test_y))

    network, note = GoogLeNet(len(images.classes), IMAGE_SIZE), ""
    if args.further:
        network, first = artifacts.load_weights("googlenet", network), artifacts.certificate("googlenet")
        note = (
            f"The run began with the weights of an earlier one, {first.command}, which took {first.seconds:,} s and "
            f"came to {first.metrics['main_top1']:.1f} % top-1."
        )
    network = runtime.channels_last(network.to(where)).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.05, fused=True)
    parts = {"network": network, "optimizer": optimizer}
    run = Training(args.checkpoints / "googlenet.pt", parts, args.steps, args.seed, batch=args.batch)
    for step in run:
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * warm_up_cosine(step, args.steps, 200)
        batch = torch.randint(len(y), (args.batch,), device=where)
        size = EARLY_SIZE if step < EARLY_PART * args.steps else IMAGE_SIZE
        crops = normalise(random_crops(x[batch], size)).to(memory_format=torch.channels_last)
        with runtime.autocast(where):
            loss = loss_of(network(crops), y[batch])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        if (step + 1) % 1500 == 0:
            run.log.append({"step": step + 1, "loss": round(loss.item(), 3)} | accuracy(network, test_x, test_y))

    example = F.interpolate(test_x[:2].float(), IMAGE_SIZE, mode="bilinear", align_corners=False).cpu()
    artifacts.save_weights(
        "googlenet",
        network,
        (normalise(example),),
        artifacts.Certificate(
            command=artifacts.command(),
            config=network.config | {"classes": images.classes},
            seed=args.seed,
            data=f"{images.name}: {len(y):,} training and {len(test_y):,} validation images of 64 x 64 pixels",
            metrics=accuracy(network.to(where), test_x, test_y) | {"log": run.log},
            seconds=round(run.seconds),
            note=note,
        ),
    )


if __name__ == "__main__":
    main()

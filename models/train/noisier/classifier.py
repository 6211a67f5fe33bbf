"""Train the judge of generated pictures: python -m models.train.noisier.classifier {mnist,cifar10} --data DIR.

A residual net of 20 layers with a one-cycle schedule. It says which class a sample shows, and its features are what
the Fréchet distance is measured in.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from models.core import artifacts, data, runtime
from models.core.resnet import ResNet
from models.train.augment import crop_and_flip
from models.train.loop import Training, options, warm_up_cosine


@torch.no_grad()
def accuracy(network: ResNet, x: Tensor, y: Tensor) -> float:
    """Per cent of images that the network classifies rightly."""
    network.eval()
    guesses = torch.cat([network(part).argmax(1) for part in x.split(500)])
    network.train()
    return round(100 * (guesses == y).float().mean().item(), 2)


def main() -> None:
    parser = options(__doc__, steps=3000, batch=128)
    parser.add_argument("name", choices=("mnist", "cifar10"))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    where = runtime.device()
    images = {"mnist": data.mnist, "cifar10": data.cifar10}[args.name](args.data)
    x, y, test_x, test_y = (t.to(where) for t in (images.train_x, images.train_y, images.test_x, images.test_y))

    network = ResNet(20, width=16 if args.name == "cifar10" else 8, in_channels=x.shape[1])
    network = runtime.channels_last(network.to(where))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
    parts = {"network": network, "optimizer": optimizer}
    run = Training(args.checkpoints / f"classifier-{args.name}.pt", parts, args.steps, args.seed, batch=args.batch)
    for step in run:
        for group in optimizer.param_groups:
            group["lr"] = 0.1 * warm_up_cosine(step, args.steps, args.steps // 5)
        batch = torch.randint(len(y), (args.batch,), device=where)
        pictures = crop_and_flip(x[batch].float() / 127.5 - 1, fill=-1.0, flip=args.name == "cifar10")
        with runtime.autocast(where):
            logits = network(pictures.to(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits.float(), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % 100 == 0:
            run.log.append({"step": step + 1, "loss": round(loss.item(), 4)})

    test_x = test_x.float() / 127.5 - 1
    artifacts.save_weights(
        f"classifier-{args.name}",
        network,
        (test_x[:2].cpu(),),
        artifacts.Certificate(
            command=artifacts.command(),
            config=network.config | {"classes": images.classes},
            seed=args.seed,
            data=f"{images.name}: {len(y):,} training and {len(test_y):,} test images",
            metrics={"test_accuracy": accuracy(network.to(where), test_x, test_y), "log": run.log},
            seconds=round(run.seconds),
        ),
    )


if __name__ == "__main__":
    main()

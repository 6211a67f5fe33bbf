"""Live denoising, what it sends, and our sampler beside diffusers'."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import torch

from models.core import artifacts, runtime
from models.noisier import denoise
from models.noisier.diffusion.process import noise_like
from models.noisier.diffusion.sampling import ddim_step, p_sample, sample
from models.noisier.diffusion.schedule import linear_schedule, respace
from models.noisier.pixel import Pixel
from tests.bench.measuring import row, seconds, side_by_side
from visuals.components.player import Player
from visuals.components.worked import Worked
from visuals.noisier.journey import section as the_journey
from visuals.noisier.journey.kept import Kept
from visuals.noisier.shared import own_pictures

ROOT = Path(__file__).resolve().parents[2]
STEPS = 100  # of the live run: few enough that every step is a frame of its own

# A timeline of the player in the browser: milliseconds and frames at every message of a new run.
WATCH = """() => {
  const root = document.querySelector('#player .player'), before = root.dataset.run;
  window.seen = [];
  window.watcher?.disconnect();
  window.watcher = new MutationObserver(() => {
    const { run, frames, total } = root.dataset;
    if (run !== before) window.seen.push([performance.now(), Number(frames), Number(total)]);
  });
  window.watcher.observe(root, { attributes: true, attributeFilter: ['data-frames'] });
  const clicked = () => { window.clicked = performance.now(); };
  document.querySelector('#journey-go').addEventListener('click', clicked, { once: true, capture: true });
}"""
# A player that plays on would slow what is measured next.
PAUSE = """() => {
  const button = document.querySelector('#player .play');
  if (button.textContent === 'Pause') button.click();
}"""
FINISHED = "() => window.seen.length && window.seen.at(-1)[1] === window.seen.at(-1)[2]"


def bare_denoising() -> float:
    """Steps a second of Algorithm 2 with the page's network, guidance and number of steps, and nothing else."""
    journey, unet = denoise.Journey(steps=STEPS), denoise.network("mnist")
    where, rng = next(unet.parameters()).device, torch.Generator().manual_seed(0)
    predict = denoise.predictor(unet, torch.tensor([journey.label], device=where), journey.guidance)
    xT = noise_like(torch.empty(1, 1, 32, 32, device=where), rng)
    reverse = sample(respace(linear_schedule(), STEPS), predict, xT, rng, p_sample)
    return STEPS / seconds(lambda: [step.x_before.cpu() for step in reverse])


def denoising_on_the_page(page, first_frames: list[float]) -> float:
    """Steps a second that arrive in the browser, from the way back's first message on; notes the time to the first."""
    page.evaluate(WATCH)
    page.fill("#journey-seed input", str(len(first_frames)))  # equal runs would be one run
    page.click("#journey-go")
    page.wait_for_function(FINISHED, timeout=300_000)
    seen = page.evaluate("window.seen")
    first_frames.append((seen[0][0] - page.evaluate("window.clicked")) / 1000)
    _, there = denoise.frames_of(denoise.Journey(steps=STEPS))
    back = [(at, frames) for at, frames, _ in seen if frames > there]
    steps = back[-1][1] - back[0][1] - 1  # the result is a frame without a step
    page.evaluate(PAUSE)
    return steps / (back[-1][0] - back[0][0]) * 1000


def streaming(url: str) -> bool:
    """What a visitor on another machine gets: here they are a process of their own, which draws nothing."""
    command = [sys.executable, "-m", "tests.visitor", url, str(STEPS)]
    visitor = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def streamed() -> float:
        print(file=visitor.stdin, flush=True)
        return float(visitor.stdout.readline())

    with visitor:
        speed = side_by_side(15, streamed=streamed, bare=bare_denoising)
    detail = f"{speed['streamed']:.1f} and {speed['bare']:.1f} steps/s"
    return row("streamed denoising / bare sampler", speed["streamed"] / speed["bare"], detail, at_least=0.95)


def denoising(page) -> bool:
    """The same in a browser that draws all of it on the same cores, so that the sampler has fewer of them."""
    page.goto(f"{page.url.partition('?')[0]}?tab=noisier&at=journey")
    page.locator("#journey-parts").get_by_role("tab", name="Sampler").click()
    page.fill("#journey-steps input[type=number]", str(STEPS))
    page.press("#journey-steps input[type=number]", "Enter")
    first_frames: list[float] = []
    speed = side_by_side(15, page=lambda: denoising_on_the_page(page, first_frames), bare=bare_denoising)
    detail = f"{speed['page']:.1f} and {speed['bare']:.1f} steps/s"
    row("the same, drawn by a browser on the same cores", speed["page"] / speed["bare"], detail)
    first = statistics.median(first_frames[1:])
    whole = first + STEPS / speed["page"]
    row("time to the first frame after a click / whole run", first / whole, f"{first:.2f} of {whole:.2f} s")
    met = row("first frame after a click, in units of 0.5 s", first / 0.5, f"{first:.2f} s", at_most=1.0)
    default = first + denoise.Journey().steps / speed["page"]
    met &= row("the default run at this pace, in units of 5 s", default / 5, f"{default:.2f} s", at_most=1.0)
    return met


def payload() -> bool:
    """All messages of 1,000 steps, of one photograph and of sixteen digits, as the browser gets them.

    The start is a picture of the visitor's own, which the Python file then carries, and a pixel is looked at.
    """
    met, player, worked = True, Player(), Worked()
    for network, samples in (("cifar10", "1"), ("mnist", "16")):
        drawn, visitor = artifacts.load_run(f"journey-{network}")["samples"], SimpleNamespace(session_hash="bench")
        own_pictures.keep(visitor, {network: drawn[0]})
        values = (network, {"chosen": len(drawn)}, "3", samples, "ddim", 1000, 1.0, 0, "beta", 0.0, "linear")
        looked_at = denoise.Journey(network=network, samples=int(samples))
        the_journey.newest.keep(visitor, Kept(0, looked_at, pixel=Pixel(0, 16, 16)))
        messages = the_journey.live(*values, visitor)
        sent = sum(len(json.dumps([player.postprocess(frames), said])) for frames, said in messages)
        numbers, colour = the_journey.follow(visitor)
        sent += 2 * len(json.dumps([worked.postprocess(numbers), colour]))  # while it runs, and at the end
        what = f"1,000 steps of {samples} of {network}, all messages / 2 MB"
        met &= row(what, sent / 2e6, f"{sent:,} bytes", at_most=1.0)
    return met


def samplers() -> bool:
    """One DDIM step without guidance, one picture of 32 x 32, at about the same number of parameters."""
    from diffusers import DDIMScheduler, UNet2DModel

    ours, where = denoise.network("mnist"), runtime.device()
    theirs = UNet2DModel(
        sample_size=32,
        in_channels=1,
        out_channels=1,
        layers_per_block=1,
        block_out_channels=(40, 64, 96),
        norm_num_groups=8,
        down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
    )
    theirs = theirs.eval().to(where)
    xT = torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(0)).to(where)
    predict = denoise.predictor(ours, torch.tensor([3], device=where), guidance=1.0)

    def our_steps() -> None:
        for step in sample(respace(linear_schedule(), 20), predict, xT, torch.Generator(), ddim_step):
            step.x_before.cpu()

    def their_steps() -> None:
        scheduler, xt = DDIMScheduler(timestep_spacing="trailing"), xT
        scheduler.set_timesteps(20)
        for t in scheduler.timesteps:
            xt = scheduler.step(theirs(xt, t).sample, t, xt).prev_sample
            xt.cpu()

    with torch.inference_mode():
        took = side_by_side(7, ours=lambda: seconds(our_steps) / 20, theirs=lambda: seconds(their_steps) / 20)
    sizes = (sum(p.numel() for p in network.parameters()) / 1e6 for network in (theirs, ours))
    detail = f"{1000 * took['theirs']:.1f} and {1000 * took['ours']:.1f} ms, {{:.2f}} and {{:.2f}} M parameters"
    ratio = took["theirs"] / took["ours"]
    return row("step of diffusers' UNet2DModel and DDIM / ours", ratio, detail.format(*sizes), at_least=1.5)

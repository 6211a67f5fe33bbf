"""How fast it is, as ratios of things measured side by side in one run: python -m tests.bench

Both sides of a ratio are measured in turn, several times, and their medians are divided, so that a slow machine or a
busy one slows both. Takes about ten minutes on two cores.
"""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import torch
from torch.nn import functional as F

import app
from models.core import artifacts, runtime
from models.core.resnet import ResNet
from models.deeper import landscape, photographs, race
from models.deeper.landscape import Landscape
from models.noisier import denoise
from models.noisier.diffusion.process import noise_like
from models.noisier.diffusion.sampling import ddim_step, p_sample, sample
from models.noisier.diffusion.schedule import linear_schedule, respace
from models.noisier.pixel import Pixel
from models.wider import activations
from tests.conftest import FLAGS, NO_BROWSER, chromium, free_port
from visuals.components.player import Player
from visuals.components.worked import Worked
from visuals.deeper.landscape import section as landscape_section
from visuals.deeper.race import section as race_section
from visuals.deeper.race_settings import CONTROLS, RaceSettings, values_of
from visuals.noisier.journey import section as the_journey
from visuals.noisier.journey.kept import Kept
from visuals.noisier.shared import own_pictures
from visuals.page import style
from visuals.wider import passes
from visuals.wider.branches import view as maps
from visuals.wider.examples import picture
from visuals.wider.see import section as see

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
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


def row(what: str, ratio: float, detail: str, at_least: float | None = None, at_most: float | None = None) -> bool:
    """Prints one line of the table; False where the ratio misses its bound."""
    met = (at_least is None or ratio >= at_least) and (at_most is None or ratio <= at_most)
    verdict = "PASS" if met else "MISS"
    bound = f">= {at_least}  {verdict}" if at_least else f"<= {at_most}  {verdict}" if at_most else ""
    print(f"{what:<58} {ratio:7.2f}  {bound:<13} {detail}", flush=True)
    return met


def side_by_side(repeats: int, **sides: Callable[[], float]) -> dict[str, float]:
    """Medians of what each side returns, the sides taken in turn. The first round warms up and does not count."""
    results: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeats + 1):
        for name, measure in sides.items():
            results[name].append(measure())
    return {name: statistics.median(values[1:]) for name, values in results.items()}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# --- Live denoising -------------------------------------------------------------------------------------------


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
    page.locator("#journey-parts").get_by_role("tab", name="Settings").click()
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


def in_pairs(work: Callable[[T], None], items: Iterable[T]) -> None:
    """Two at a time, each with one thread, as the page computes."""
    with ThreadPoolExecutor(2, initializer=runtime.use_threads) as pool:
        list(pool.map(work, items))


# --- The live race --------------------------------------------------------------------------------------------


def bare_race() -> None:
    """The training of the page's default race as one would write it down: no events, no page, two nets at a time."""
    config = RaceSettings().race()
    x, y, test_x, test_y = race.images(config.data)

    def train(lane: race.Lane) -> None:
        network = ResNet(lane.depth, lane.skip, race.WIDTH, in_channels=1).to(memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(
            network.parameters(), config.learning_rate, race.MOMENTUM, weight_decay=race.WEIGHT_DECAY, fused=True
        )
        for step in range(1, config.steps + 1):
            batch = torch.randint(len(y), (race.BATCH,))
            loss = F.cross_entropy(network(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step % race.TEST_EVERY == 0:
                race.error(network, test_x, test_y)

    in_pairs(train, sorted(config.lanes, key=lambda lane: -lane.depth))


def race_through_the_callback() -> None:
    visitor = SimpleNamespace(session_hash="bench")
    for _ in race_section.live(visitor, None, *(values_of(RaceSettings())[name] for name in CONTROLS)):
        pass


def live_race() -> bool:
    took = side_by_side(7, page=lambda: seconds(race_through_the_callback), bare=lambda: seconds(bare_race))
    detail = f"{took['bare']:.1f} and {took['page']:.1f} s"
    ratio = took["bare"] / took["page"]
    met = row("bare training loop / live race through the callback", ratio, detail, at_least=0.9)
    return met & row("live race, in units of 30 s", took["page"] / 30, f"{took['page']:.1f} s", at_most=1.0)


def vectorised_seeds() -> bool:
    """What five seeds of a lane cost, as one race, against one."""

    alone = race.Race((race.Lane(56, True),))

    def steps(what: race.Race, seeds: int) -> float:
        config = replace(what, steps=100, seeds=seeds)
        return seconds(lambda: list(race.race(config))) / config.steps

    took = side_by_side(3, five=lambda: steps(alone, 5), one=lambda: steps(alone, 1))
    detail = f"{1000 * took['five']:.0f} and {1000 * took['one']:.0f} ms a step of residual-56"
    met = row("five seeds of a lane / one seed", took["five"] / took["one"], detail, at_most=2.0)
    took = side_by_side(3, five=lambda: steps(RaceSettings().race(), 5), one=lambda: steps(RaceSettings().race(), 1))
    detail = f"{1000 * took['five']:.0f} and {1000 * took['one']:.0f} ms a step, both cores busy either way"
    row("five seeds of the default race's four lanes / one seed", took["five"] / took["one"], detail)
    return met


# --- The live landscape ---------------------------------------------------------------------------------------


def bare_landscape(config: Landscape) -> None:
    """The same places as one would write it down: move every weight, evaluate the net, note the loss."""
    x, y = landscape.seen(race.images(config.nets[0].data))

    def walk(trained: race.Trained) -> None:
        network = race.rebuild(trained)
        weights = [layer.weight for layer in landscape.filtered(network)]
        centre, moves = [w.detach().clone() for w in weights], landscape.directions(network, config.seed)
        for second, first in itertools.product(config.ticks, config.ticks):
            with torch.no_grad():
                for weight, c, d, e in zip(weights, centre, *moves, strict=True):
                    weight.copy_(c + first * d + second * e)
                F.cross_entropy(network(x), y).item()

    in_pairs(walk, config.nets)


def landscape_through_the_callback(config: Landscape) -> None:
    name = " and ".join(net.lane.name for net in config.nets)
    visitor = SimpleNamespace(session_hash="bench")
    for _ in landscape_section.live(name, config.size, config.reach, config.seed, visitor):
        pass


def live_landscape() -> bool:
    pair = (race.recorded(name, photographs.NAME) for name in ("plain-20", "residual-20"))
    config = Landscape(tuple(pair), landscape.SIZES[0])
    took = side_by_side(
        3,
        page=lambda: seconds(lambda: landscape_through_the_callback(config)),
        bare=lambda: seconds(lambda: bare_landscape(config)),
    )
    pace = {side: 2 * config.size**2 / took[side] for side in took}
    whole = 2 * config.size**2 / pace["page"]
    detail = f"{pace['page']:.1f} and {pace['bare']:.1f} places/s; two of 11 x 11 in {whole:.0f} s"
    met = row("live landscape's places a second / bare loop's", pace["page"] / pace["bare"], detail, at_least=0.9)
    return met & row(
        "two landscapes of 11 x 11 at this pace, in units of 60 s", whole / 60, f"{whole:.0f} s", at_most=1.0
    )


# --- A picture's way through GoogLeNet ------------------------------------------------------------------------


def one_picture() -> bool:
    """What tab 2 computes until a picture and all maps of its largest module are shown, against the bare pass."""
    used = activations.trained()
    x = activations.enter(activations.shrink(picture("temple")), used)

    def page() -> None:
        chosen = passes.Chosen("temple", picture("temple"), activations.run(picture("temple")))
        see.shown(chosen, style.measured)
        maps.feature_maps(chosen.run, "5b", ("3x3", 0), every=True)

    def bare() -> None:
        with torch.inference_mode():
            used.network(x)

    took = side_by_side(25, page=lambda: seconds(page), bare=lambda: seconds(bare))
    detail = f"{1000 * took['page']:.1f} and {1000 * took['bare']:.1f} ms"
    met = row("a picture with all maps of 5b / bare forward pass", took["page"] / took["bare"], detail, at_most=1.5)
    temple = activations.run(picture("temple"))
    probe = statistics.median(seconds(lambda: maps.field(temple, "5b", ("3x3", 0))) for _ in range(9))
    row("gradient of one activation of 5b / bare forward pass", probe / took["bare"], f"{1000 * probe:.1f} ms")
    return met and row("a picture with all maps of 5b, in units of 300 ms", took["page"] / 0.3, detail, at_most=1.0)


# --- Our sampler and diffusers' -------------------------------------------------------------------------------


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


# --- Start ----------------------------------------------------------------------------------------------------


# --- All of it ------------------------------------------------------------------------------------------------


@contextmanager
def served() -> Iterator[str]:
    """The page as app.main() serves it: its address."""
    page = app.build()
    _, url, _ = page.launch(
        **app.LAUNCH, server_name="127.0.0.1", server_port=free_port(), prevent_thread_lock=True, quiet=True
    )
    yield url
    page.close(verbose=False)


@contextmanager
def opened(url: str) -> Iterator:
    """The page in a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = chromium(playwright.chromium.executable_path)
        if path is None:
            sys.exit(NO_BROWSER)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        tab = browser.new_page(viewport={"width": 1280, "height": 720})
        tab.goto(url)
        yield tab
        browser.close()


def main() -> int:
    runtime.use_threads()
    print(f"{runtime.hardware()}, torch {artifacts.packages()['torch']}\n")
    print(f"{'this / that':<58} {'ratio':>7}  {'required':<13} this and that")
    with served() as url:
        met = streaming(url)
        with opened(url) as page:
            met &= denoising(page)
    met &= live_race()
    met &= vectorised_seeds()
    met &= live_landscape()
    met &= one_picture()
    met &= payload()
    met &= samplers()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

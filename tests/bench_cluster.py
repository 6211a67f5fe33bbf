"""How soon the page answers while a Ray cluster of two nodes on this machine is busy: python -m tests.bench_cluster

Eight visitors start races of different seeds, of which two are computed at a time. Once they are, the page is asked
again and again for its first answer and for a picture of Wider. It takes a minute on two cores.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from urllib.request import urlopen

from tests.bench.measuring import row
from tests.bench_class import PATIENCE, Served, has_points, served, slowest_twentieth
from tests.on_cluster import NODE
from visuals.wider.examples import EXAMPLES

VISITORS, BEGUN, LOOK = 8, 30.0, 15.0  # how many; seconds until their races have begun, and in which the page is asked


@contextmanager
def two_nodes() -> Iterator[str]:
    """Address of the cluster."""
    from ray.cluster_utils import Cluster

    started = Cluster(initialize_head=True, head_node_args=NODE | {"include_dashboard": False})
    try:
        started.add_node(**NODE)
        yield str(started.address)
    finally:
        started.shutdown()


def seconds_of(page: Served, name: str) -> tuple[float, float]:
    """Until the page's first answer has come, and until a picture of Wider has."""
    choose = next(event for event in page._events if event["api_name"] == "run" and len(event["inputs"]) == 2)
    began = time.perf_counter()
    with urlopen(page.api.removesuffix("/gradio_api"), timeout=PATIENCE) as answer:
        answer.read()
    return time.perf_counter() - began, page.press(choose, [name, "tiny"]).done


def answers(page: Served) -> bool:
    press, card = page.event("race-go", "click", 5), page.named("race-predict")
    card = page._components[card]["value"] | {"state": "off"}

    def visit(seed: int) -> list[float]:
        """When points came."""
        values = page.values(press, race_predict=card, race_seed=seed)
        return [at for at, message in page.press(press, values, BEGUN + LOOK + 5).messages if has_points(message)]

    with ThreadPoolExecutor(VISITORS) as pool:
        began = time.perf_counter()
        races = [pool.submit(partial(visit, 3000 + k)) for k in range(VISITORS)]
        time.sleep(BEGUN)
        names, found = list(EXAMPLES), []
        while time.perf_counter() - began < BEGUN + LOOK:
            found.append(seconds_of(page, names[len(found) % len(names)]))
            time.sleep(0.2)
        came = [at for race in races for at in race.result() if BEGUN < at < BEGUN + LOOK]
    met = row("points of races that came meanwhile, in tens", len(came) / 10, f"{len(came)}", at_least=1.0)
    for what, took in zip(("the page", "a picture of Wider"), zip(*found, strict=True), strict=True):
        slow, detail = slowest_twentieth(list(took)), f"{len(took)} times, {max(took):.2f} s at most"
        met &= row(f"{what}, slowest twentieth, in units of 0.2 s", slow / 0.2, detail, at_most=1.0)
    return met


def main() -> int:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    with two_nodes() as address:
        os.environ["RAY_ADDRESS"] = address
        with served() as page:
            return 0 if answers(page) else 1


if __name__ == "__main__":
    sys.exit(main())

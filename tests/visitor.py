"""A visitor without a browser, in a process of its own: python -m tests.visitor URL STEPS

For every line that comes in it asks the page at URL for its live run, with STEPS steps of the way back, and prints the
steps a second that arrive, from the way back's first message on. It uses the page's plain HTTP interface: gradio's own
client polls, and would take from the sampler what it is to measure.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from urllib.request import Request, urlopen


def messages(api: str, values: list[object]) -> Iterator[tuple[float, dict[str, object]]]:
    """Of one run: the second at which each message came, and what it brought the player."""
    body = json.dumps({"data": values}).encode()
    asked = urlopen(Request(f"{api}/call/denoise", body, {"Content-Type": "application/json"}))
    with urlopen(f"{api}/call/denoise/{json.load(asked)['event_id']}") as stream:
        for line in stream:
            if line.startswith(b"data: [") and "run" in (player := json.loads(line[6:])[0]):
                yield time.perf_counter(), player


def pace(api: str, values: list[object]) -> float:
    arrived = []  # seconds and frames there, at every message that brings some of the way back
    for now, player in messages(api, values):
        there = player["start"] + len(json.loads(player["frames"]))
        if there > player["turn"]:
            arrived.append((now, there))
    if not arrived or arrived[-1][1] < player["total"]:
        raise RuntimeError("the run did not come to its end")
    (began, first), (ended, last) = arrived[0], arrived[-1]
    return (last - first - 1) / (ended - began)  # the result is a frame without a step


def main() -> None:
    api = f"{sys.argv[1].rstrip('/')}/gradio_api"
    with urlopen(f"{api}/info") as info:
        parameters = json.load(info)["named_endpoints"]["/denoise"]["parameters"]
    defaults = {each["parameter_name"]: each["parameter_default"] for each in parameters}
    for seed, _ in enumerate(sys.stdin):  # equal runs would be one run
        values = [*(defaults | {"steps": int(sys.argv[2]), "seed": seed}).values()]
        print(pace(api, values), flush=True)


if __name__ == "__main__":
    main()

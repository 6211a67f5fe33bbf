"""How long a run of either network will take: said below the button before it is pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.events import Dependency

from models.core.artifacts import Certificate
from visuals.noisier.shared import html
from visuals.page.events import AT_ONCE, FOLLOWING, after
from visuals.page.live.pace import Pace

Work = tuple[str, float]  # the network, and how many pictures it sees


class Takes:
    """The pace of one kind of run, by network. `recorded`: its certificate, and the work that took so long."""

    def __init__(self, recorded: dict[str, tuple[Certificate, float]]):
        self._paces = {name: Pace(certificate, work) for name, (certificate, work) in recorded.items()}

    def note(self, work: Work, seconds: float) -> None:
        """A run has ended that was computed in so many seconds."""
        network, amount = work
        self._paces[network].note(amount, seconds)

    def line(self, work: Work) -> str:
        network, amount = work
        return f'<p class="line">{self._paces[network].expected(amount)}</p>'

    def show(self, section: str, work: Work) -> gr.HTML:
        """Put the line into the open gradio context, for what the section opens with."""
        return html(self.line(work), elem_id=f"{section}-takes")

    def follow(
        self,
        shown: gr.HTML,
        asked: Callable[..., Work],
        inputs: Sequence[Any],  # gradio’s components
        run: Dependency,
    ) -> None:
        """The line goes along with the controls and with every run's end. `asked` may raise ValueError."""

        def expected(*values: Any) -> Any:
            try:
                return self.line(asked(*values))
            except ValueError:
                return gr.skip()  # the button says what is wrong

        for control in inputs:
            after(control.change)(expected, inputs, shown, **FOLLOWING)
        run.then(expected, inputs, shown, **AT_ONCE)

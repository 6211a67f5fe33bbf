"""Deeper · Wider · Noisier: three ideas of deep learning, running live. Start with `python app.py`."""

from __future__ import annotations

import os
from html import escape

# Before gradio is imported: no request leaves this machine unless somebody presses a button that says so.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr

from models.artifacts import ArtifactError
from models.runtime import hardware, use_threads
from visuals import style
from visuals.degradation import tab as degradation
from visuals.diffusion import tab as diffusion
from visuals.inception import tab as inception

TABS = (degradation, inception, diffusion)
TITLE = "Deeper · Wider · Noisier"
HEAD = f"""<div class="page-head"><h1>{TITLE}</h1>
<p>Three ideas of deep learning, running live on real networks.</p>
<span class="badge" title="Where this page computes">{escape(hardware())}</span></div>"""
LAUNCH = {
    "theme": style.THEME,
    "css": style.CSS,
    "ssr_mode": False,
    "run_history": False,
    "enable_monitoring": False,
    "footer_links": ["api", "gradio", "settings"],
    "max_file_size": "12mb",  # above the limit of uploads.py, whose sentence is the clearer one
    "show_error": True,
}


def build() -> gr.Blocks:
    """The page. A tab whose weights or recorded runs cannot be read says so; the others work."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gr.HTML(HEAD, elem_classes="page-wide")
        with gr.Tabs(overflow_behavior="wrap"):
            for tab in TABS:
                with gr.Tab(tab.TITLE, id=tab.__name__.split(".")[1]):
                    try:
                        tab.build()
                    except ArtifactError as error:
                        gr.HTML(style.notice(str(error)))
    return page.queue(max_size=64)


def main() -> None:
    """Serve the page and print its address."""
    use_threads()
    build().launch(**LAUNCH)


if __name__ == "__main__":
    main()

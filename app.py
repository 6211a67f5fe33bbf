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
from visuals import style, uploads
from visuals.degradation import tab as degradation
from visuals.diffusion import tab as diffusion
from visuals.inception import tab as inception
from visuals.links import tab_of

TABS = {"deeper": degradation, "wider": inception, "noisier": diffusion}  # by the name that links give them
TITLE = "Deeper · Wider · Noisier"
HEAD = f"""<div class="page-head"><h1>{TITLE}</h1>
<p>Three ideas of deep learning, running live on real networks.</p>
<span class="badge" title="Where this page computes">{escape(hardware())}</span></div>"""
LAUNCH = {
    "theme": style.THEME,
    "css": style.CSS,
    "head": f"<script>{uploads.SCRIPT}</script>",
    "ssr_mode": False,
    "run_history": False,
    "enable_monitoring": False,
    "footer_links": ["api", "gradio", "settings"],
    "max_file_size": "64mb",  # above the limit of uploads.py, which says in a sentence what is too large
    "show_error": True,
    "_frontend": False,  # gradio would ask for the page once, and end where a busy machine takes 3 s to answer
}


def build() -> gr.Blocks:
    """The page. A tab whose weights or recorded runs cannot be read says so; the others work."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        head = gr.HTML(HEAD, elem_classes="page-wide", elem_id="head")
        with gr.Tabs(overflow_behavior="wrap") as tabs:
            for name, tab in TABS.items():
                with gr.Tab(tab.TITLE, id=name, elem_id=f"{name}-tab"):
                    try:
                        tab.build(page)
                    except ArtifactError as error:
                        gr.HTML(style.notice(str(error)))
        page.load(linked_tab, None, tabs, queue=False, api_visibility="private", show_progress="hidden")
    for event in page.fns.values():
        if event.show_progress == "hidden":
            event.show_progress_on = [head]  # else every event copies the values of all outputs there are, and of all
            # that is inside them, only to note a progress that nobody sees
    return page.queue(max_size=64)


def linked_tab(request: gr.Request) -> dict:
    """The tab that the page's address asks for; if it asks for none, one that was chosen meanwhile stays."""
    params = dict(request.query_params)
    # No gr.Tabs(selected=...): a new layout becomes a part of whatever page this process builds at that moment.
    return gr.update(selected=tab_of(params, list(TABS))) if "tab" in params else gr.skip()


def main() -> None:
    """Serve the page and print its address."""
    use_threads()
    build().launch(**LAUNCH)


if __name__ == "__main__":
    main()

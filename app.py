"""Deeper · Wider · Noisier: three ideas of deep learning, running live. Start with `python app.py`."""

from __future__ import annotations

from argparse import ArgumentParser
from html import escape
from typing import Any

from visuals.page import hosting  # before gradio is imported

# isort: split
import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from models.core.runtime import hardware, use_threads
from visuals.classroom.routes import routes as of_rooms
from visuals.components.base import publish
from visuals.deeper import LESSON as DEEPER
from visuals.noisier import LESSON as NOISIER
from visuals.page import events, files, lesson, style, uploads
from visuals.page.opening.answer import FirstAnswer
from visuals.page.visitors import Leavings, presence
from visuals.wider import LESSON as WIDER

LESSONS = (DEEPER, WIDER, NOISIER)
TITLE = "Deeper · Wider · Noisier"
HEAD = f"""<div class="page-head"><h1>{TITLE}</h1>
<p>Three ideas of deep learning, running live on real networks.</p>
<button class="present" type="button">Present</button>
<button class="to-room" type="button" hidden></button>
<a class="open-room" href="class/lead" target="_blank">Open a room</a>
<span class="badge" title="Where this page computes">{escape(hardware())}</span></div>"""
LAUNCH: dict[str, Any] = {
    "theme": style.THEME,
    "head": f'<script src="{files.address("page.js")}"></script>{hosting.HEAD}',
    "app_kwargs": {
        "routes": files.routes(style.CSS, hosting.SCRIPT + uploads.SCRIPT) + of_rooms(LESSONS),
        "middleware": [
            Middleware(GZipMiddleware, minimum_size=1000),
            Middleware(FirstAnswer),
            Middleware(presence.watched),
        ],
    },
    "ssr_mode": False,
    "run_history": False,
    "enable_monitoring": False,
    "footer_links": ["api", "gradio", "settings"],
    "max_file_size": "64mb",  # above the limit of uploads.py, which says in a sentence what is too large
    "show_error": True,
    "state_session_capacity": 200,  # of which each keeps what it has changed; what the 201st puts out begins anew
} | events.AS_IT_IS


def build() -> gr.Blocks:
    """The page. A section whose weights or recorded runs cannot be read says so; the others work."""
    with events.not_served_yet(), gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        page.queue(max_size=64, api_open=False)  # here, where it has nothing to prepare yet
        head = gr.HTML(HEAD, elem_classes="page-wide", elem_id="head")
        lesson.build(page, LESSONS)
        events.end_with_visit(Leavings().give_back)
    events.guarded(page)
    events.without_progress(page, head)
    events.without_deep_links()
    publish(page)
    return page


def main() -> None:
    """Serve the page and print its address; with --class for the classroom's network, too."""
    options = ArgumentParser(description=__doc__)
    options.add_argument("--class", dest="for_a_class", action="store_true", help="serve the classroom's network, too")
    for_a_class = options.parse_args().for_a_class
    if for_a_class:
        hosting.serve_the_network()
    use_threads()
    hosting.end_when_told()
    page = build()
    _, address, _ = page.launch(**LAUNCH, server_name=hosting.served_at(), prevent_thread_lock=True)
    if for_a_class:
        print(hosting.address_for_a_class(address), flush=True)
    page.block_thread()


if __name__ == "__main__":
    main()

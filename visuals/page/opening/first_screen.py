"""The first screen as HTML: what gradio will show where a page opens, drawn before gradio is there.

Gradio needs seconds on a slow machine before it shows anything. Until then this stands in its place: the section's
heading, words and pictures, laid out by gradio's rules, which first_screen.css repeats. Nothing on it can be pressed.
components/first_screen.js draws its components, lets gradio begin, and takes it all away once gradio has drawn its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import gradio as gr
from gradio.blocks import Block, BlockContext
from gradio.layouts import Form
from markdown_it import MarkdownIt

from visuals.components.base import WAITING, Component
from visuals.page import files

TEX = re.compile(r"\$\$?[^$]+\$\$?")
DARK = """<script>{
const asked = new URLSearchParams(location.search).get('__theme');
const dark = ['dark', 'light'].includes(asked) ? asked === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
document.body.classList.toggle('dark', dark);
}</script>"""  # as gradio decides it

# Where the screen's script cannot be fetched.
ALONE = "const screen = document.getElementById('first-screen'); screen.remove(); import(screen.dataset.gradio);"


def html(page: gr.Blocks, selected: Mapping[int, str], chosen: Mapping[int, Any], gradio: str) -> str:
    """The first screen of a page; `selected` names the tabs that are open, `gradio` is the address of its script.

    `chosen` is what is marked in rows of choices, where a link may set it.
    """
    scope = f"gradio-container-{gr.__version__.replace('.', '-')}"  # of gradio's rules for text
    parts = "".join(_block(child, selected, chosen) for child in page.children)
    return f"""{DARK}
<div id="first-screen" class="first-screen gradio-container {scope}" data-gradio="{gradio}" inert aria-hidden="true">
<main class="main"><div class="column">{parts}</div></main>
<p class="loading">The controls are on their way …</p>
</div>
<script type="module" async src="{files.address("first_screen.js")}" onerror="{escape(ALONE)}"></script>
"""


def shown(block: Block, selected: Mapping[int, str]) -> Iterator[Block]:
    """The children of a block that are on the screen: all that are visible, and of tabs the one that is open."""
    closed = isinstance(block, gr.Accordion) and not block.open
    for child in block.children if isinstance(block, BlockContext) and not closed else ():
        if child.visible and (not isinstance(child, gr.Tab) or child.id == selected.get(block._id)):
            yield child


def _block(block: Block, selected: Mapping[int, str], chosen: Mapping[int, Any]) -> str:
    """A block with all within it. What can be pressed is drawn with its label alone, and in its size."""
    inside = "".join(_block(child, selected, chosen) for child in shown(block, selected))
    match block:
        case gr.Tab():
            return _tag(block, f'<div class="column">{inside}</div>', "tabitem")
        case gr.Accordion():
            return _tag(block, f"<span>{escape(str(block.label or ''))}</span>{inside}", "fold")
        case Component() if block.DRAWN_EARLY:
            drawn = escape(json.dumps({"name": block.NAME, "value": block.early_value()}))
            return _tag(block, _text(block, "", f' data-drawn="{drawn}"'))
        case gr.HTML() if isinstance(block.value, str) and block.value != WAITING:
            return _tag(block, _text(block, block.value))
        case gr.HTML():
            return _tag(block, "", "undrawn")
        case Form() if not inside:
            return ""
        case BlockContext():
            return _tag(block, inside, block.get_block_name())
        case gr.Markdown():
            return _tag(block, _text(block, markdown(block.value or "")))
        case gr.Button() | gr.UploadButton():
            return _tag(block, escape(str(block.value or block.label)), f"press {block.variant} {block.size}")
        case gr.Radio():
            looks = {value: "" for _, value in block.choices} | {chosen.get(block._id, block.value): ' class="chosen"'}
            choices = "".join(f"<span{looks[value]}>{escape(str(name))}</span>" for name, value in block.choices)
            return _tag(block, f'{_title(block)}<div class="wrap">{choices}</div>', "field")
        case gr.Slider():
            return _tag(block, _title(block), "field slider")
        case gr.Dropdown() | gr.Number():
            box = '<div class="box"></div>'
            return _tag(block, _title(block) + box, "field") if block.container else _tag(block, box)
        case gr.State():
            return ""
    return _tag(block, "", "undrawn")


def markdown(text: str) -> str:
    """Words as HTML. Formulas, which take a script, keep their room."""
    return TEX.sub(r'<span class="formula">\g<0></span>', MarkdownIt("commonmark").enable("table").render(text))


def _title(block: gr.components.Component) -> str:
    return f'<div class="title">{escape(str(block.label or ""))}</div>'


def _text(block: Block, content: str, attributes: str = "") -> str:
    """As gradio puts HTML on the page."""
    style = [] if isinstance(block, Component) else ["prose", "gradio-style"]
    classes = " ".join([*style, *(block.elem_classes or ())])
    return f'<div class="html-container"><div class="{classes}"{attributes}>{content}</div></div>'


def _tag(block: Block, inside: str, kind: str = "block") -> str:
    classes = " ".join([kind, *(block.elem_classes or ())])
    scale, least = getattr(block, "scale", None), getattr(block, "min_width", None)
    room = f"flex-grow: {scale};" if scale is not None else ""
    room += f"min-width: min({least}px, 100%)" if least is not None else ""
    twin = f' data-twin="{block.elem_id}"' if block.elem_id else ""
    tag = "button" if kind.startswith("press") else "div"  # as rules for its neighbours tell them apart
    return f'<{tag} class="{classes}" style="{room}"{twin}>{inside}</{tag}>'

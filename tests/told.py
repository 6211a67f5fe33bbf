"""What the page says: the words of its blocks, also those that are computed once somebody looks at them."""

from __future__ import annotations

import json
import re

import gradio as gr
from gradio.blocks import Block

from visuals.page import files


def words_of(block: Block) -> str:
    """The words of a block of text, "" of any other."""
    if not isinstance(block, (gr.HTML, gr.Markdown)) or not isinstance(block.value, str):
        return ""
    later = re.search(r"values/(\w+)\.json", getattr(block, "js_on_load", None) or "")
    return json.loads(files._content(later[1])) if later else block.value

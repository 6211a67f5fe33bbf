"""How it looks: colours by role, theme, page-wide CSS, and the labels that say where a number comes from."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import gradio as gr

from models.core.artifacts import Certificate

# Okabe & Ito's colours, told apart with any colour vision. A role has the same colour everywhere.
COLOURS = {
    "plain": "#D55E00",
    "residual": "#0072B2",
    "1x1": "#E69F00",
    "3x3": "#009E73",
    "5x5": "#CC79A7",
    "pool": "#56B4E9",
    "signal": "#0072B2",
    "noise": "#767676",
}

MONO = ("ui-monospace", "Consolas", "monospace")  # the numbers beside sliders alone are set in it: no font to fetch
THEME = gr.themes.Default(primary_hue="blue", neutral_hue="slate", font_mono=MONO).set(
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    block_label_text_color="*neutral_700",
    block_title_text_color="*neutral_700",
    input_placeholder_color="*neutral_500",
    checkbox_border_color="*neutral_500",
    checkbox_border_color_dark="*neutral_400",
    link_text_color_dark="*primary_400",  # legible on what unfolds as well
    link_text_color_active_dark="*primary_300",
    link_text_color_visited_dark="*primary_400",
    color_accent="*primary_700",
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover_dark="*primary_600",
    button_cancel_background_fill="#b91c1c",
    button_cancel_background_fill_dark="#b91c1c",
    button_cancel_background_fill_hover="#991b1b",
    button_cancel_text_color="white",
)

_roles = "".join(f"--role-{role}: {colour};" for role, colour in COLOURS.items())
ROLES = f":root {{{_roles}}}\n"
# A rule for a part of the page by its id holds for its twin on the first screen, too (see opening/first_screen.py). No
# part has a colour's name.
ID = re.compile(r"#(?![0-9a-f]{3,8}\b)([a-z][\w-]*)")
_sheets = [Path(__file__).parent / name for name in ("style.css", "present.css", "opening/first_screen.css")]
_own, _present, _first = (path.read_text("utf-8") for path in _sheets)
CSS = ROLES + ID.sub(r":is(#\1, [data-twin=\1])", _own) + _present + _first

EVERY = re.compile(r"\b(\d[\d,]*) of \1(?![\d,])")  # as a certificate's data has it where nothing was left out
TIMES = re.compile(r"(?<=\d) x (?=\d)")  # between the sides of its pictures


NOW, EARLIER = "measured now", "measured earlier"

# Classes of what waits until its tab's question is answered, skipped or switched off, and of what stands there so long.
ONCE_GUESSED, UNTIL_GUESSED = "once-guessed", "until-guessed"
# The same for a section that has a question of its own.
ONCE_GUESSED_HERE, UNTIL_GUESSED_HERE = "once-guessed-here", "until-guessed-here"
# Of what a link may change: it is not seen before.
AFTER_LINK = "after-link"
# Of the column with a question: beside the picture, and above it where there is no room beside it.
ASKS = "asks"


def measured(detail: str = "") -> str:
    """Label for what was computed in this visit."""
    return _truth("measured", NOW, detail)


def at_start(detail: str = "") -> str:
    """Label for what was computed on this machine before the visit, or when somebody first asked for it."""
    return _truth("measured", EARLIER, detail)


def again(said: str) -> str:
    """What is said of a run that was computed before, when it is asked for once more."""
    return told("This very run was computed here before.", announce=False) + said.replace(NOW, EARLIER)


def recorded(certificate: Certificate, detail: str = "") -> str:
    """Label for a run that this project made: on what data and hardware."""
    return _truth("recorded", "recorded", detail or f"{data_of(certificate)}; {certificate.hardware}")


def data_of(certificate: Certificate) -> str:
    """On what data a run was made, as the page writes it."""
    return TIMES.sub(" × ", EVERY.sub(r"all \1", certificate.data))


def paper(source: str) -> str:
    """Label for a number printed in a paper; `source` names the paper and its table or figure."""
    return _truth("paper", "from the paper", source)


def derived(detail: str) -> str:
    """Label for what follows by arithmetic alone from numbers that are given, such as the widths of a paper's table."""
    return _truth("derived", "worked out", detail)


def table(title: str, head: list[str], body: list[list[str]]) -> str:
    """HTML of a table with a caption. The first cell of a row names it; cells may hold HTML."""
    top = "".join(f'<th scope="col">{cell}</th>' if cell else "<td></td>" for cell in head)
    rows = "".join(
        f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest) + "</tr>"
        for first, *rest in body
    )
    return scrolling(title, f"<caption>{title}</caption><thead><tr>{top}</tr></thead><tbody>{rows}</tbody>")


def scrolling(title: str, content: str) -> str:
    """A table, given by what stands between its tags, that scrolls sideways in its frame on a narrow screen."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>{content}</table></div>'


def notice(sentence: str) -> str:
    """A problem, told where the visitor looks."""
    return f'<div class="notice" role="alert">{escape(sentence)}</div>'


def told(text: str, announce: bool = True) -> str:
    """A sentence; `announce`: a screen reader says it at once."""
    role = ' role="status"' if announce else ""
    return f'<p class="told"{role}>{escape(text)}</p>'


def unguessed(address: str, title: str) -> str:
    """Where the question is for which a section waits. rail.js opens the section by the button."""
    asked = f'<a href="{escape(address)}" target="_blank">{escape(title)}</a>'
    shown = '<button type="button" class="unguessed">Show it without a guess</button>'
    end = "" if title.endswith("?") else "."
    return f"<p>This section gives away the answer to a question. Guess first: {asked}{end}</p><p>{shown}</p>"


def heard(text: str) -> str:
    """A sentence for a screen reader alone, which says it at once."""
    return f'<p class="heard" role="status">{escape(text)}</p>'


def _truth(kind: str, label: str, detail: str) -> str:
    return f'<span class="truth {kind}"><b>{label}</b> {escape(detail)}</span>'

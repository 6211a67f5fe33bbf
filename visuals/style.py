"""How it looks: colours by role, theme, page-wide CSS, and the labels that say where a number comes from."""

from __future__ import annotations

from html import escape

import gradio as gr

from models.artifacts import Certificate

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

THEME = gr.themes.Default(primary_hue="blue", neutral_hue="slate").set(
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    block_label_text_color="*neutral_700",
    block_title_text_color="*neutral_700",
    input_placeholder_color="*neutral_500",
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
CSS = f"""
:root {{ {_roles} --measure: 70ch; --card: var(--background-fill-secondary); }}
.dark {{ --role-noise: #a3a3a3; }}
.gradio-container {{ max-width: 1400px !important; margin-inline: auto; }}
.prose {{ max-width: var(--measure); font-size: 1.02rem; line-height: 1.6; }}
.prose h2, .prose h3 {{ line-height: 1.25; margin-top: 1.4em; }}
.prose table {{ font-variant-numeric: tabular-nums; }}
.page-head {{ display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }}
.page-head h1 {{ font-size: 1.75rem; font-weight: 650; letter-spacing: -.01em; margin: 0; }}
.page-head p {{ margin: 0; color: var(--body-text-color-subdued); }}
.badge {{ margin-left: auto; border: 1px solid var(--border-color-primary); border-radius: 999px;
  padding: .1rem .7rem; font-size: .85rem; color: var(--body-text-color-subdued); white-space: nowrap; }}
.truth {{ display: inline-flex; gap: .5ch; align-items: baseline; font-size: .85rem; line-height: 1.4;
  color: var(--body-text-color-subdued); }}
.truth b {{ border: 1px solid currentColor; border-radius: 4px; padding: 0 .45ch; font-weight: 600; white-space: nowrap; }}
.truth.measured b {{ border-style: solid; }}
.truth.recorded b {{ border-style: dashed; }}
.truth.paper b {{ border-style: double; border-width: 3px; }}
.notice {{ border-left: 4px solid #b91c1c; padding: .6rem .9rem; max-width: var(--measure);
  background: var(--background-fill-secondary); color: var(--body-text-color); }}
.dark .notice {{ border-left-color: #fca5a5; }}
button[role=tab] {{ font-size: 1.05rem; }}
button[role=tab].selected {{ color: var(--primary-700) !important; font-weight: 600; }}
.dark button[role=tab].selected {{ color: var(--primary-300) !important; }}
.info-text, [data-testid=max-value], [data-testid=min-value], .or {{ color: var(--body-text-color-subdued) !important; }}
canvas {{ max-width: 100%; height: auto; }}
"""


def measured(detail: str = "") -> str:
    """Label for what was computed in this visit."""
    return _truth("measured", "measured now", detail)


def recorded(certificate: Certificate, detail: str = "") -> str:
    """Label for a run that this project made: on what data and hardware."""
    return _truth("recorded", "recorded", detail or f"{certificate.data}; {certificate.hardware}")


def paper(source: str) -> str:
    """Label for a number printed in a paper; `source` names the paper and its table or figure."""
    return _truth("paper", "from the paper", source)


def notice(sentence: str) -> str:
    """A problem, told where the visitor looks."""
    return f'<div class="notice" role="alert">{escape(sentence)}</div>'


def _truth(kind: str, label: str, detail: str) -> str:
    return f'<span class="truth {kind}"><b>{label}</b> {escape(detail)}</span>'

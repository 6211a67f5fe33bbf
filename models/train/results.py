"""Write assets/README.md from the certificates: python -m models.train.results. Needs no torch.

`results.md` beside this file is the text, and all its numbers are fields. A row of results ends with its certificate,
as in `| what | {m[loss]:.2f} | runs/NAME |`, where `m` are the metrics; anywhere, `c[NAME]` is a certificate, with
`minutes` beside its `seconds`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).resolve().parents[2] / "assets"
TEXT = Path(__file__).with_suffix(".md")
ROW = re.compile(r"\| (.+) \| (.+) \| ((?:runs|weights)/[\w-]+) \|")
NOT_A_RESULT = {"log", "seed", "steps", "images_seen", "parameters"}  # metrics that a row without words leaves out


class Part:
    """A part of a certificate whose parts a format string names; a list of numbers is formatted one by one."""

    def __init__(self, value: Any):
        self._value = value

    def __getitem__(self, key: str | int) -> Part:
        return Part(self._value[str(key) if isinstance(self._value, dict) else key])

    def __format__(self, spec: str) -> str:
        values = self._value if isinstance(self._value, list) else [self._value]
        return ", ".join("not a number" if value is None else format(value, spec) for value in values)


def certificates() -> dict[str, dict[str, Any]]:
    """What `assets/*/*.json` say, by folder and name."""
    paths = sorted(ASSETS.glob("*/*.json"))
    return {f"{path.parent.name}/{path.stem}": json.loads(path.read_text(encoding="utf-8")) for path in paths}


def render(text: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    """The text with every field filled in. A certificate that has no row of its own gets one after the last.

    Raises KeyError for a certificate or a metric that there is not.
    """
    known = {name.partition("/")[2]: Part({**c, "minutes": c["seconds"] / 60}) for name, c in found.items()}
    lines, rows = [], {}
    for line in text.splitlines():
        row = ROW.fullmatch(line)
        if row is None:
            lines.append(line.format(c=known))
            continue
        what, result, name = row.groups()
        lines.append(_row(what, result.format(m=Part(found[name]["metrics"]), c=known), name, found[name]))
        rows[name] = len(lines)
    end = max(rows.values(), default=len(lines))
    lines[end:end] = [_row(_words(name), _all(c), name, c) for name, c in found.items() if name not in rows]
    return "\n".join(lines) + "\n"


def _row(what: str, result: str, name: str, certificate: Mapping[str, Any]) -> str:
    return f"| {what} | {result} | `{_command(certificate['command'])}` | `{name}.json` |"


def _command(command: str) -> str:
    """A command with DIR for the data, and without what says where and how fast it ran."""
    return re.sub(r" --(?:threads|checkpoints) \S+", "", re.sub(r"--data \S+", "--data DIR", command))


def _words(name: str) -> str:
    return name.partition("/")[2].replace("-", " ").capitalize()


def _all(certificate: Mapping[str, Any]) -> str:
    return "; ".join(_metrics(certificate["metrics"])) or "see the page"


def _metrics(part: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for key, value in part.items():
        name = f"{before} {key.replace('_', ' ')}".strip()
        if isinstance(value, Mapping):
            yield from _metrics(value, name)
        elif key not in NOT_A_RESULT:
            values = value if isinstance(value, list) else [value]
            yield f"{name}: {', '.join(map(str, values))}"


def main() -> None:
    (ASSETS / "README.md").write_text(render(TEXT.read_text(encoding="utf-8"), certificates()), encoding="utf-8")


if __name__ == "__main__":
    main()

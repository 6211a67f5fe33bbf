"""What a section shows at first, measured in a real browser: python -m tests.stage URL deeper/signal wider/see

prints it for these sections of the page that is served at URL, or for all of them.

Words: what a reader reads, as it stands open: paragraphs, lists, captions, outcome sentences, notices. Not counted are
headings, names and hints of controls, answers to choose from, chart texts with their readings, tables, formulas,
numbers that stand alone, and labels of origin. The rail, the line that the sections of a lesson share, and the pager
stand outside a section.

End: where the stage ends, in px from the top of the page, in a window of 1280 x 720: the lowest of everything that
stands outside a fold. What a chart offers below itself, to save it and its numbers as a table, may lie lower.

Both are measured before the lesson's question is answered and after; the larger one counts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

from tests.conftest import ASKS
from tests.looks import DESKTOP, PHONE, small_letters, small_targets

WORDS, HEIGHT = 120, 720  # at most: words that are open, px to the stage's end
WINDOW, NARROW, LOW = (1280, HEIGHT), (390, 844), (1280, 400)
PARTS = ".parts > .tab-wrapper [role=tab]"  # of a section that has more than a screen
PICTURE = 150, 80  # px: what is smaller is no picture
WHEEL = 60  # px: how far it is turned

# Once everything has come and nothing has moved for some frames.
SETTLED = """panel => new Promise(done => {
  let last = '', same = 0;
  const look = () => {
    const parts = [...panel.querySelectorAll('.component')].filter(part => part.checkVisibility());
    const playing = [...panel.querySelectorAll('button.play')].some(button => button.textContent === 'Pause');
    const come = !playing && parts.every(part => part.firstElementChild) && !panel.textContent.includes('Computing …');
    const now = [innerWidth, panel.scrollHeight, document.documentElement.scrollHeight].join();
    same = come && now === last ? same + 1 : 0;
    last = now;
    same < 8 ? requestAnimationFrame(look) : done();
  };
  look();
})"""
# The texts that are read, and where the stage ends with what stands there.
SHOWN = r"""panel => {
  const apart = ['button, label, fieldset, select, svg, table, summary, output, nav, style, script',
    'h1, h2, h3, h4, h5, h6', '[role=radiogroup], [role=listbox], [data-testid=block-info], [data-testid=block-label]',
    '.legend, .scale, .downloads, .truth, .katex, .formula, .heard'].join();
  const folds = 'details, .downloads, :has(> button.label-wrap)';
  const seen = node => node.checkVisibility({ visibilityProperty: true });
  const texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT), words = [];
  const drawn = [...panel.querySelectorAll('svg, canvas, img, input, button')];
  while (texts.nextNode()) {
    const { data, parentElement: place } = texts.currentNode;
    if (!data.trim() || !seen(place)) continue;
    const read = /[a-z]/i.test(data) || (place.matches('.whole') && /\d/.test(data)); // a number within a sentence
    if (read && !place.closest(apart)) words.push(data.trim().replace(/^[.,;:] /, ''));
    if (!place.closest('.heard')) drawn.push(place);
  }
  const [end, lowest] = drawn.filter(each => !each.closest(folds) && seen(each))
    .map(each => [each.getBoundingClientRect(), each]).filter(([box]) => box.width && box.height)
    .map(([box, each]) => [Math.round(box.bottom + scrollY), each]).sort(([a], [b]) => b - a)[0];
  const called = lowest.textContent.trim() || lowest.outerHTML;
  return [words, end, called.slice(0, 40), document.documentElement.scrollHeight];
}"""
# The lesson's question, and that of a section which has its own.
ANSWERED = """(panel, [tab, is]) => {
  document.documentElement.toggleAttribute(`data-answered-${tab}`, is);
  const card = panel.querySelector('.once-guessed-here') && panel.querySelector('.predict');
  if (!card) return;
  card.dataset.state = is ? 'skipped' : 'open';
  card.querySelector('form').hidden = is;
  card.querySelector('.line').hidden = !is;
}"""
PICTURES = """panel => [...panel.querySelectorAll('svg, canvas, img')].filter(each => {
  const box = each.getBoundingClientRect();
  return each.checkVisibility() && box.width >= WIDE && box.height >= HIGH;
})""".replace("WIDE", str(PICTURE[0])).replace("HIGH", str(PICTURE[1]))
SCROLLS = """(picture, start) => new Promise(done => {
  const until = performance.now() + 5000;
  const look = () => {
    if (Math.abs(scrollY - start) > 5) done(true);
    else if (performance.now() > until) done(false);
    else requestAnimationFrame(look);
  };
  look();
})"""


@dataclass
class Stage:
    """What was measured of one section."""

    words: int = 0
    end: int = 0
    lowest: str = ""  # what stands at the end
    page: int = 0  # px: the height of the whole page
    text: str = ""
    letters: list = field(default_factory=list)
    letters_on_a_phone: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    wheel: list = field(default_factory=list)

    @property
    def fails(self) -> set[str]:
        """Which of the limits it breaks."""
        small = ("letters", "letters_on_a_phone", "targets", "wheel")
        return (
            ({"words"} if self.words > WORDS else set())
            | ({"height"} if self.end > HEIGHT else set())
            | {name for name in small if getattr(self, name)}
        )

    def __str__(self) -> str:
        small = {"small letters": self.letters, "on a phone": self.letters_on_a_phone, "small targets": self.targets}
        small["pictures that swallow the wheel"] = self.wheel
        more = "".join(f"\n    {name}: {found[:6]}" for name, found in small.items() if found)
        return (
            f"{self.words} words, ends at {self.end} px ({self.lowest!r}), the page at {self.page}; "
            f"fails: {', '.join(sorted(self.fails)) or 'nothing'}{more}"
        )


def measured(page: Page, panel: Locator, tab: str) -> dict[str, Stage]:
    """The open section in this panel, part by part, by their titles: "" before or without a choice of parts.

    Its lesson's question counts as answered from then on.
    """
    stages: dict[str, Stage] = {}
    for answered in (False, True):
        skip = panel.locator(".predict .skip")
        if answered and skip.is_visible():
            with page.expect_response(ASKS):
                skip.click()
        panel.evaluate(ANSWERED, [tab, answered])
        for part in opened(panel):
            stage = stages.setdefault(part, Stage())
            texts, end, lowest, height = panel.evaluate(SHOWN)
            text = " ".join(texts)
            if (count := len(text.split())) >= stage.words:
                stage.words, stage.text = count, text
            if end >= stage.end:
                stage.end, stage.lowest = end, lowest
            stage.page = max(stage.page, height)
            if answered:
                stage.letters = small_letters(page, f"#{panel.get_attribute('id')}", DESKTOP)
    page.set_viewport_size(dict(zip(("width", "height"), NARROW, strict=True)))
    for part in opened(panel):
        stages[part].letters_on_a_phone = small_letters(page, f"#{panel.get_attribute('id')}", PHONE)
        stages[part].targets = small_targets(page, f"#{panel.get_attribute('id')}")
    page.set_viewport_size(dict(zip(("width", "height"), LOW, strict=True)))
    for part in opened(panel):
        stages[part].wheel = list(swallowing(page, panel))
    page.set_viewport_size(dict(zip(("width", "height"), WINDOW, strict=True)))
    panel.evaluate("() => scrollTo(0, 0)")
    return stages


def opened(panel: Locator) -> Iterator[str]:
    """Opens each part of a section in turn, waits until nothing moves, and gives its title; "" where there are none."""
    titles = [tab.inner_text() for tab in panel.locator(PARTS).all() if tab.is_visible()]
    for title in titles or [""]:
        if title:
            panel.get_by_role("tab", name=title, exact=True).click()
        panel.evaluate(SETTLED)
        yield title


def swallowing(page: Page, panel: Locator) -> Iterator[str]:
    """The pictures over which the wheel does not scroll the page."""
    pictures = panel.evaluate_handle(PICTURES)
    for k in range(pictures.evaluate("all => all.length")):
        picture = pictures.evaluate_handle("(all, k) => all[k]", k).as_element()
        # In the middle of the window, so that there is room to scroll.
        start, room, x, y = picture.evaluate(
            """picture => {
                picture.scrollIntoView({ block: 'center', behavior: 'instant' });
                const { left, top, width, height } = picture.getBoundingClientRect(), page = document.documentElement;
                return [scrollY, page.scrollHeight - innerHeight - scrollY, left + width / 2, top + height / 2];
            }"""
        )
        page.mouse.move(x, y)
        page.mouse.wheel(0, WHEEL if room > WHEEL else -WHEEL)
        if not picture.evaluate(SCROLLS, start):
            yield picture.evaluate("picture => picture.outerHTML.slice(0, 60)")


def main(url: str, places: Sequence[str]) -> None:
    from playwright.sync_api import sync_playwright

    from tests.chromium import launched
    from tests.test_page import PLACES, open_section

    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page(viewport=dict(zip(("width", "height"), WINDOW, strict=True)))
        page.goto(url)
        for tab, section in PLACES:
            if not places or f"{tab}/{section.name}" in places:
                for part, stage in measured(page, open_section(page, tab, section), tab).items():
                    print(f"{tab}/{section.name} {part}: {stage}\n    {stage.text if places else ''}", flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

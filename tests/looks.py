"""How a part of the page is to eye and finger: the size of its letters and of what can be pressed; and a swipe."""

from __future__ import annotations

DESKTOP, PHONE = 14, 12  # px: the smallest letters of an axis or a legend there
TARGET = 24  # px: the height and width of what a finger can press

SMALL_LETTERS = """(place, least) => [...place.querySelectorAll('svg text, figcaption, .legend *, .scale *, .ways *')]
  .filter(node => node.checkVisibility())
  .filter(node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()))
  .map(node => {
    const svg = node.closest('svg'), box = svg?.viewBox.baseVal, size = parseFloat(getComputedStyle(node).fontSize);
    return [node.textContent, box?.width ? size * svg.getBoundingClientRect().width / box.width : size];
  })
  .filter(([, size]) => size < least - .1)"""

# A box or a dot is pressed through its label, and the field of a list within its frame. A link in a text is as high as
# its line.
PRESSED = "button, summary, select, input:not([role=combobox]), a[href]:not(p *, li *, td *)"
SMALL_TARGETS = f"""(place, least) => [...place.querySelectorAll('{PRESSED}')]
  .filter(node => node.checkVisibility())
  .map(node => [node, node.matches('[type=checkbox], [type=radio]') ? node.closest('label') ?? node : node])
  .map(([node, pressed]) => [node, pressed.getBoundingClientRect()])
  .filter(([, box]) => box.height && (box.height < least - .1 || box.width < least - .1))
  .map(([node, box]) => [node.outerHTML.slice(0, 80), box.width, box.height])"""


def small_letters(page, where: str, least: float) -> list:
    """Texts of the drawings and legends in there whose letters are smaller than this, with their size in px."""
    return page.locator(where).evaluate(SMALL_LETTERS, least)


def small_targets(page, where: str) -> list:
    """What can be pressed in there and is smaller than a finger needs, with its width and height in px."""
    return page.locator(where).evaluate(SMALL_TARGETS, TARGET)


def swipe(page, on, across: float, down: float) -> None:
    """A finger that comes down in the middle of `on`, which is scrolled into view, and moves that far."""
    on.scroll_into_view_if_needed()
    box = on.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)

    def send(kind: str, *points: dict[str, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for k in range(1, 11):
        send("touchMove", {"x": x + across * k / 10, "y": y + down * k / 10})
    send("touchEnd")

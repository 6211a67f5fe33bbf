// Dragging sideways on a part of the page over which a finger still scrolls it (`touch-action: pan-y` in its style).

const CLEAR = 6; // px from which a finger has moved sideways

// Calls `moved` where the part is pressed, and wherever the pointer is dragged from there. A finger that comes down may be
// about to scroll: it counts once it moves sideways, or is lifted where it came down.
export const sideways = (node, moved) => {
  let start = null, counts = false;
  node.addEventListener('pointerdown', event => {
    if (event.button) return;
    start = event;
    counts = event.pointerType !== 'touch';
    if (!counts) return;
    node.setPointerCapture(event.pointerId);
    moved(event);
  });
  node.addEventListener('pointermove', event => {
    if (!start) return;
    counts ||= Math.abs(event.clientX - start.clientX) > Math.max(CLEAR, Math.abs(event.clientY - start.clientY));
    if (counts) moved(event);
  });
  node.addEventListener('pointerup', event => {
    if (start && !counts) moved(event);
    start = null;
  });
  node.addEventListener('pointercancel', () => { start = null; });
};

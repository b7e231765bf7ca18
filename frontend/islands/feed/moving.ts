/** A wheel notch or a trackpad flick moves by exactly one slide. */

const ENOUGH_PX = 24;
const QUIET_MS = 140;
const LONGEST_MS = 900;

export function wheelSteps(element: HTMLElement, step: (by: 1 | -1) => void): () => void {
  let sum = 0;
  let lastMs = 0;
  let steppedMs = -LONGEST_MS;

  function wheel(event: WheelEvent): void {
    if (event.ctrlKey) return; // pinching to zoom stays the browser's
    event.preventDefault();
    const now = event.timeStamp; // when it was turned, however busy the page was since
    const quiet = now - lastMs > QUIET_MS;
    lastMs = now;
    if (quiet) sum = 0;
    else if (now - steppedMs < LONGEST_MS && sum === 0) return; // the tail of the flick that moved
    sum += event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    if (Math.abs(sum) < ENOUGH_PX) return;
    step(sum > 0 ? 1 : -1);
    sum = 0;
    steppedMs = now;
  }

  element.addEventListener("wheel", wheel, { passive: false });
  return () => element.removeEventListener("wheel", wheel);
}

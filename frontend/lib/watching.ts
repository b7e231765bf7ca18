/** How long a video was really watched: the picture moved, in a tab that was in front. */

export class WatchClock {
  #watchedMs = 0;
  #before: { atMs: number; positionMs: number } | undefined;

  get watchedMs(): number {
    return Math.round(this.#watchedMs);
  }

  /** Count what passed since the last call; `counts` is false while paused or hidden. */
  take(atMs: number, positionMs: number, counts: boolean): void {
    const before = this.#before;
    this.#before = counts ? { atMs, positionMs } : undefined;
    if (!counts || before === undefined) return;
    const wall = Math.max(0, atMs - before.atMs);
    const moved = positionMs - before.positionMs;
    // A jump (seek, or back to the start) is not watching; what ran beside it at most the clock.
    this.#watchedMs += moved < 0 ? Math.min(positionMs, wall) : Math.min(moved, wall);
  }
}

/** How long a video was really watched: the picture moved, in a tab that was in front. */

export class WatchClock {
  #watchedMs = 0;
  #before: { atMs: number; positionMs: number } | undefined;

  get watchedMs(): number {
    return Math.round(this.#watchedMs);
  }

  /** Count what ran since the last call; a picture that moved was playing. `shown`: in front. */
  take(atMs: number, positionMs: number, shown: boolean): void {
    const before = this.#before;
    this.#before = shown ? { atMs, positionMs } : undefined;
    if (!shown || before === undefined) return;
    const wall = Math.max(0, atMs - before.atMs);
    const moved = positionMs - before.positionMs;
    // A jump back is the start of a replay. Nothing counts for more than the clock beside it.
    this.#watchedMs += moved < 0 ? Math.min(positionMs, wall) : Math.min(moved, wall);
  }
}

/**
 * When an ad has been seen (MRC video viewability): at least half of its pixels, in the focused
 * tab, playing, for two seconds without a break. Any break starts the two seconds again.
 */

export type Sample = {
  /** A steady clock in ms. */
  atMs: number;
  /** Share of the picture's pixels inside the window, 0 to 1. */
  pixels: number;
  /** The tab is in front and its window has the focus of the screen. */
  shown: boolean;
  playing: boolean;
  /** Where the picture is; it must move, or nothing is being seen. */
  positionMs: number;
};

export type Seen = { impression: boolean; viewable: boolean };

/** From which share of the pixels, and for how long without a break. */
export type Rule = { pixels: number; ms: number };

export const MRC_VIDEO: Rule = { pixels: 0.5, ms: 2_000 };
/** Longer between two samples than this, and nobody knows what happened in between. */
const GAP_MS = 1_000;

export class ViewabilityMeter {
  readonly #rule: Rule;
  #before: Sample | undefined;
  #runMs = 0;
  #seen: Seen = { impression: false, viewable: false };

  constructor(rule: Rule = MRC_VIDEO) {
    this.#rule = rule;
  }

  get seen(): Readonly<Seen> {
    return this.#seen;
  }

  /** Take a sample; the answer says which of the two happened just now, each once per showing. */
  take(sample: Sample): Seen {
    const before = this.#before;
    this.#before = sample;
    const news: Seen = { impression: false, viewable: false };
    const good = before !== undefined && this.#isGood(before) && this.#isGood(sample);
    if (!good || !advanced(before, sample)) {
      this.#runMs = 0;
      return news;
    }
    news.impression = !this.#seen.impression; // first frames that moved in view: not by preloading
    this.#runMs += sample.atMs - before.atMs;
    news.viewable = !this.#seen.viewable && this.#runMs >= this.#rule.ms;
    this.#seen = {
      impression: this.#seen.impression || news.impression,
      viewable: this.#seen.viewable || news.viewable,
    };
    return news;
  }

  #isGood(sample: Sample): boolean {
    return sample.shown && sample.playing && sample.pixels >= this.#rule.pixels;
  }
}

function advanced(before: Sample, sample: Sample): boolean {
  return sample.atMs - before.atMs <= GAP_MS && sample.positionMs !== before.positionMs;
}

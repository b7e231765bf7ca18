/** Ads inside a video: hls.js plays what the playlist's places lead to; this tells when, and skips. */

import type HlsFull from "hls.js";
import type { Ad } from "./types.ts";

/** An ad that plays now, and from when on it may be skipped; never, where that is undefined. */
export type Roll = { ad: Ad; skipAfterMs: number | undefined };
export type RollEnd = "ended" | "skipped" | "failed";
export type Rolls = { began: (roll: Roll) => void; over: (how: RollEnd) => void };

type List = {
  ASSETS: { "X-AD"?: Ad }[];
  "SKIP-CONTROL"?: { OFFSET: number };
};

const FOLDER = "/breaks/";
const played = new Set<string>();

/** The playlist with places for ads, the first time; who comes back to a video is spared them. */
export function firstWithBreaks(playlist: string): string {
  return played.has(playlist) ? withoutBreaks(playlist) : playlist;
}

export function withoutBreaks(playlist: string): string {
  return playlist.replace(FOLDER, "/");
}

export function hasBreaks(playlist: string): boolean {
  return playlist.includes(FOLDER);
}

export class Breaks {
  readonly #hls: HlsFull;
  readonly #video: HTMLVideoElement;
  #playing = false;
  #skipped = false;
  #afterLast = false;

  constructor(library: typeof HlsFull, hls: HlsFull, video: HTMLVideoElement, rolls: Rolls) {
    this.#hls = hls;
    this.#video = video;
    const { Events } = library;
    hls.on(Events.INTERSTITIAL_ASSET_STARTED, (_name, { event, assetListIndex }) => {
      if (hls.url) played.add(hls.url.replace(location.origin, ""));
      const list = event.assetListResponse as List | null;
      const ad = list?.ASSETS[assetListIndex]?.["X-AD"];
      if (ad === undefined) return;
      const offset = list?.["SKIP-CONTROL"]?.OFFSET;
      this.#playing = true;
      rolls.began({ ad, skipAfterMs: offset === undefined ? undefined : offset * 1_000 });
    });
    const over = (how: RollEnd): void => {
      if (this.#playing) rolls.over(this.#skipped ? "skipped" : how);
      this.#playing = this.#skipped = false;
    };
    hls.on(Events.INTERSTITIAL_ASSET_ERROR, () => over("failed"));
    hls.on(Events.INTERSTITIAL_ASSET_ENDED, () => over("ended"));
    hls.on(Events.INTERSTITIAL_ENDED, (_name, { event }) => {
      if (event.cue.post) this.#afterLast = true;
    });
  }

  skip(): void {
    this.#skipped = true;
    this.#hls.interstitialsManager?.skip();
  }

  /** On the way to an ad or back: where the element stands then is no place in the video. */
  get isAway(): boolean {
    const isAd = this.#hls.interstitialsManager?.playingItem?.event !== undefined;
    return isAd || this.#video.readyState < 2 || this.#video.seeking;
  }

  /** The video is over and no ad comes any more. Told once; the element also ends with each ad. */
  get finished(): boolean {
    const pending = this.#hls.interstitialsManager?.events.some((one) => one.cue.post && !one.error);
    return !this.#playing && (this.#afterLast || (this.#video.ended && !pending));
  }

  /** After the last ad nothing is attached any more; what comes again comes without ads. */
  restart(): void {
    if (this.#afterLast) {
      this.#hls.detachMedia();
      this.#hls.loadSource(withoutBreaks(this.#hls.url ?? ""));
      this.#hls.attachMedia(this.#video);
    } else this.#video.currentTime = 0;
    this.#afterLast = false;
  }
}

/** One showing of one slide: measures, and tells the collector. */

import type { EventClient, EventType, ViewingEvent } from "../../lib/events.ts";
import { uuid7 } from "../../lib/uuid7.ts";
import { ViewabilityMeter, type Rule, type Sample } from "../../lib/viewability.ts";
import { WatchClock } from "../../lib/watching.ts";

export type Subject = {
  video: string;
  surface: ViewingEvent["surface"];
  /** The signed decision, when this is an ad. */
  token?: string;
};

const HEARTBEAT_MS = 3_000;
const QUARTERS = [0.25, 0.5, 0.75] as const;
const AD_QUARTERS = ["ad_first_quartile", "ad_midpoint", "ad_third_quartile"] as const;

export class Showing {
  readonly view = uuid7();
  readonly #events: EventClient;
  readonly #subject: Subject;
  readonly #clock = new WatchClock();
  readonly #meter: ViewabilityMeter;
  #started = false;
  #finished = false;
  #quarters = 0;
  #toldMs = 0;
  #positionMs = 0;

  constructor(events: EventClient, subject: Subject, rule: Rule) {
    this.#events = events;
    this.#meter = new ViewabilityMeter(rule);
    this.#subject = subject;
  }

  get watchedMs(): number {
    return this.#clock.watchedMs;
  }

  /** Called several times a second while the slide is in front. */
  take(sample: Sample, durationMs: number): void {
    this.#clock.take(sample.atMs, sample.positionMs, sample.shown);
    this.#positionMs = Math.round(sample.positionMs);
    if (this.#subject.token === undefined) this.#takePost(durationMs);
    else this.#takeAd(sample, durationMs);
  }

  #takePost(durationMs: number): void {
    if (!this.#started) {
      if (this.watchedMs === 0) return; // a loaded frame is no start: the picture must have moved
      this.#started = true;
      this.#tell("start");
    }
    if (this.watchedMs - this.#toldMs >= HEARTBEAT_MS) this.#tell("heartbeat");
    if (this.#isAtNextQuarter(durationMs)) {
      this.#quarters += 1;
      this.#tell("progress");
    }
  }

  /** What is told of an ad begins when it plays in view: one that was only loaded tells nothing. */
  #takeAd(sample: Sample, durationMs: number): void {
    const news = this.#meter.take(sample);
    if (news.impression) {
      this.#tell("ad_impression");
      this.#tell("ad_start");
    }
    if (news.viewable) this.#tell("ad_viewable");
    const quarter = AD_QUARTERS[this.#quarters];
    if (quarter && this.#meter.seen.impression && this.#isAtNextQuarter(durationMs)) {
      this.#quarters += 1;
      this.#tell(quarter);
    }
  }

  #isAtNextQuarter(durationMs: number): boolean {
    const quarter = QUARTERS[this.#quarters];
    return quarter !== undefined && durationMs > 0 && this.#positionMs >= quarter * durationMs;
  }

  /** The last frame was shown; the picture begins again. */
  ended(): void {
    if (this.#subject.token === undefined) {
      this.#tell("end");
      this.#tell("replay");
    } else if (!this.#finished && this.#meter.seen.impression) this.#tell("ad_end");
    this.#finished = true;
  }

  sound(muted: boolean): void {
    if (this.#subject.token === undefined) this.#tell(muted ? "mute" : "unmute");
    else if (this.#meter.seen.impression) this.#tell(muted ? "ad_mute" : "ad_unmute");
  }

  /** It could not be played to its end: that is nobody's choice, and nothing is told. */
  failed(): void {
    this.#finished = true;
  }

  clicked(): void {
    this.#tell("ad_click");
  }

  /** Paused, hidden or swiped away: say how far it came. */
  rested(): void {
    if (this.#started && this.watchedMs > this.#toldMs) this.#tell("heartbeat");
  }

  /** An ad plays in its place: where the picture is afterwards was not moved to. */
  interrupted(): void {
    this.rested();
    this.#clock.take(0, 0, false);
  }

  left(): void {
    this.rested();
    const skipped = this.#subject.token !== undefined && this.#meter.seen.impression;
    if (skipped && !this.#finished) this.#tell("ad_skip");
  }

  #tell(type: EventType): void {
    const { video, surface, token } = this.#subject;
    this.#toldMs = this.watchedMs;
    this.#events.add({
      type,
      video,
      view: this.view,
      watched_ms: this.watchedMs,
      position_ms: this.#positionMs,
      surface,
      ...(token === undefined ? {} : { ad: token }),
    });
  }
}

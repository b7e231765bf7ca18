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
    else this.#takeAd(sample);
  }

  #takePost(durationMs: number): void {
    if (!this.#started) {
      if (this.watchedMs === 0) return; // a loaded frame is no start: the picture must have moved
      this.#started = true;
      this.#tell("start");
    }
    if (this.watchedMs - this.#toldMs >= HEARTBEAT_MS) this.#tell("heartbeat");
    const quarter = QUARTERS[this.#quarters];
    if (quarter !== undefined && durationMs > 0 && this.#positionMs >= quarter * durationMs) {
      this.#quarters += 1;
      this.#tell("progress");
    }
  }

  #takeAd(sample: Sample): void {
    const news = this.#meter.take(sample);
    if (news.impression) this.#tell("ad_impression");
    if (news.viewable) this.#tell("ad_viewable");
  }

  /** The last frame was shown; the picture begins again. */
  ended(): void {
    if (this.#subject.token === undefined) {
      this.#tell("end");
      this.#tell("replay");
    } else if (!this.#finished) this.#tell("ad_end");
    this.#finished = true;
  }

  sound(muted: boolean): void {
    if (this.#subject.token === undefined) this.#tell(muted ? "mute" : "unmute");
  }

  clicked(): void {
    this.#tell("ad_click");
  }

  /** Paused, hidden or swiped away: say how far it came. */
  rested(): void {
    if (this.#started && this.watchedMs > this.#toldMs) this.#tell("heartbeat");
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

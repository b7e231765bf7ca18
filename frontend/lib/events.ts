/**
 * Viewing facts on their way to the collector.
 *
 * An event is kept in localStorage until the collector has said 202 (it says so after fsync). It is
 * sent in batches every two seconds; when the page goes away a beacon carries what is left; what
 * was not acknowledged goes again with the next page, under the same ids, and counts once.
 *
 * Where the device's clock is wrong, the collector refuses the batch and names the offset, which
 * goes with every batch from then on: the ids stay as they are, and the collector moves their times.
 */

import { uuid7 } from "./uuid7.ts";

export type EventType =
  | "start" | "heartbeat" | "progress" | "replay" | "end" | "mute" | "unmute" | "not_interested"
  | "ad_impression" | "ad_viewable" | "ad_start" | "ad_first_quartile" | "ad_midpoint"
  | "ad_third_quartile" | "ad_mute" | "ad_unmute" | "ad_click" | "ad_skip" | "ad_end";

export type ViewingEvent = {
  id: string;
  type: EventType;
  video: string;
  view: string;
  watched_ms: number;
  position_ms: number;
  surface: "feed" | "profile" | "link" | "search" | "promoted";
  ad?: string;
};

export type Outside = {
  send: (body: string) => Promise<Response>;
  beacon: (body: string) => boolean;
  store: Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;
  now: () => number;
};

/** An event, and the offset that it was or will be sent with. */
type Waiting = { event: ViewingEvent; offset: number };
type Kept = { savedMs: number; waiting: Waiting[] };

const URL_OF_COLLECTOR = "/e";
const PREFIX = "takings_events:";
const FLUSH_MS = 2_000;
const ORPHAN_MS = 15_000;
const BATCH = 100;
export const QUEUE_LIMIT = 1_000;
const BACKOFF_MS = 1_000;
const BACKOFF_LIMIT_MS = 60_000;

export const browser: Outside = {
  send: (body) =>
    fetch(URL_OF_COLLECTOR, {
      method: "POST",
      body,
      keepalive: body.length < 60_000, // a browser carries at most 64 KiB past the end of a page
      headers: { "Content-Type": "application/json" },
    }),
  beacon: (body) => navigator.sendBeacon(URL_OF_COLLECTOR, body),
  get store() {
    return localStorage;
  },
  now: () => Date.now(),
};

export class EventClient {
  readonly #outside: Outside;
  readonly #key = `${PREFIX}${uuid7()}`;
  #waiting: Waiting[] = [];
  #offset = 0;
  /** Views of which something is acknowledged, and under which offset: another would split them. */
  readonly #begun = new Map<string, number>();
  #sending = new Set<string>();
  #failures = 0;
  #notBefore = 0;
  #gone = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(outside: Outside = browser) {
    this.#outside = outside;
  }

  /** Begin the regular flush, and take over what a page that is gone left behind. */
  start(): void {
    this.adopt();
    this.#timer ??= setInterval(() => void this.flush(), FLUSH_MS);
    addEventListener("online", this.#online);
    addEventListener("pagehide", this.#leave);
    addEventListener("pageshow", this.#back);
    document.addEventListener("visibilitychange", this.#hidden);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    removeEventListener("online", this.#online);
    removeEventListener("pagehide", this.#leave);
    removeEventListener("pageshow", this.#back);
    document.removeEventListener("visibilitychange", this.#hidden);
    this.leave();
  }

  get waiting(): readonly ViewingEvent[] {
    return this.#waiting.map(({ event }) => event);
  }

  add(fact: Omit<ViewingEvent, "id">): void {
    if (this.#isSplit(fact.view, this.#offset)) return; // the clock was set during this view
    const event = { id: uuid7(this.#outside.now()), ...fact };
    this.#waiting.push({ event, offset: this.#offset });
    this.#trim();
    this.#save();
  }

  /** Send one batch and forget it once it is acknowledged. */
  async flush(): Promise<void> {
    if (this.#gone || this.#sending.size > 0 || this.#outside.now() < this.#notBefore) return;
    const batch = nextBatch(this.#waiting);
    if (batch.length === 0) return;
    this.#sending = new Set(batch.map(({ event }) => event.id));
    try {
      await this.#answered(batch, await this.#outside.send(this.#body(batch)));
    } catch {
      this.#backOff(0);
    } finally {
      this.#sending.clear();
    }
    if (this.#failures === 0 && this.#waiting.length > 0) await this.flush();
  }

  /** The page may end now: a beacon takes what no request carries yet. It stays stored. */
  leave(): void {
    const left = nextBatch(this.#waiting.filter(({ event }) => !this.#sending.has(event.id)));
    if (left.length > 0) this.#outside.beacon(this.#body(left));
  }

  /** Take the events of pages that ended before they were acknowledged. */
  adopt(): void {
    const store = this.#outside.store;
    const keys = Array.from({ length: store.length }, (_, n) => store.key(n) ?? "");
    for (const key of keys.filter((name) => name.startsWith(PREFIX) && name !== this.#key)) {
      const kept = readKept(store.getItem(key));
      if (this.#outside.now() - kept.savedMs < ORPHAN_MS) continue; // that page may still live
      this.#waiting.push(...kept.waiting);
      store.removeItem(key);
    }
    this.#trim();
    this.#save();
  }

  readonly #online = (): void => {
    this.#notBefore = 0;
    void this.flush();
  };

  /** Chromium tells pagehide before it tells hidden: what the beacon took is not sent twice. */
  readonly #leave = (): void => {
    this.leave();
    this.#gone = true;
  };

  readonly #back = (): void => {
    this.#gone = false;
  };

  /** Hidden is the last thing a phone tells; the request outlives the page, and its answer counts. */
  readonly #hidden = (): void => void this.flush();

  #body(batch: Waiting[]): string {
    const events = batch.map(({ event }) => event);
    const offset_ms = batch[0]?.offset ?? 0;
    return JSON.stringify({ v: 2, sent_ms: this.#outside.now(), offset_ms, events });
  }

  async #answered(batch: Waiting[], response: Response): Promise<void> {
    const refusedForGood = response.status === 400 || response.status === 422;
    const right = response.status === 422 ? await offsetTold(response) : undefined;
    if (right !== undefined) {
      this.#setClock(batch[0]?.offset ?? 0, right);
      this.#backOff(0);
    } else if (response.ok || refusedForGood || (response.status === 413 && batch.length === 1)) {
      if (response.ok) for (const { event, offset } of batch) this.#begun.set(event.view, offset);
      const done = new Set(batch.map(({ event }) => event.id));
      this.#waiting = this.#waiting.filter(({ event }) => !done.has(event.id));
      this.#failures = 0;
      this.#save();
    } else {
      this.#backOff(Number(response.headers.get("Retry-After") ?? 0) * 1_000);
    }
  }

  /** What was refused under the wrong offset goes again under the right one. */
  #setClock(wrong: number, right: number): void {
    if (this.#offset === wrong) this.#offset = right;
    this.#waiting = this.#waiting
      .map((one) => (one.offset === wrong ? { ...one, offset: right } : one))
      .filter(({ event, offset }) => !this.#isSplit(event.view, offset));
    this.#save();
  }

  #isSplit(view: string, offset: number): boolean {
    return (this.#begun.get(view) ?? offset) !== offset;
  }

  #backOff(askedMs: number): void {
    const own = Math.min(BACKOFF_MS * 2 ** this.#failures, BACKOFF_LIMIT_MS);
    this.#failures += 1;
    this.#notBefore = this.#outside.now() + Math.max(askedMs, own * (0.75 + Math.random() / 2));
  }

  /** A heartbeat says how much was watched so far, so a later one makes the earlier ones needless. */
  #trim(): void {
    if (this.#waiting.length <= QUEUE_LIMIT) return;
    const lastBeat = new Map<string, string>();
    for (const { event } of this.#waiting)
      if (event.type === "heartbeat") lastBeat.set(event.view, event.id);
    this.#waiting = this.#waiting.filter(
      ({ event }) => event.type !== "heartbeat" || lastBeat.get(event.view) === event.id,
    );
    this.#waiting = this.#waiting.slice(-QUEUE_LIMIT);
  }

  #save(): void {
    try {
      if (this.#waiting.length === 0) this.#outside.store.removeItem(this.#key);
      else {
        const kept: Kept = { savedMs: this.#outside.now(), waiting: this.#waiting };
        this.#outside.store.setItem(this.#key, JSON.stringify(kept));
      }
    } catch {
      // Storage is full or forbidden: the events still wait in memory and go with the next flush.
    }
  }
}

/** The first events that wait, as many as go under one offset. */
function nextBatch(waiting: Waiting[]): Waiting[] {
  return waiting.filter(({ offset }) => offset === waiting[0]?.offset).slice(0, BATCH);
}

/** The offset that the collector names when the clock is wrong. */
async function offsetTold(response: Response): Promise<number | undefined> {
  const told = (await response.json()) as { code?: string; offset_ms?: number };
  return told.code === "clock_is_wrong" ? told.offset_ms : undefined;
}

function readKept(text: string | null): Kept {
  try {
    const { savedMs, waiting = [] } = JSON.parse(text ?? "") as Partial<Kept>;
    return { savedMs: savedMs ?? 0, waiting };
  } catch {
    return { savedMs: 0, waiting: [] };
  }
}

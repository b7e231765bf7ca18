/**
 * What happens now in a room or on a video, as the server tells it.
 *
 * However many parts of a page listen, a tab has one open stream for each address. The browser
 * comes back by itself and says what it heard last; where it gives up (a refusal is final to it),
 * we try again, ever more seldom. `missed` is called when it was away for too long: look again.
 */

export type Heard = (body: Record<string, unknown>) => void;

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

export class Live {
  readonly #path: string;
  readonly #heard = new Map<string, Set<Heard>>();
  readonly #missed = new Set<() => void>();
  readonly #standing = new Map<string, Record<string, unknown>>();
  #source: EventSource | undefined;
  #last: string;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How far the server's clock is before ours. */
  aheadMs = 0;

  constructor(path: string, after: number) {
    this.#path = path;
    this.#last = String(after);
    this.on("hello", (body) => (this.aheadMs = Number(body["now"]) - Date.now()));
    this.on("presence", (body) => this.#standing.set("presence", body));
    this.#open();
  }

  /** The instant by the server's clock, in milliseconds. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  /** Call `heard` for each event of a kind; returns how to stop. */
  on(kind: string, heard: Heard): () => void {
    const all = this.#heard.get(kind) ?? new Set();
    this.#heard.set(kind, all.add(heard));
    const standing = this.#standing.get(kind);
    if (standing) heard(standing);
    return () => all.delete(heard);
  }

  onMissed(missed: () => void): () => void {
    this.#missed.add(missed);
    return () => this.#missed.delete(missed);
  }

  /** Whether what happens is heard; else a page asks by itself. */
  get isOpen(): boolean {
    return this.#source?.readyState === EventSource.OPEN;
  }

  /** Begin anew, where who listens or what they may hear has changed. */
  reopen(): void {
    this.close();
    this.#open();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #open(): void {
    const source = new EventSource(`${this.#path}?after=${this.#last}`);
    this.#source = source;
    source.onmessage = (event: MessageEvent<string>) => {
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#remember(event);
      const told = JSON.parse(event.data) as [string, Record<string, unknown>][];
      for (const [kind, body] of told) for (const heard of this.#heard.get(kind) ?? []) heard(body);
    };
    source.addEventListener("resync", (event: MessageEvent<string>) => {
      this.#remember(event);
      for (const missed of this.#missed) missed();
    });
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      this.#timer = setTimeout(() => this.#open(), this.#pauseMs * (0.75 + Math.random() / 2));
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    };
  }

  #remember(event: MessageEvent<string>): void {
    if (event.lastEventId) this.#last = event.lastEventId;
  }
}

const open = new Map<string, Live>();

/** Listen to `room` or `video` with this id, from the event on that the page was written with. */
export function listen(topic: "room" | "video", id: string, after: number): Live {
  return listenAt(`/live/stream/${topic}/${id}`, after);
}

/** Listen to the stream at this address. */
export function listenAt(path: string, after: number): Live {
  const live = open.get(path) ?? new Live(path, after);
  open.set(path, live);
  return live;
}

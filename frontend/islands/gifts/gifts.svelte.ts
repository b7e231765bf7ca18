/** The gifts of one video in this tab: what may be sent, what is sent, and what others send. */

import { api, ApiError } from "../../lib/api.ts";
import { Live } from "../../lib/live.ts";
import { uuid7 } from "../../lib/uuid7.ts";

export type Kind = { slug: string; name: string; art: string; image: string; motion: string; coins: number };

type Goal = { title: string; came: number; asked: number };

type Tray = {
  handle: string;
  kinds: Kind[];
  paid: number;
  bonus: number;
  token: string;
  message_chars: number;
  undo_seconds: number;
  closed: string;
  level: string;
  goals: Goal[];
  is_anonymous: boolean;
};

/** A gift as everybody is told of it. */
export type Shown = {
  id: string;
  name: string;
  art: string;
  motion: string;
  coins: number;
  combo: number;
  sender: string;
  /** What the sender is to the creator; empty for nothing. */
  badge: string;
  message: string;
};

type Sent = { id: string; combo: number; message: string; coins: number; undo_until_ms: number; held_why: string };

const MOST_SHOWN = 3;
const SHOWN_MS = 4_000;
const LARGE_COINS = 1_000;
/** Beyond every number: the stream says that we missed something, and goes on from now. */
const FROM_NOW = Number.MAX_SAFE_INTEGER;

export class Gifts {
  readonly #video: string;
  readonly #room: string | null;
  shown = $state<Shown[]>([]);
  tray = $state<Tray>();
  trouble = $state("");
  busy = $state(false);
  /** What was sent last, as long as it can be undone. */
  last = $state<{ id: string; name: string; combo: number }>();
  told = $state("");
  #undo: ReturnType<typeof setTimeout> | undefined;

  /** `room`: where the video is watched together. */
  constructor(video: string, room: string | null = null) {
    this.#video = video;
    this.#room = room;
  }

  /** Hear what others send until the returned function is called. */
  hear(live?: Live): () => void {
    const own = live ?? new Live(`/live/stream/video/${this.#video}`, FROM_NOW);
    const stops = [
      own.on("gift", (body) => this.show(body as Shown)),
      own.on("ungift", (body) => this.#hide(String(body["id"]))),
    ];
    return () => {
      for (const stop of stops) stop();
      if (!live) own.close();
    };
  }

  async load(): Promise<void> {
    this.trouble = "";
    await this.#try(async () => {
      this.tray = await api<Tray>("GET", `/api/gifts/tray/${this.#video}`);
    });
  }

  async send(kind: Kind, said: { message: string; is_anonymous: boolean; moment_ms: number }): Promise<boolean> {
    const token = this.tray?.token ?? "";
    const id = uuid7();
    return this.#try(async () => {
      const sent = await api<Sent>("POST", "/gifts/send", { id, token, video: this.#video, room: this.#room, kind: kind.slug, ...said });
      const badge = said.is_anonymous ? "" : (this.tray?.level ?? "");
      this.show({ ...kind, id, combo: sent.combo, sender: "You", badge, message: sent.message });
      this.#pay(kind.coins);
      this.#canUndo(sent, kind.name);
    });
  }

  async undo(): Promise<void> {
    const last = this.last;
    if (!last) return;
    await this.#try(async () => {
      await api("POST", `/api/gifts/${last.id}/undo`);
      this.#hide(last.id);
      this.told = `${last.name} undone. Your coins are back.`;
      this.last = undefined;
      await this.load();
    });
  }

  show(gift: Shown): void {
    if (this.shown.some(({ id }) => id === gift.id)) return;
    const others = this.shown.filter((one) => gift.combo === 1 || one.sender !== gift.sender || one.name !== gift.name);
    this.shown = [...others, gift].slice(-MOST_SHOWN);
    const times = gift.combo > 1 ? ` ×${gift.combo}` : "";
    this.told = `${gift.sender || "Somebody"} sent ${gift.name}${times}${gift.message ? `: ${gift.message}` : ""}`;
    setTimeout(() => this.#hide(gift.id), gift.coins >= LARGE_COINS ? SHOWN_MS * 2 : SHOWN_MS);
  }

  #hide(id: string): void {
    this.shown = this.shown.filter((one) => one.id !== id);
  }

  /** Coins that were given go first; what is shown is put right by the next look. */
  #pay(coins: number): void {
    if (!this.tray) return;
    const bonus = Math.min(this.tray.bonus, coins);
    this.tray.bonus -= bonus;
    this.tray.paid = Math.max(0, this.tray.paid - (coins - bonus));
    for (const goal of this.tray.goals) goal.came += coins;
  }

  #canUndo(sent: Sent, name: string): void {
    this.last = { id: sent.id, name, combo: sent.combo };
    clearTimeout(this.#undo);
    this.#undo = setTimeout(() => (this.last = undefined), (this.tray?.undo_seconds ?? 0) * 1_000);
  }

  async #try(act: () => Promise<unknown>): Promise<boolean> {
    this.trouble = "";
    this.busy = true;
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.trouble = error.message;
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** Who gave in a room, as the page of its list shows it; looked at again when gifts come or go. */

import { api, ApiError } from "../../lib/api.ts";
import type { Live } from "../../lib/live.ts";

export type FanPlace = { place: number; name: string; level: string | null; gifts: number; coins: number | null };

const PAUSE_MS = 2_000;
/** All tabs of a room together ask so often at most, however many they are. */
const ASKS_A_SECOND = 50;

export class Fans {
  readonly #room: string;
  by = $state<"coins" | "gifts">("coins");
  places = $state<FanPlace[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(room: string) {
    this.#room = room;
  }

  /** Look now, and after each gift until the returned function is called. */
  follow(live: Live, guests: () => number): () => void {
    const again = (): void => {
      const spreadMs = (guests() * 1_000 * 2) / ASKS_A_SECOND;
      this.#timer ??= setTimeout(() => void this.look(), PAUSE_MS + Math.random() * spreadMs);
    };
    const stops = [live.on("gift", again), live.on("ungift", again), live.onMissed(again)];
    void this.look();
    return () => {
      for (const stop of stops) stop();
      clearTimeout(this.#timer);
    };
  }

  async look(): Promise<void> {
    this.#timer = undefined;
    try {
      const found = await api<{ by: "coins" | "gifts"; fans: FanPlace[] }>("GET", `/api/gifts/rooms/${this.#room}`);
      this.by = found.by;
      this.places = found.fans;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // the list stays as it was
    }
  }
}

/** A room as this tab knows it: what runs, what was said, who is here. */

import { api, ApiError } from "../../lib/api.ts";
import { listen, type Live } from "../../lib/live.ts";
import { uuid7 } from "../../lib/uuid7.ts";
import type { Entrance, Line, RoomState } from "./types.ts";

const MOST_LINES = 200;
const LOOK_WITHIN_MS = 2_000;

export class Room {
  readonly live: Live;
  readonly #address: string;
  state = $state() as RoomState;
  lines = $state<Line[]>([]);
  guests = $state(0);
  names = $state<string[]>([]);
  /** By the server's clock, once a second. */
  nowMs = $state(0);
  showsName = $state(false);
  isReminded = $state(false);
  trouble = $state("");
  /** What was just removed, and can be put back. */
  removed = $state<Line>();

  constructor(entrance: Entrance) {
    this.#address = `/api/live/rooms/${entrance.room.id}`;
    this.#take(entrance);
    this.live = listen("room", entrance.room.id, entrance.after);
    this.live.aheadMs = entrance.now_ms - Date.now();
    this.live.on("room", (body) => (this.state = body as RoomState));
    this.live.on("line", (body) => this.#add(body as Line));
    this.live.on("gone", (body) => this.#drop(String(body["id"])));
    this.live.on("presence", (body) => {
      this.guests = Number(body["count"]);
      this.names = body["names"] as string[];
    });
    // Many missed the same at once: they do not all ask at once.
    this.live.onMissed(() => setTimeout(() => void this.#look(), Math.random() * LOOK_WITHIN_MS));
    this.#tick();
  }

  /** Say something; resolves to whether it was said, and else `trouble` tells why. */
  async say(text: string, id: string = uuid7()): Promise<boolean> {
    return this.#try(async () => this.#add(await api<Line>("POST", `${this.#address}/lines`, { id, text })));
  }

  async remove(line: Line): Promise<void> {
    if (!(await this.#try(() => api("DELETE", `/api/live/lines/${line.id}`)))) return;
    this.#drop(line.id);
    this.removed = line;
  }

  async restore(line: Line): Promise<void> {
    const act = (): Promise<unknown> => api("POST", `/api/live/lines/${line.id}/restoration`);
    if (await this.#try(act)) this.#add(line);
    this.removed = undefined;
  }

  silence(line: Line, how: "mute" | "ban"): Promise<boolean> {
    return this.#try(() => api("POST", `/api/live/lines/${line.id}/${how}`));
  }

  report(line: Line, reason: string): Promise<boolean> {
    return this.#try(() => api("POST", `/api/live/lines/${line.id}/report`, { reason }));
  }

  async showName(is: boolean): Promise<void> {
    this.showsName = is;
    if (await this.#try(() => api(is ? "POST" : "DELETE", `${this.#address}/name`))) this.live.reopen();
    else this.showsName = !is;
  }

  async remind(is: boolean): Promise<void> {
    const act = (): Promise<unknown> => api(is ? "POST" : "DELETE", `${this.#address}/reminder`);
    if (await this.#try(act)) this.isReminded = is;
  }

  #take(entrance: Entrance): void {
    this.state = entrance.room;
    this.lines = entrance.lines;
    this.showsName = entrance.shows_name;
    this.isReminded = entrance.is_reminded;
  }

  async #look(): Promise<void> {
    await this.#try(async () => this.#take(await api<Entrance>("GET", this.#address)));
  }

  #add(line: Line): void {
    if (this.lines.some(({ id }) => id === line.id)) return;
    const order = (one: Line, two: Line): number => one.said_ms - two.said_ms;
    this.lines = [...this.lines, line].sort(order).slice(-MOST_LINES);
  }

  #drop(id: string): void {
    this.lines = this.lines.filter((line) => line.id !== id);
  }

  async #try(act: () => Promise<unknown>): Promise<boolean> {
    this.trouble = "";
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.trouble = error.message;
      return false;
    }
  }

  #tick(): void {
    this.nowMs = this.live.now();
    setTimeout(() => this.#tick(), 1_000 - (this.nowMs % 1_000));
  }
}

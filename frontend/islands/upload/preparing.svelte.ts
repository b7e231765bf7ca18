/** Follows a video through quarantine and transcoding until it is ready or refused. */

import { api, ApiError } from "../../lib/api.ts";

export type Video = {
  id: string;
  title: string;
  description: string;
  visibility: string;
  status: "uploading" | "quarantined" | "transcoding" | "ready" | "refused" | "removed";
  progress_bp: number;
  refused_why: string;
  duration_ms?: number;
  poster?: string;
};

export type Details = {
  title: string;
  description: string;
  visibility: string;
  members_rank: number | null;
  track_ids: number[];
  category: string;
};

/** A tier that a creator offers: its rank and its name. */
export type Level = [rank: number, name: string];

/** A code and its name. */
export type Category = [code: string, name: string];

const ASK_MS = 1_000;
const SETTLED = new Set(["ready", "refused", "removed"]);

export class Preparing {
  video = $state<Video>();
  trouble = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  follow(id: string): void {
    clearTimeout(this.#timer);
    void this.#ask(id);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #ask(id: string): Promise<void> {
    try {
      this.video = await api<Video>("GET", `/api/studio/videos/${id}`);
      this.trouble = "";
    } catch (error) {
      this.trouble = (error as ApiError).message;
    }
    if (!SETTLED.has(this.video?.status ?? "")) {
      this.#timer = setTimeout(() => void this.#ask(id), ASK_MS);
    }
  }

  async save(id: string, details: Details): Promise<void> {
    await api("PATCH", `/api/studio/videos/${id}`, details);
    this.follow(id);
  }
}

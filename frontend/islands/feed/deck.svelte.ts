/** The row of slides: pages from the API, ads between them, and which slide is in front. */

import { api, ApiError } from "../../lib/api.ts";
import type { Ad, Item, Page, Slide } from "./types.ts";

export type Status = "loading" | "ready" | "empty" | "failed";

const AHEAD = 4;

export class Deck {
  slides = $state<Slide[]>([]);
  active = $state(0);
  status = $state<Status>("loading");
  trouble = $state("");
  finished = $state(false);
  readonly #start: string | null;
  #next: string | null = null;
  #between = 0;
  #loading = false;
  #asked = new Set<string>();

  constructor(start: string | null) {
    this.#start = start;
  }

  get current(): Slide | undefined {
    return this.slides[this.active];
  }

  /** Begin with the page the server sent along, or ask for the first one. */
  async begin(page?: Page): Promise<void> {
    if (page !== undefined) return this.#take(page);
    this.status = "loading";
    await this.#load(this.#start === null ? "/api/feed" : `/api/feed?start=${this.#start}`);
  }

  /** Put a slide in front; fetch what comes after it in time. */
  show(index: number): void {
    if (index === this.active || index < 0 || index > this.slides.length) return;
    this.active = index;
    this.#lookAhead();
  }

  async #load(path: string): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      this.#take(await api<Page>("GET", path));
    } catch (error) {
      this.trouble = error instanceof ApiError ? error.message : "The feed could not be loaded.";
      if (this.slides.length === 0) this.status = "failed";
    } finally {
      this.#loading = false;
    }
  }

  #take(page: Page): void {
    this.#between = page.organic_between_ads;
    this.#next = page.next;
    this.finished = page.next === null;
    const known = new Set(this.slides.map((slide) => slide.key));
    this.slides.push(...page.items.filter((item) => !known.has(item.id)).map(asSlide));
    this.status = this.slides.length === 0 ? "empty" : "ready";
    this.trouble = "";
    this.#lookAhead();
  }

  retry(): Promise<void> {
    return this.slides.length === 0 ? this.begin() : this.#more();
  }

  #more(): Promise<void> {
    return this.#next === null
      ? Promise.resolve()
      : this.#load(`/api/feed?cursor=${encodeURIComponent(this.#next)}`);
  }

  #lookAhead(): void {
    if (this.active >= this.slides.length - AHEAD) void this.#more();
    const slide = this.current;
    if (slide?.kind === "post" && this.#isBeforeAdSlot()) void this.#askForAd(slide.item);
  }

  /** After every N posts there is one slot; the question is asked while the last of them plays. */
  #isBeforeAdSlot(): boolean {
    const posts = this.slides.slice(0, this.active + 1).filter((slide) => slide.kind === "post");
    return this.#between > 0 && posts.length % this.#between === 0;
  }

  async #askForAd(after: Item): Promise<void> {
    if (this.#asked.has(after.id)) return;
    this.#asked.add(after.id);
    const answer = await api<{ ad: Ad | null }>("GET", `/ads/next?after=${after.id}`).catch(
      () => ({ ad: null }), // without an answer there is no ad; the feed goes on
    );
    const place = this.slides.findIndex((slide) => slide.key === after.id) + 1;
    if (answer.ad === null || place === 0 || place <= this.active) return; // the viewer was faster
    this.slides.splice(place, 0, { kind: "ad", key: answer.ad.decision_id, ad: answer.ad });
  }

  async setLiked(item: Item, liked: boolean): Promise<void> {
    item.liked = liked;
    item.likes += liked ? 1 : -1;
    try {
      await api(liked ? "POST" : "DELETE", `/api/videos/${item.id}/like`);
    } catch (error) {
      item.liked = !liked;
      item.likes += liked ? -1 : 1;
      throw error;
    }
  }

  async setFollowing(handle: string, following: boolean): Promise<void> {
    this.#markFollowing(handle, following);
    try {
      await api(following ? "POST" : "DELETE", `/api/creators/${handle}/follow`);
    } catch (error) {
      this.#markFollowing(handle, !following);
      throw error;
    }
  }

  #markFollowing(handle: string, following: boolean): void {
    for (const slide of this.slides) {
      if (slide.kind === "post" && slide.item.creator.handle === handle) {
        slide.item.following = following;
      }
    }
  }
}

function asSlide(item: Item): Slide {
  return { kind: "post", key: item.id, item };
}

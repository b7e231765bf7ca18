/** What a viewer can do in the feed, by thumb or by key; the slides ask it and tell it. */

import { Deck } from "./deck.svelte.ts";
import type { FeedProps, Item } from "./types.ts";
import { MRC_VIDEO, type Rule } from "../../lib/viewability.ts";

type Front = { like: () => unknown; captions: () => void; sound: (muted: boolean) => void; skip: () => void };

const TOAST_MS = 2_600;

export class Feed {
  readonly deck: Deck;
  /** From where the first post was opened. */
  readonly surface: "feed" | "link" | "promoted";
  readonly #signedIn: boolean;
  muted = $state(true); // browsers let only silent videos begin by themselves
  heard = $state(false);
  paused = $state(false);
  toast = $state("");
  asksToSignIn = $state(false);
  givesGift = $state(false);
  #front: Front | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly rule: Rule;
  readonly loginUrl: string;

  constructor(props: FeedProps) {
    this.deck = new Deck(props.start);
    this.surface = props.start === null ? "feed" : (props.surface ?? "link");
    this.#signedIn = props.signedIn;
    const { viewablePixelsBp, viewableMs, loginUrl } = props.settings ?? {};
    this.rule = {
      pixels: viewablePixelsBp === undefined ? MRC_VIDEO.pixels : viewablePixelsBp / 10_000,
      ms: viewableMs ?? MRC_VIDEO.ms,
    };
    this.loginUrl = loginUrl ?? "/accounts/login/";
  }

  /** The slide in front lends its own controls to the keyboard. */
  bind(front: Front): void {
    this.#front = front;
  }

  show(index: number): void {
    if (index === this.deck.active) return;
    this.paused = false;
    this.givesGift = false;
    this.deck.show(index);
  }

  togglePause(): void {
    this.paused = !this.paused;
  }

  toggleSound(): void {
    this.muted = !this.muted;
    this.heard = true;
    this.#front?.sound(this.muted);
  }

  likeFront(): void {
    this.#front?.like();
  }

  captionsOfFront(): void {
    this.#front?.captions();
  }

  skipInFront(): void {
    this.#front?.skip();
  }

  async like(item: Item): Promise<void> {
    if (this.#asksFirst()) return;
    await this.deck.setLiked(item, !item.liked).catch(this.#tell);
  }

  giveGift(): void {
    if (!this.#asksFirst()) this.givesGift = true;
  }

  async follow(handle: string, following: boolean): Promise<void> {
    if (this.#asksFirst()) return;
    await this.deck.setFollowing(handle, following).catch(this.#tell);
    this.say(`You follow @${handle}`);
  }

  async share(item: Item): Promise<void> {
    const url = `${location.origin}/v/${item.id}`;
    try {
      if (matchMedia("(pointer: coarse)").matches && "share" in navigator) {
        await navigator.share({ title: item.title, url });
      } else {
        await navigator.clipboard.writeText(url);
        this.say("Link copied");
      }
    } catch (error) {
      if ((error as DOMException).name !== "AbortError") this.say(url);
    }
  }

  say(words: string): void {
    clearTimeout(this.#timer);
    this.toast = words;
    this.#timer = setTimeout(() => (this.toast = ""), TOAST_MS);
  }

  #asksFirst(): boolean {
    if (!this.#signedIn) this.asksToSignIn = true;
    return !this.#signedIn;
  }

  readonly #tell = (error: unknown): void => this.say((error as Error).message);
}

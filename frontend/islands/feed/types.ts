/** What the feed is given by the API, and what it makes of it. */

export type Captions = { src: string; language: string; label: string };

/** A room of a creator: on now, or announced. */
export type Invitation = { title: string; url: string; is_on: boolean; is_premiere: boolean; starts_ms: number };

/** What its badge says, such as “Premiere in 2 h”. */
export function liveWords(room: Invitation, nowMs: number): string {
  if (room.is_on) return "Live now";
  const minutes = Math.max(1, Math.round((room.starts_ms - nowMs) / 60_000));
  const when = minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return `${room.is_premiere ? "Premiere" : "Live"} in ${when}`;
}

export type Item = {
  id: string;
  title: string;
  creator: { handle: string; name: string };
  duration_ms: number;
  width: number;
  height: number;
  media: string;
  poster: string;
  captions: Captions[];
  likes: number;
  liked: boolean;
  following: boolean;
  why: string;
  live: Invitation | null;
  /** Who had a reason to pay for it, in the words of the viewer's country; empty: nobody. */
  disclosure: string;
};

export type Page = { items: Item[]; next: string | null; organic_between_ads: number };

/** What the page knows when it is served; the first posts come with it. */
export type FeedProps = {
  page?: Page;
  start: string | null;
  /** Where the first post was found: by a link, or by a promotion that was paid for. */
  surface?: "link" | "promoted";
  signedIn: boolean;
  settings?: { viewablePixelsBp: number; viewableMs: number; loginUrl: string };
};

export type Ad = {
  token: string;
  decision_id: string;
  campaign: string;
  video: string;
  media?: string;
  headline: string;
  call_to_action: string;
  click_url: string;
  label: string;
  /** Empty where nobody paid: then it is `from` the platform itself. */
  paid_by: string;
  from?: string;
  poster: string;
  why?: string[];
};

/** Who pays for an ad, or whose it is. */
export function byWhom(ad: Ad): string {
  return ad.paid_by ? `Paid by ${ad.paid_by}` : `${ad.from}`;
}

/** An ad as it is spoken of. */
export function spokenOf(ad: Ad): string {
  return ad.paid_by ? `${ad.label}, paid by ${ad.paid_by}` : `From ${ad.from}`;
}

export type Slide =
  | { kind: "post"; key: string; item: Item }
  | { kind: "ad"; key: string; ad: Ad };

/** `near` slides hold the next seconds ready; `far` ones hold nothing but their poster. */
export type Role = "active" | "near" | "far";

/** One ahead is ready at once; two ahead and one behind cost little; beyond that is let go. */
export function roleOf(index: number, active: number): Role {
  if (index === active) return "active";
  const ahead = index - active;
  return ahead >= -1 && ahead <= 2 ? "near" : "far";
}

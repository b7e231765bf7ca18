/**
 * `<section id="…" data-refresh="5">` is fetched again with its page every so many seconds, while
 * the page is seen and nobody is in it. What cannot be fetched stays as it was.
 *
 * With `data-live="/live/stream/…"` and `data-after` it is fetched when that stream tells something,
 * and every so many seconds only as long as the stream is not open; each minute in any case.
 * `data-from` is the address of the part, where it has one of its own.
 */
import { listenAt } from "./live.ts";
import { showLocalTimes } from "./times.ts";

const GATHER_MS = 300; // what comes together is looked at once
const ANYWAY_MS = 60_000;

export function refreshParts(page: Document): void {
  for (const part of page.querySelectorAll<HTMLElement>("[data-refresh][id]")) {
    const everyMs = (Number(part.dataset["refresh"]) || 5) * 1_000;
    let askedMs = Date.now();
    const ask = (): void => {
      // Not seen, or in use: asked again at the next turn.
      askedMs = page.hidden || part.contains(page.activeElement) ? 0 : Date.now();
      if (askedMs) void refresh(page, part);
    };
    const path = part.dataset["live"];
    const live = path ? listenAt(path, Number(part.dataset["after"])) : undefined;
    setInterval(() => {
      if (!live?.isOpen || Date.now() - askedMs >= ANYWAY_MS) ask();
    }, everyMs);
    if (!live) continue;
    const soon = gathered(ask);
    live.on("earned", soon);
    live.onMissed(soon);
  }
}

/** Return a function that lets `act` follow soon, once for all calls until then. */
function gathered(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, GATHER_MS);
  };
}

async function refresh(page: Document, part: HTMLElement): Promise<void> {
  const fresh = await fetched(part.dataset["from"] ?? page.location.href, part.id);
  if (!fresh || part.contains(page.activeElement) || fresh === part.dataset["seen"]) return;
  part.dataset["seen"] = fresh; // as the server wrote it: times are shown in the reader's zone
  part.innerHTML = fresh;
  showLocalTimes(part);
}

async function fetched(address: string, id: string): Promise<string | null> {
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return null;
    const text = await answer.text();
    return new DOMParser().parseFromString(text, "text/html").getElementById(id)?.innerHTML ?? null;
  } catch {
    return null;
  }
}

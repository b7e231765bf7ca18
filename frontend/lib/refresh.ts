/**
 * `<section id="…" data-refresh="5">` is fetched again with its page every so many seconds, while
 * the page is seen and nobody is in it. What cannot be fetched stays as it was.
 */
import { showLocalTimes } from "./page.ts";

export function refreshParts(page: Document): void {
  for (const part of page.querySelectorAll<HTMLElement>("[data-refresh][id]")) {
    const seconds = Number(part.dataset["refresh"]) || 5;
    setInterval(() => void refresh(page, part), seconds * 1000);
  }
}

async function refresh(page: Document, part: HTMLElement): Promise<void> {
  if (page.hidden || part.contains(page.activeElement)) return;
  const fresh = await fetched(page.location.href, part.id);
  if (!fresh || fresh === part.dataset["seen"]) return;
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

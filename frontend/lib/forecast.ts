const PAUSE_MS = 600;

/**
 * `[data-forecast]` in a form shows its forecast anew when the form's values change, without sending
 * it; `[data-forecast-of="address"]` is filled once. Without scripts, buttons do the same.
 */
export function keepForecasts(page: Document): void {
  for (const place of page.querySelectorAll<HTMLElement>("[data-forecast-of]")) {
    void fill(place, place.dataset["forecastOf"] ?? "");
  }
  for (const place of page.querySelectorAll<HTMLElement>("[data-forecast]")) {
    const form = place.closest("form");
    if (form) follow(form, place);
  }
}

function follow(form: HTMLFormElement, place: HTMLElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = new AbortController();
  const ask = (): void => {
    asked.abort();
    asked = new AbortController();
    const body = new FormData(form);
    body.set("forecast", "part");
    void fill(place, form.action, { method: "POST", body, signal: asked.signal });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
}

/** What cannot be asked for now stays as it was: the button still works. */
export async function fill(place: HTMLElement, address: string, asked: RequestInit = {}): Promise<void> {
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, asked);
    if (answer.ok) place.innerHTML = await answer.text();
  } catch {
    // Another change came, or the network is away.
  }
  if (!asked.signal?.aborted) place.removeAttribute("aria-busy");
}

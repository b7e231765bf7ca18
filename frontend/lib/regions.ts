import { fill } from "./forecast.ts";

/**
 * `[data-regions]` in a form holds the regions of its chosen countries: they are fetched anew when a
 * country is chosen or no more. Without scripts, the button below them does the same.
 */
export function offerRegions(page: Document): void {
  for (const place of page.querySelectorAll<HTMLElement>("[data-regions]")) {
    const form = place.closest("form");
    form?.querySelector("button[value=regions]")?.setAttribute("hidden", ""); // not needed here
    let asked = new AbortController();
    form?.addEventListener("change", (event) => {
      if ((event.target as HTMLInputElement).name !== "countries") return;
      asked.abort();
      asked = new AbortController();
      const body = new FormData(form);
      body.set("forecast", "regions-part");
      void fill(place, form.action, { method: "POST", body, signal: asked.signal });
    });
  }
}

import { loadBranches } from "./branches.ts";
import { confirmFirst } from "./confirm.ts";
import { filterTables } from "./filter.ts";
import { keepForecasts } from "./forecast.ts";
import { offerRegions } from "./regions.ts";
import { refreshParts } from "./refresh.ts";
import { showLocalTimes } from "./times.ts";

/** What every page gets without being an island: local times, theme, copying, asking, filtering, unfolding. */
export function startPage(page: Document): void {
  showLocalTimes(page);
  confirmFirst(page);
  filterTables(page);
  loadBranches(page);
  keepForecasts(page);
  offerRegions(page);
  refreshParts(page);
  for (const here of page.querySelectorAll(".rail [aria-current], .tabs [aria-current]")) {
    here.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  for (const field of page.querySelectorAll<HTMLInputElement>("input[data-time-zone]")) {
    field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  page.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme-next], [data-copy]");
    if (button?.dataset["copy"] !== undefined) void copy(button, button.dataset["copy"]);
    else if (button) nextTheme(page.documentElement, button);
  });
}

const THEMES = ["auto", "light", "dark"] as const;
const YEAR_S = 31_536_000;

/** The theme is a cookie, so that the server draws the first paint right. */
function nextTheme(html: HTMLElement, button: HTMLElement): void {
  const now = THEMES.indexOf((html.dataset["theme"] ?? "auto") as (typeof THEMES)[number]);
  const next = THEMES[(now + 1) % THEMES.length] ?? "auto";
  if (next === "auto") delete html.dataset["theme"];
  else html.dataset["theme"] = next;
  document.cookie = `takings_theme=${next};path=/;max-age=${YEAR_S};samesite=lax`;
  const label = button.querySelector("[data-theme-label]");
  if (label) label.textContent = `Theme: ${next}`;
}

async function copy(button: HTMLElement, text: string): Promise<void> {
  const label = button.querySelector("[data-copy-label]") ?? button;
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(text);
    label.textContent = "Copied";
  } catch {
    label.textContent = "Could not copy";
  }
  setTimeout(() => (label.textContent = before), 1600);
}

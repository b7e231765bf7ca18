/** Dates read as the server writes them, 5 Nov 2026, whatever the browser's own language is. */
const WORDS = "en-GB";

/**
 * `<time datetime="…Z" data-local>` is written by the server in UTC and shown here in the reader's
 * zone; `data-local="relative"` says “3 hours ago”. The exact instant stays in the title.
 */
export function showLocalTimes(root: ParentNode, now: Date = new Date()): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const instant = new Date(element.dateTime);
    if (Number.isNaN(instant.getTime())) continue;
    const exact = instant.toLocaleString(WORDS, { dateStyle: "medium", timeStyle: "long" });
    element.title = exact;
    element.textContent =
      element.dataset["local"] === "relative"
        ? relative(instant, now)
        : instant.toLocaleString(WORDS, { dateStyle: "medium", timeStyle: "short" });
  }
}

const STEPS: ReadonlyArray<[Intl.RelativeTimeFormatUnit, number]> = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function relative(instant: Date, now: Date): string {
  const seconds = Math.round((instant.getTime() - now.getTime()) / 1000);
  if (Math.abs(seconds) > 30 * 86_400) return instant.toLocaleDateString(WORDS, { dateStyle: "medium" });
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(WORDS, { numeric: "auto" }).format(
    Math.round(seconds / size),
    unit,
  );
}

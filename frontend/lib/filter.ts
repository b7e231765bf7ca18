const FIELD = "input[data-filter]";

/**
 * `<input data-filter="#rows">` hides the rows (or choices) of that list that do not hold the typed
 * words, on fields that come later, too.
 */
export function filterTables(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.target as Element).matches(FIELD)) event.preventDefault(); // finding is not sending
  });
  page.addEventListener("input", (event) => {
    const field = (event.target as Element).closest<HTMLInputElement>(FIELD);
    if (!field) return;
    const table = page.querySelector(field.dataset["filter"] ?? "");
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of table?.querySelectorAll<HTMLElement>("tbody tr, .choice") ?? []) {
      const text = row.textContent?.toLowerCase() ?? "";
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
}

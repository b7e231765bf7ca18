/** `<input data-filter="#rows">` hides the rows of that table that do not hold the typed words. */
export function filterTables(page: Document): void {
  for (const field of page.querySelectorAll<HTMLInputElement>("input[data-filter]")) {
    field.addEventListener("input", () => {
      const table = page.querySelector(field.dataset["filter"] ?? "");
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of table?.querySelectorAll<HTMLElement>("tbody tr") ?? []) {
        const text = row.textContent?.toLowerCase() ?? "";
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
  }
}

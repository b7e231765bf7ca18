/** `<input data-filter="#rows">` hides the rows (or choices) of that list that do not hold the typed words. */
export function filterTables(page: Document): void {
  for (const field of page.querySelectorAll<HTMLInputElement>("input[data-filter]")) {
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // finding is not sending
    });
    field.addEventListener("input", () => {
      const table = page.querySelector(field.dataset["filter"] ?? "");
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of table?.querySelectorAll<HTMLElement>("tbody tr, .choice") ?? []) {
        const text = row.textContent?.toLowerCase() ?? "";
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
  }
}

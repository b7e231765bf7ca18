/**
 * Parts of a list that are fetched when they are asked for: `[data-load]` holds an address and a
 * link that leads to the same as a page of its own. In a `<details>` opening it asks; elsewhere the
 * link does. What cannot be fetched stays a link.
 */
export function loadBranches(page: Document): void {
  page.addEventListener(
    "toggle",
    (event) => {
      const details = event.target as Element;
      const place = details.querySelector<HTMLElement>(":scope > [data-load]");
      if (place && details.matches("[open]")) void load(place);
    },
    true, // a toggle does not bubble
  );
  page.addEventListener("click", (event) => {
    const place = (event.target as Element).closest("a")?.closest<HTMLElement>("li[data-load]");
    if (!place || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void load(place).then((first) => first?.focus());
  });
}

/** Puts what is there in the place's place; of a list inside a list, its items. */
async function load(place: HTMLElement): Promise<HTMLElement | null> {
  const address = place.dataset["load"] ?? "";
  delete place.dataset["load"]; // once; and should it fail, the link leads there
  place.setAttribute("aria-busy", "true");
  const list = await fetched(address);
  place.removeAttribute("aria-busy");
  if (list === null) {
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.textContent = "This could not be loaded. Try the link.";
    place.append(said);
    return null;
  }
  const first = list.querySelector<HTMLElement>("summary, a");
  place.replaceWith(...(place.matches("li") ? list.children : [list]));
  return first;
}

async function fetched(address: string): Promise<Element | null> {
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return null;
    const text = await answer.text();
    return new DOMParser().parseFromString(text, "text/html").querySelector("ul");
  } catch {
    return null;
  }
}

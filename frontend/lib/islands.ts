import type { Component } from "svelte";

type Island = { default: Component<Record<string, unknown>> };
export type Registry = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Brings every `<div data-island="name" data-props="{…}">` of the page to life.
 *
 * What the server rendered inside stays until its island is loaded, and stays for good when the
 * load fails: a page without its islands is still a page.
 */
export function mountIslands(root: ParentNode, registry: Registry): void {
  for (const target of root.querySelectorAll<HTMLElement>("[data-island]")) {
    const name = target.dataset["island"] ?? "";
    const load = registry[name];
    if (load === undefined) console.error(`no island is called “${name}”`);
    else void mountIsland(target, load);
  }
}

async function mountIsland(target: HTMLElement, load: () => Promise<unknown>): Promise<void> {
  const [module, { mount }] = await Promise.all([load(), import("svelte")]);
  const props = JSON.parse(target.dataset["props"] || "{}") as Record<string, unknown>;
  target.replaceChildren();
  mount((module as Island).default, { target, props });
  target.dataset["mounted"] = "";
}

import type { Registry } from "../lib/islands.ts";

/** Every island by the name templates use; each is fetched only where a page asks for it. */
export const registry: Registry = {
  feed: () => import("./feed/index.ts"),
};

import type { Registry } from "../lib/islands.ts";

/** Every island by the name templates use; each is fetched only where a page asks for it. */
export const registry: Registry = {
  ad_preview: () => import("./preview/index.ts"),
  chart: () => import("./chart/index.ts"),
  delivery: () => import("./delivery/index.ts"),
  feed: () => import("./feed/index.ts"),
  room: () => import("./room/index.ts"),
  upload: () => import("./upload/index.ts"),
};

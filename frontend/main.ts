import "./favicon.svg?url";
import "./icons.svg?url";
import { mountIslands } from "./lib/islands.ts";
import { registry } from "./islands/registry.ts";
import { startPage } from "./lib/page.ts";

startPage(document);
mountIslands(document, registry);

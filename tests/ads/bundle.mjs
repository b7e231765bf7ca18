// Prints one of these scripts with all it imports, as one plain script for a page.
import { fileURLToPath } from "node:url";
import { build } from "vite";

const entry = fileURLToPath(new URL(process.argv[2], import.meta.url));
const lib = { entry, name: "seller", formats: ["iife"] };
const [{ output }] = await build({
  configFile: false,
  logLevel: "error",
  build: { lib, write: false, minify: false },
});
process.stdout.write(output[0].code);

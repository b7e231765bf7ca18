import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { precompress } from "./frontend/vite/precompress.ts";

/** Builds the islands and styles into build/frontend; Django finds them by the manifest. */
export default defineConfig({
  base: "/static/",
  publicDir: false,
  logLevel: "warn",
  plugins: [svelte(), precompress()],
  build: {
    outDir: "build/frontend",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"], // light-dark() as it is
    assetsInlineLimit: 0, // the content security policy allows no data: fonts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600, // kB: the whole hls.js, for videos with ads inside only
    rollupOptions: {
      checks: { pluginTimings: false },
      input: ["frontend/main.ts", "frontend/styles/index.css"],
    },
  },
});

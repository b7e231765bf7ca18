import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** Builds frontend/testing.ts as one plain script that defines `parts`. */
export default defineConfig({
  publicDir: false,
  logLevel: "error",
  plugins: [svelte()],
  build: {
    target: "es2022",
    minify: false,
    lib: { entry: "frontend/testing.ts", name: "parts", formats: ["iife"], fileName: () => "parts.js" },
  },
});

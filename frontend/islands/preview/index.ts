export { default } from "./AdPreview.svelte";

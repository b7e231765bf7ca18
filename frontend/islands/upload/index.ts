export { default } from "./Upload.svelte";

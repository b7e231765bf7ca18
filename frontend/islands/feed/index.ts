export { default } from "./Feed.svelte";

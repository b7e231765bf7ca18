/** What the browser can tell before a byte is sent; the server checks everything again. */

const SUFFIXES = [".mp4", ".m4v", ".mov", ".webm", ".mkv"];
const MEGABYTE = 1024 * 1024;
const LOOK_MS = 4_000;

export type Limits = { maxBytes: number; maxSeconds: number };

export const ACCEPT = [...SUFFIXES, "video/*"].join(",");

/** Why this file cannot be used, as a sentence, or "" when it can as far as one can see here. */
export async function troubleWith(file: File, limits: Limits): Promise<string> {
  const name = file.name.toLowerCase();
  if (!SUFFIXES.some((suffix) => name.endsWith(suffix))) {
    return `“${file.name}” is not a video we read. Use MP4, MOV, WebM or MKV.`;
  }
  if (file.size === 0) return "This file is empty.";
  if (file.size > limits.maxBytes) {
    return `This file has ${inMegabytes(file.size)}; at most ${inMegabytes(limits.maxBytes)} can be uploaded.`;
  }
  const seconds = await secondsOf(file);
  if (seconds > limits.maxSeconds + 1) {
    return `This video is ${Math.round(seconds)} seconds long; at most ${limits.maxSeconds} are possible.`;
  }
  return "";
}

export function inMegabytes(bytes: number): string {
  const megabytes = bytes / MEGABYTE;
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}

/** The length, or 0 when this browser cannot read the container: then the server decides. */
function secondsOf(file: File): Promise<number> {
  const video = document.createElement("video");
  const url = URL.createObjectURL(file);
  return new Promise<number>((resolve) => {
    video.preload = "metadata";
    video.onloadedmetadata = () => resolve(Number.isFinite(video.duration) ? video.duration : 0);
    video.onerror = () => resolve(0);
    setTimeout(() => resolve(0), LOOK_MS);
    video.src = url;
  }).finally(() => {
    video.removeAttribute("src");
    URL.revokeObjectURL(url);
  });
}

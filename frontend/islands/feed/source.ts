/** Connects a <video> to an HLS playlist; hls.js comes only when the first video needs it. */

import type Hls from "hls.js";
import type { ErrorData } from "hls.js";
import { Breaks, hasBreaks, withoutBreaks, type Rolls } from "./breaks.ts";

/** `breaks` are the places for ads, in a playlist that has some. */
export type Source = { setDepth: (depth: Depth) => void; destroy: () => void; breaks?: Breaks };
export type Depth = "active" | "near";

const BUFFER_S: Record<Depth, number> = { active: 12, near: 4 };
const RETRIES = 3;

let bandwidth = 2_000_000; // bits per second; each player learns from the one before

const afterPaint = new Promise<void>((resolve) =>
  requestAnimationFrame(() => setTimeout(resolve)),
);
let light: Promise<typeof import("hls.js/light")> | undefined;
let full: Promise<typeof import("hls.js")> | undefined;

/** The small one plays everything but ads inside a video. */
export function loadLibrary(playlist = ""): Promise<typeof import("hls.js/light")> {
  if (hasBreaks(playlist)) return (full ??= afterPaint.then(() => import("hls.js")));
  return (light ??= afterPaint.then(() => import("hls.js/light")));
}

/** Resolves once bytes may flow; `failed` is called when there is no way to play this. */
export async function attach(
  video: HTMLVideoElement,
  playlist: string,
  depth: Depth,
  failed: () => void,
  rolls?: Rolls,
): Promise<Source> {
  const { default: Library } = await loadLibrary(playlist);
  // Asked first: Chromium says “maybe” to native HLS and then does not play fMP4 well.
  if (!Library.isSupported()) return attachNative(video, playlist, failed);
  const hls = new Library({
    maxBufferLength: BUFFER_S[depth],
    maxMaxBufferLength: BUFFER_S.active,
    backBufferLength: 10,
    abrEwmaDefaultEstimate: bandwidth,
    capLevelToPlayerSize: true,
    startPosition: 0,
    interstitialAppendInPlace: false, // an ad is a source of its own, with times of its own
    enableDateRangeMetadataCues: false, // they would be a track from a data: address
  });
  const breaks = rolls && hasBreaks(playlist) ? new Breaks(Library, hls, video, rolls) : undefined;
  hls.loadSource(playlist);
  hls.attachMedia(video);
  recover(hls, Library.Events.ERROR, failed);
  return {
    ...(breaks ? { breaks } : {}),
    setDepth: (next) => {
      hls.config.maxBufferLength = BUFFER_S[next];
      if (next === "active" && !breaks) hls.startLoad();
    },
    destroy: () => {
      if (hls.bandwidthEstimate > 0) bandwidth = hls.bandwidthEstimate;
      hls.destroy();
    },
  };
}

function recover(hls: Hls, event: typeof Hls.Events.ERROR, failed: () => void): void {
  let failures = 0;
  hls.on(event, (_name: unknown, data: ErrorData) => {
    if (!data.fatal) return;
    failures += 1;
    if (failures > RETRIES || data.response?.code === 404 || data.response?.code === 403) failed();
    else if (data.type === "mediaError") hls.recoverMediaError();
    else setTimeout(() => hls.startLoad(), 500 * 2 ** failures);
  });
}

/** Without ads inside: nobody here would know when one plays. */
function attachNative(video: HTMLVideoElement, playlist: string, failed: () => void): Source {
  video.addEventListener("error", failed);
  video.src = withoutBreaks(playlist);
  return {
    setDepth: () => undefined,
    destroy: () => {
      video.removeEventListener("error", failed);
      video.removeAttribute("src");
      video.load();
    },
  };
}

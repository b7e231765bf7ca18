/** Connects a <video> to an HLS playlist; hls.js comes only when the first video needs it. */

import type Hls from "hls.js";
import type { ErrorData } from "hls.js";

export type Source = { setDepth: (depth: Depth) => void; destroy: () => void };
export type Depth = "active" | "near";

const BUFFER_S: Record<Depth, number> = { active: 12, near: 4 };
const RETRIES = 3;

let bandwidth = 2_000_000; // bits per second; each player learns from the one before

const afterPaint = new Promise<void>((resolve) =>
  requestAnimationFrame(() => setTimeout(resolve)),
);
let library: Promise<typeof import("hls.js/light")> | undefined;

export function loadLibrary(): Promise<typeof import("hls.js/light")> {
  library ??= afterPaint.then(() => import("hls.js/light"));
  return library;
}

/** Resolves once bytes may flow; `failed` is called when there is no way to play this. */
export async function attach(
  video: HTMLVideoElement,
  playlist: string,
  depth: Depth,
  failed: () => void,
): Promise<Source> {
  const { default: HlsLight } = await loadLibrary();
  // Asked first: Chromium says “maybe” to native HLS and then does not play fMP4 well.
  if (!HlsLight.isSupported()) return attachNative(video, playlist, failed);
  const hls = new HlsLight({
    maxBufferLength: BUFFER_S[depth],
    maxMaxBufferLength: BUFFER_S.active,
    backBufferLength: 10,
    abrEwmaDefaultEstimate: bandwidth,
    capLevelToPlayerSize: true,
    startPosition: 0,
  });
  hls.loadSource(playlist);
  hls.attachMedia(video);
  recover(hls, HlsLight.Events.ERROR, failed);
  return {
    setDepth: (next) => {
      hls.config.maxBufferLength = BUFFER_S[next];
      if (next === "active") hls.startLoad();
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

function attachNative(video: HTMLVideoElement, playlist: string, failed: () => void): Source {
  video.addEventListener("error", failed);
  video.src = playlist;
  return {
    setDepth: () => undefined,
    destroy: () => {
      video.removeEventListener("error", failed);
      video.removeAttribute("src");
      video.load();
    },
  };
}

/** All watch at the same second: where the picture should be, and how it gets there. */

const SEEK_S = 1.5;
const CLOSE_S = 0.1;
const FASTEST = 0.08;

export type Steer = { seekTo?: number; rate: number };

/**
 * Far off (a late comer, a tab that slept) the picture jumps; a little off it plays up to 8 %
 * faster or slower until it is there, which nobody sees or hears.
 */
export function steer(shouldBeS: number, isS: number): Steer {
  const behind = shouldBeS - isS;
  if (Math.abs(behind) > SEEK_S) return { seekTo: shouldBeS, rate: 1 };
  if (Math.abs(behind) < CLOSE_S) return { rate: 1 };
  return { rate: 1 + Math.max(-FASTEST, Math.min(FASTEST, behind / 4)) };
}

/** `1 d 02:03:04`, or `03:04` within the last hour. */
export function countdown(leftMs: number): string {
  const left = Math.max(0, Math.ceil(leftMs / 1_000));
  const two = (count: number): string => String(count).padStart(2, "0");
  const [days, hours] = [Math.floor(left / 86_400), Math.floor(left / 3_600) % 24];
  const rest = `${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
  if (days > 0) return `${days} d ${two(hours)}:${rest}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

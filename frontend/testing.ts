/** What the tests take into a page to try by itself: the parts that measure and report. */

export { EventClient, QUEUE_LIMIT } from "./lib/events.ts";
export { formatAxisMoney, formatExactMoney, formatMoney } from "./lib/money.ts";
export { relative } from "./lib/times.ts";
export { uuid7 } from "./lib/uuid7.ts";
export { ViewabilityMeter } from "./lib/viewability.ts";
export { WatchClock } from "./lib/watching.ts";
export { labelled, scales, sentence, xLabel } from "./islands/chart/figures.ts";

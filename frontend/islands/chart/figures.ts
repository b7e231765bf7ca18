/** The chart's arithmetic: from props to marks, without any drawing. */

import { scaleBand, scaleLinear } from "d3-scale";
import { formatAxisMoney, formatExactMoney } from "../../lib/money.ts";

export type Look = "final" | "estimated" | "plain";

export type Series = { name: string; look?: Look; values: number[] };

export type ChartProps = {
  kind: "bar" | "line";
  title: string;
  /** With a currency the values are micro-units; without one they count `unit`. */
  currency?: string;
  unit?: string;
  x: string[];
  series: Series[];
  links?: string[];
  height?: number;
  table?: boolean;
};

export type Box = { width: number; height: number; top: number; right: number; bottom: number; left: number };

const TICK_PX = 48;
const LABEL_PX = 64;

export function scales(props: ChartProps, box: Box) {
  const totals = props.x.map((_, index) =>
    props.kind === "bar"
      ? props.series.reduce((sum, series) => sum + (series.values[index] ?? 0), 0)
      : Math.max(0, ...props.series.map((series) => series.values[index] ?? 0)),
  );
  const ticks = Math.max(2, Math.round((box.height - box.top - box.bottom) / TICK_PX));
  const y = scaleLinear()
    .domain([0, Math.max(...totals, 1)])
    .nice(ticks)
    .range([box.height - box.bottom, box.top]);
  const x = scaleBand()
    .domain(props.x)
    .range([box.left, box.width - box.right])
    .paddingInner(props.kind === "bar" ? 0.28 : 0)
    .paddingOuter(props.kind === "bar" ? 0.14 : 0);
  return { x, y, yTicks: y.ticks(ticks).filter((tick) => props.currency || tick % 1 === 0) };
}

/** Which of the x words get a label, so that none touches the next. */
export function labelled(count: number, width: number): (index: number) => boolean {
  const every = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / LABEL_PX))));
  return (index) => index % every === 0;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function xLabel(word: string, long = false): string {
  if (!DAY.test(word)) return word;
  return new Date(`${word}T00:00:00Z`).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(long ? { weekday: "short", year: "numeric" } : {}),
    timeZone: "UTC",
  });
}

export function valueLabel(props: ChartProps, value: number): string {
  if (props.currency) return formatExactMoney(value, props.currency);
  return `${value.toLocaleString("en")}${props.unit ? ` ${props.unit}` : ""}`;
}

export function tickLabel(props: ChartProps, value: number): string {
  if (props.currency) return formatAxisMoney(value, props.currency);
  return new Intl.NumberFormat("en", { notation: "compact" }).format(value);
}

/** One sentence for one x: what a screen reader hears and the tooltip's fallback. */
export function sentence(props: ChartProps, index: number): string {
  const parts = props.series.map(
    (series) => `${series.name} ${valueLabel(props, series.values[index] ?? 0)}`,
  );
  return `${xLabel(props.x[index] ?? "", true)}: ${parts.join(", ")}`;
}

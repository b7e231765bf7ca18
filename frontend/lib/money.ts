/** Amounts as people read them. Input is always whole micro-units (10⁻⁶) of the currency. */

const MICRO = 1_000_000;

/** `$4.25`: cut to the payable unit towards zero, like the server; money is never rounded up. */
export function formatMoney(micros: number, currency: string): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const places = format.resolvedOptions().maximumFractionDigits ?? 2;
  const unit = 10 ** (6 - places);
  return format.format((Math.trunc(micros / unit) * unit) / MICRO);
}

/** `$0.00425`: every micro-unit that is there. */
export function formatExactMoney(micros: number, currency: string): string {
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    maximumFractionDigits: 6,
  }).format(micros / MICRO);
}

/** `$1.2K`: for axes, where only the size matters. */
export function formatAxisMoney(micros: number, currency: string): string {
  const value = micros / MICRO;
  const compact = Math.abs(value) >= 10_000;
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    notation: compact ? "compact" : "standard",
    minimumFractionDigits: !compact && value % 1 !== 0 ? 2 : 0,
    maximumFractionDigits: compact ? 1 : 6,
  }).format(value);
}

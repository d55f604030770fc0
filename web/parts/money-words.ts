/** How money is written in the reader's language. Pure. */

/** An amount in the currency's smallest unit, as people write it: `€4.99`. */
export function priceOf(
  { minorUnits, currency }: { readonly minorUnits: number; readonly currency: string },
  language: string,
): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  return format.format(minorUnits / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

// Medians and quartiles.

/** The value below which this part of the values is. */
export const quantile = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
};

/** Ratios of what was measured in the same round, by their quartiles: `{ low, median, high }`. */
export const ratios = (values, base) => {
  const each = values.map((value, round) => value / base[round]);
  return { low: quantile(each, 0.25), median: quantile(each, 0.5), high: quantile(each, 0.75) };
};

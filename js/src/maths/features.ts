/** Inputs of a network that are made of columns of the data: squares, products of two, sines. */

export const FEATURE_KINDS = ["square", "product", "sine"] as const;

export type FeatureKind = (typeof FEATURE_KINDS)[number];

export interface Feature {
  readonly kind: FeatureKind;
  /** One column of the data, or the two of a product, rising. */
  readonly columns: readonly number[];
}

/** Its value where the columns have these values. */
export function featureValue({ kind, columns }: Feature, values: ArrayLike<number>): number {
  const first = values[columns[0] as number] as number;
  if (kind === "sine") return Math.sin(first);
  return first * (values[columns.at(-1) as number] as number);
}

export const sameFeature = (a: Feature, b: Feature): boolean =>
  a.kind === b.kind && a.columns.join() === b.columns.join();

/** With more columns than this, what can be made of them is offered for one column at a time. */
export const FEW_COLUMNS = 6;

const one = (kind: FeatureKind, column: number): Feature => ({ kind, columns: [column] });

/** What can be made of one column alone. */
export const madeOf = (column: number): Feature[] => [one("square", column), one("sine", column)];

/** All that can be made of a few columns, by kind. */
export function allFeatures(count: number): Feature[] {
  const columns = Array.from({ length: count }, (_, i) => i);
  const pairs = columns.flatMap(i => columns.slice(i + 1).map(j => [i, j]));
  return [
    ...columns.map(i => one("square", i)),
    ...pairs.map((pair): Feature => ({ kind: "product", columns: pair })),
    ...columns.map(i => one("sine", i)),
  ];
}

import type { LayoutEdge, LayoutLayer, LayoutNet } from "../../src/maths/layout";
import fixture from "../fixtures/nets.json";

interface StoredLayer {
  inputs: number;
  sums: number;
  products: number;
  edges: number[][];
}

export function makeLayer({ inputs, sums, products, edges }: StoredLayer): LayoutLayer {
  return {
    inputs,
    sums,
    products,
    edges: edges.map(([from = 0, sub = 0, importance = 0]): LayoutEdge => {
      const to = sub < sums ? sub : sums + ((sub - sums) >> 1);
      return { from, sub, to, importance };
    }),
  };
}

/** The same numbers on every machine: minimal standard generator. */
export function generator(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** A dense net; the higher the power, the fewer edges are important. */
export function randomNet(
  width: readonly number[],
  power: number,
  random = generator(),
): LayoutNet {
  const layers = width.slice(1).map((outputs, l) => {
    const inputs = width[l] as number;
    const edges = Array.from({ length: inputs * outputs }, (_, n) => [
      n % inputs,
      Math.floor(n / inputs),
      random() ** power,
    ]);
    return makeLayer({ inputs, sums: outputs, products: 0, edges });
  });
  return { layers };
}

export const trained: Readonly<Record<string, LayoutNet>> = Object.fromEntries(
  Object.entries(fixture as Record<string, StoredLayer[]>).map(([name, layers]) => [
    name,
    { layers: layers.map(makeLayer) },
  ]),
);

const random = generator();

export const nineNets: Readonly<Record<string, LayoutNet>> = {
  ...trained,
  "random 2-5-1": randomNet([2, 5, 1], 1, random),
  "random 4-9-1": randomNet([4, 9, 1], 1, random),
  "random 10-20-5": randomNet([10, 20, 5], 1, random),
  "random sparse 10-20-5": randomNet([10, 20, 5], 12, random),
  "random 3-6-4-2": randomNet([3, 6, 4, 2], 2, random),
};

/** Networks to look at. */

import { type FakeNet, fakeNet, type NetSpec } from "../test/support/fakeNet";
import { generator } from "../test/support/nets";

/** exp(sin πx + y²), spread over five nodes of which three hardly matter. */
function tutorial(): FakeNet {
  const first: Record<string, (x: number) => number> = {
    "0,0": x => 0.12 * Math.sin(3 * x) + 0.1 * x ** 3,
    "0,1": x => 0.3 * Math.cos(2 * x) - 0.2 * x,
    "0,2": x => -0.1 * Math.exp(-4 * (x + 0.3) ** 2),
    "0,3": x => 0.75 * Math.sin(Math.PI * x) + 0.5,
    "1,3": x => 0.7 * x * x - 0.3,
    "1,2": x => -0.12 + 0.05 * x * x,
    "1,4": x => -0.15 + 0.02 * Math.sin(4 * x),
  };
  const second = [0.15, 0.1, 0.04, 1, 0.02];
  const spec: NetSpec = {
    width: [
      [2, 0],
      [5, 0],
      [1, 0],
    ],
    inputs: ["x", "y"],
    outputs: ["f"],
    curve: (l, i, j) =>
      l === 0
        ? (first[`${i},${j}`] ?? (x => 0.01 * x))
        : x => (i === 3 ? Math.exp(x) : (second[i] ?? 0) * Math.sin(3 * x + i)),
  };
  return { ...fakeNet(spec), step: 30 };
}

/** Random smooth curves; the higher the power, the fewer of them matter. */
function random(width: [number, number][], power: number, step: number): FakeNet {
  const next = generator(width.length * 31 + power);
  const curves = new Map<string, (x: number) => number>();
  const make = () => {
    const size = next() ** power;
    const stretch = 1 + 3 * next();
    const shift = 6 * next();
    const slope = next() - 0.5;
    return (x: number) => size * (Math.sin(stretch * x + shift) + slope * x);
  };
  const curve = (l: number, i: number, j: number) => {
    const key = `${l},${i},${j}`;
    const found = curves.get(key) ?? make();
    curves.set(key, found);
    return found;
  };
  return { ...fakeNet({ width, curve }), step };
}

const sums = (...counts: number[]): [number, number][] => counts.map(n => [n, 0]);

export const nets: Readonly<Record<string, () => FakeNet>> = {
  tutorial,
  productsOfTwo: () =>
    random(
      [
        [2, 0],
        [2, 2],
        [1, 0],
      ],
      2,
      45,
    ),
  products: () =>
    random(
      [
        [4, 0],
        [7, 2],
        [1, 0],
      ],
      4,
      45,
    ),
  wide: () => random(sums(10, 20, 5), 10, 60),
  huge: () => random(sums(64, 64, 10), 60, 12),
  deep: () => random(sums(3, 4, 4, 2), 2, 20),
  one: () => random(sums(1, 1), 1, 0),
  single: () => random(sums(1, 4, 1), 1, 5),
};

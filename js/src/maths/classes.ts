/** Which of several classes a network tells, and how surely: its outputs are the logits of one class each. */

import type { NodeField } from "./field";

/** As many classes can be told apart by colour, also by those who see few. */
export const MOST_CLASSES = 6;

export interface Verdict {
  readonly winner: number;
  /** Probability of the winner. */
  readonly probability: number;
}

/** Probabilities of the classes; NaN where a logit is not finite. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  const most = values.reduce((a, b) => Math.max(a, b));
  const powers = values.map(value => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map(power => power / sum);
}

export function verdict(probabilities: Float64Array): Verdict {
  const probability = probabilities.reduce((a, b) => Math.max(a, b));
  return { winner: Math.max(0, probabilities.indexOf(probability)), probability };
}

/** How far a probability is above mere guessing among so many, 0 … 1. */
export const confidence = (probability: number, classes: number): number =>
  Number.isNaN(probability) ? 0 : (classes * probability - 1) / (classes - 1);

/** The class that wins at every point of a field, and how surely. */
export interface ClassField {
  readonly winners: Uint8Array;
  readonly confidence: Float32Array;
}

export function classField(logits: readonly NodeField[]): ClassField {
  const count = logits[0]?.values.length ?? 0;
  const winners = new Uint8Array(count);
  const sure = new Float32Array(count);
  const at = new Float64Array(logits.length);
  for (let n = 0; n < count; n++) {
    logits.forEach(({ values }, c) => {
      at[c] = values[n] as number;
    });
    const { winner, probability } = verdict(softmax(at));
    winners[n] = winner;
    sure[n] = confidence(probability, logits.length);
  }
  return { winners, confidence: sure };
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

const polygon = (corners: readonly (readonly [number, number])[]) => (x: number, y: number) =>
  `M${corners.map(([dx, dy]) => `${round(x + dx)} ${round(y + dy)}`).join("L")}Z`;

const ring = (r: number) => (x: number, y: number) =>
  `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;

/** Shapes of about the same area for a radius of one: colour is not the only sign of a class. */
const SHAPES: readonly (readonly (readonly [number, number])[] | null)[] = [
  null,
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.25],
    [1.2, 0.85],
    [-1.2, 0.85],
  ],
  [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  [
    [0, 1.25],
    [1.2, -0.85],
    [-1.2, -0.85],
  ],
  [
    [-0.4, -1.25],
    [0.4, -1.25],
    [0.4, -0.4],
    [1.25, -0.4],
    [1.25, 0.4],
    [0.4, 0.4],
    [0.4, 1.25],
    [-0.4, 1.25],
    [-0.4, 0.4],
    [-1.25, 0.4],
    [-1.25, -0.4],
    [-0.4, -0.4],
  ],
];

/** The sign of a class around a point, as a path. */
export function classSign(index: number, radius: number): (x: number, y: number) => string {
  const corners = SHAPES[index % SHAPES.length];
  if (!corners) return ring(radius);
  return polygon(corners.map(([dx, dy]) => [dx * radius, dy * radius] as const));
}

/**
 * A network made from given curves instead of training, and its frames as the kernel would send them.
 *
 * Coefficients are the curve at the Greville points of the knots (Schoenberg's approximation): not
 * exact, but smooth and free of any solver.
 */

import { HIST_BINS, LOSS_COLUMNS, nodeOfSub } from "../../src/frame";
import { generator } from "./nets";

export type Curve = (x: number) => number;
export type Affine = [a: number, b: number, c: number, d: number];

export interface NetSpec {
  /** Sums and products per layer of nodes, inputs first. */
  readonly width: readonly (readonly [sums: number, products: number])[];
  readonly curve: (l: number, i: number, j: number) => Curve;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly k?: number;
  readonly grid?: number;
  readonly range?: readonly [number, number];
}

export interface FakeLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly sums: number;
  readonly products: number;
  readonly k: number;
  readonly grid: number;
  readonly knots: Float32Array;
  readonly coef: Float32Array;
  readonly scaleBase: Float32Array;
  readonly scaleSpline: Float32Array;
  readonly mask: Float32Array;
  readonly importance: Float32Array;
  readonly range: Float32Array;
  readonly hist: Float32Array;
  readonly symbolic: Map<number, { name: string; affine: Affine }>;
}

export interface FakeNet {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly layers: readonly FakeLayer[];
  seq: number;
  structure: number;
  step: number;
  playing: boolean;
  status: string;
  loss: number[][];
  marks: [number, string][];
  trail?: number[];
  pinned?: (readonly number[])[];
  nodes?: number[][];
  features?: (readonly [kind: string, ...columns: number[]])[];
}

export interface EncodedFrame {
  readonly header: Record<string, unknown>;
  readonly floats: Float32Array;
}

const SAMPLES = 400;

const indexed = (stem: string, n: number) =>
  Array.from({ length: n }, (_, i) => (n === 1 ? stem : `${stem}_${i + 1}`));

function uniformKnots(lo: number, hi: number, k: number, grid: number): number[] {
  const h = (hi - lo) / grid;
  return Array.from({ length: grid + 2 * k + 1 }, (_, m) => lo + (m - k) * h);
}

function greville(knots: readonly number[], k: number, m: number): number {
  if (k === 0) return ((knots[m] as number) + (knots[m + 1] as number)) / 2;
  let sum = 0;
  for (let r = 1; r <= k; r++) sum += knots[m + r] as number;
  return sum / k;
}

function histogram(values: readonly number[], lo: number, hi: number): number[] {
  const bins = new Array<number>(HIST_BINS).fill(0);
  for (const value of values) {
    const place = Math.floor(((value - lo) / (hi - lo)) * HIST_BINS);
    const bin = Math.min(HIST_BINS - 1, Math.max(0, place));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
};

interface Built {
  readonly layer: FakeLayer;
  readonly above: number[][];
}

function buildLayer(spec: NetSpec, l: number, below: readonly number[][]): Built {
  const k = spec.k ?? 3;
  const grid = spec.grid ?? 5;
  const [sums, products] = spec.width[l + 1] as readonly [number, number];
  const inputs = below.length;
  const outputs = sums + 2 * products;
  const knots: number[] = [];
  const coef: number[] = [];
  const range: number[] = [];
  const hist: number[] = [];
  const importance: number[] = [];
  const subs = Array.from({ length: outputs }, () => new Array<number>(SAMPLES).fill(0));
  below.forEach((values, i) => {
    const lo = Math.min(...values);
    const hi = Math.max(...values) || lo + 1;
    const own = uniformKnots(lo, hi, k, grid);
    knots.push(...own);
    range.push(lo, hi);
    hist.push(...histogram(values, lo, hi));
    for (let j = 0; j < outputs; j++) {
      const curve = spec.curve(l, i, j);
      for (let m = 0; m < grid + k; m++) coef.push(curve(greville(own, k, m)));
      const edge = values.map(curve);
      importance.push(deviation(edge));
      subs[j] = (subs[j] as number[]).map((sum, n) => sum + (edge[n] as number));
    }
  });
  const most = Math.max(...importance) || 1;
  const size = inputs * outputs;
  const layer: FakeLayer = {
    inputs,
    outputs,
    sums,
    products,
    k,
    grid,
    knots: Float32Array.from(knots),
    coef: Float32Array.from(coef),
    scaleBase: new Float32Array(size),
    scaleSpline: new Float32Array(size).fill(1),
    mask: new Float32Array(size).fill(1),
    importance: Float32Array.from(importance, v => v / most),
    range: Float32Array.from(range),
    hist: Float32Array.from(hist),
    symbolic: new Map(),
  };
  const above = Array.from({ length: sums + products }, (_, node) =>
    subs
      .filter((_sub, j) => nodeOfSub(layer, j) === node)
      .reduce((a, b) => a.map((v, n) => v * (b[n] as number))),
  );
  return { layer, above };
}

export function fakeNet(spec: NetSpec): FakeNet {
  const random = generator(11);
  const [lo, hi] = spec.range ?? [-1, 1];
  const first = spec.width[0] as readonly [number, number];
  const last = spec.width.at(-1) as readonly [number, number];
  let values = Array.from({ length: first[0] + first[1] }, () => [
    lo,
    hi,
    ...Array.from({ length: SAMPLES - 2 }, () => lo + (hi - lo) * random()),
  ]);
  const layers = spec.width.slice(1).map((_, l) => {
    const { layer, above } = buildLayer(spec, l, values);
    values = above;
    return layer;
  });
  return {
    inputs: spec.inputs ?? indexed("x", first[0] + first[1]),
    outputs: spec.outputs ?? indexed("f", last[0] + last[1]),
    layers,
    seq: 1,
    structure: 1,
    step: 0,
    playing: false,
    status: "",
    loss: [],
    marks: [],
  };
}

interface NamedArray {
  readonly name: string;
  readonly shape: number[];
  readonly data: ArrayLike<number>;
}

function layerArrays(layer: FakeLayer, l: number): NamedArray[] {
  const { inputs, outputs, grid, k, symbolic } = layer;
  const affine = [...symbolic.values()].flatMap(({ affine }) => affine);
  const entry = (name: string, data: ArrayLike<number>, ...shape: number[]): NamedArray => ({
    name: `${l}/${name}`,
    shape,
    data,
  });
  return [
    entry("knots", layer.knots, inputs, grid + 2 * k + 1),
    entry("coef", layer.coef, inputs, outputs, grid + k),
    entry("scale_base", layer.scaleBase, inputs, outputs),
    entry("scale_sp", layer.scaleSpline, inputs, outputs),
    entry("mask", layer.mask, inputs, outputs),
    entry("affine", affine, symbolic.size, 4),
    entry("range", layer.range, inputs, 2),
    entry("hist", layer.hist, inputs, HIST_BINS),
    entry("importance", layer.importance, inputs, outputs),
  ];
}

export function encodeFrame(net: FakeNet, extra: readonly NamedArray[] = []): EncodedFrame {
  const first = net.layers[0] as FakeLayer;
  const arrays = [
    ...net.layers.flatMap(layerArrays),
    { name: "loss", shape: [net.loss.length, LOSS_COLUMNS], data: net.loss.flat() },
    ...extra,
  ];
  const floats = new Float32Array(arrays.reduce((sum, { data }) => sum + data.length, 0));
  let position = 0;
  for (const { data } of arrays) {
    floats.set(data, position);
    position += data.length;
  }
  const header = {
    v: 1,
    seq: net.seq,
    structure: net.structure,
    step: net.step,
    playing: net.playing,
    status: net.status,
    width: [[first.inputs, 0], ...net.layers.map(({ sums, products }) => [sums, products])],
    k: net.layers.map(layer => layer.k),
    grid: net.layers.map(layer => layer.grid),
    base: net.layers.map(() => "silu"),
    inputs: net.inputs,
    outputs: net.outputs,
    symbolic: net.layers.flatMap(({ symbolic, outputs }, l) =>
      [...symbolic].map(([index, { name }]) => [
        l,
        Math.floor(index / outputs),
        index % outputs,
        name,
      ]),
    ),
    marks: net.marks,
    ...(net.trail && { trail: net.trail }),
    ...(net.pinned && { pinned: net.pinned }),
    ...(net.nodes && { nodes: net.nodes }),
    ...(net.features && { features: net.features }),
    arrays: arrays.map(({ name, shape }) => [name, shape]),
  };
  return { header, floats };
}

const base64 = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

export const encodeSnapshot = ({ header, floats }: EncodedFrame): string =>
  `${base64(new TextEncoder().encode(JSON.stringify(header)))}.${base64(new Uint8Array(floats.buffer))}`;

export const encodeData = ({ floats }: EncodedFrame): string =>
  base64(new Uint8Array(floats.buffer));

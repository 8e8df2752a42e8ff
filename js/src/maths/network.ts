/** Evaluation of a whole network, with the value that travels along every edge. */

import { columnCount, type EdgeLayer, type Frame, nodeCount } from "../frame";
import { featureValue } from "./features";
import { findFunction, type RealFunction } from "./functions";
import { splineWeights } from "./spline";

/** Where one evaluation is written; made once and used again, because fields need 1,600 of them. */
export interface Evaluation {
  /** Node values per layer of nodes, inputs first. */
  readonly nodes: readonly Float64Array[];
  /** Edge values per layer of edges. */
  readonly edges: readonly Float64Array[];
}

interface CompiledEdge {
  readonly f: RealFunction;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

interface CompiledLayer {
  readonly layer: EdgeLayer;
  readonly base: RealFunction;
  readonly symbolic: readonly (CompiledEdge | undefined)[] | null;
  readonly subs: Float64Array;
  readonly weights: Float64Array;
}

const nothing: RealFunction = () => Number.NaN;

function compile(frame: Frame, layer: EdgeLayer): CompiledLayer {
  const find = (name: string) => findFunction(name, frame.functions) ?? nothing;
  const symbolic = new Array<CompiledEdge | undefined>(layer.inputs * layer.outputs);
  for (const [index, { name, a, b, c, d }] of layer.symbolic) {
    symbolic[index] = { f: find(name), a, b, c, d };
  }
  return {
    layer,
    base: find(layer.base),
    symbolic: layer.symbolic.size > 0 ? symbolic : null,
    subs: new Float64Array(layer.outputs),
    weights: new Float64Array(layer.k + 1),
  };
}

function splineValue(
  { coef, k, grid }: EdgeLayer,
  index: number,
  cell: number,
  weights: Float64Array,
): number {
  const first = index * (grid + k) + cell;
  let sum = 0;
  for (let r = 0; r <= k; r++) sum += (weights[r] as number) * (coef[first + r] as number);
  return sum;
}

/** All edges that leave one input node: base function and basis are computed once and shared. */
function evaluateFan(compiled: CompiledLayer, i: number, x: number, edges: Float64Array): void {
  const { layer, base, symbolic, subs, weights } = compiled;
  const { outputs, k, grid, mask, scaleBase, scaleSpline } = layer;
  const cell = splineWeights(layer.knots, i * (grid + 2 * k + 1), k, grid, x, weights);
  const baseValue = base(x);
  for (let j = 0; j < outputs; j++) {
    const index = i * outputs + j;
    let value = 0;
    if ((mask[index] as number) !== 0) {
      const named = symbolic?.[index];
      value = named
        ? named.c * named.f(named.a * x + named.b) + named.d
        : (scaleBase[index] as number) * baseValue +
          (scaleSpline[index] as number) * splineValue(layer, index, cell, weights);
    }
    edges[index] = value;
    subs[j] = (subs[j] as number) + value;
  }
}

function combine({ layer, subs }: CompiledLayer, nodes: Float64Array): void {
  for (let j = 0; j < layer.sums; j++) nodes[j] = subs[j] as number;
  for (let p = 0; p < layer.products; p++) {
    const sub = layer.sums + 2 * p;
    nodes[layer.sums + p] = (subs[sub] as number) * (subs[sub + 1] as number);
  }
}

export class Network {
  readonly frame: Frame;
  readonly #layers: readonly CompiledLayer[];

  constructor(frame: Frame) {
    this.frame = frame;
    this.#layers = frame.layers.map(layer => compile(frame, layer));
  }

  functionNamed(name: string): RealFunction | undefined {
    return findFunction(name, this.frame.functions);
  }

  workspace(): Evaluation {
    const { inputs, layers } = this.frame;
    return {
      nodes: [inputs.length, ...layers.map(nodeCount)].map(n => new Float64Array(n)),
      edges: layers.map(layer => new Float64Array(layer.inputs * layer.outputs)),
    };
  }

  /** Evaluates where the columns of the data have these values; writes every node and edge value into `out`. */
  evaluate(columns: ArrayLike<number>, out: Evaluation = this.workspace()): Evaluation {
    const inputs = out.nodes[0] as Float64Array;
    inputs.set(columns);
    for (const [n, feature] of this.frame.features.entries()) {
      inputs[columns.length + n] = featureValue(feature, columns);
    }
    this.#layers.forEach((compiled, l) => {
      const from = out.nodes[l] as Float64Array;
      const edges = out.edges[l] as Float64Array;
      compiled.subs.fill(0);
      for (let i = 0; i < from.length; i++) evaluateFan(compiled, i, from[i] as number, edges);
      combine(compiled, out.nodes[l + 1] as Float64Array);
    });
    return out;
  }

  /** The curve of one edge at evenly spaced points of [lo, hi], written to `out`. */
  sampleEdge(l: number, i: number, j: number, lo: number, hi: number, out: Float64Array): void {
    const compiled = this.#layers[l];
    if (!compiled) return;
    const { layer, base, symbolic, weights } = compiled;
    const index = i * layer.outputs + j;
    const offset = i * (layer.grid + 2 * layer.k + 1);
    const scaleBase = layer.scaleBase[index] as number;
    const scaleSpline = layer.scaleSpline[index] as number;
    const named = symbolic?.[index];
    const step = out.length > 1 ? (hi - lo) / (out.length - 1) : 0;
    for (let n = 0; n < out.length; n++) {
      const x = lo + n * step;
      if (named) {
        out[n] = named.c * named.f(named.a * x + named.b) + named.d;
      } else {
        const cell = splineWeights(layer.knots, offset, layer.k, layer.grid, x, weights);
        out[n] = scaleBase * base(x) + scaleSpline * splineValue(layer, index, cell, weights);
      }
    }
  }

  /** Multiply-adds of one evaluation, to decide what is cheap enough to do at every frame. */
  get cost(): number {
    return this.frame.layers.reduce(
      (sum, layer) => sum + layer.inputs * (8 * (layer.k + 1) + layer.outputs * (layer.k + 2)),
      0,
    );
  }
}

const SCALE_POINTS = 48;

/** Largest magnitude of every node above the inputs, over points spread through the input ranges. */
export function nodeScales(frame: Frame): Float64Array[] {
  const network = new Network(frame);
  const space = network.workspace();
  const range = frame.layers[0]?.range ?? new Float32Array();
  const scales = space.nodes.slice(1).map(nodes => new Float64Array(nodes.length));
  const at = new Float64Array(columnCount(frame));
  for (let n = 0; n < SCALE_POINTS; n++) {
    for (let i = 0; i < at.length; i++) {
      const share = (n * (0.618 + 0.137 * i)) % 1;
      const lo = range[2 * i] as number;
      at[i] = lo + share * ((range[2 * i + 1] as number) - lo);
    }
    network.evaluate(at, space);
    scales.forEach((scale, l) => {
      space.nodes[l + 1]?.forEach((value, node) => {
        const size = Math.abs(value);
        if (Number.isFinite(size)) scale[node] = Math.max(scale[node] as number, size);
      });
    });
  }
  return scales;
}

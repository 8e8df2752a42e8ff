import type { Feature } from "./maths/features";
import type { FunctionTable } from "./maths/functions";

/** A fitted function on an edge: the value is `c f(a x + b) + d`. */
export interface SymbolicEdge {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** The edges between two layers of nodes. Edge (i, j) has the index `i * outputs + j` in every array. */
export interface EdgeLayer {
  readonly inputs: number;
  /** Sub-nodes above: `sums + 2 * products`. */
  readonly outputs: number;
  readonly sums: number;
  readonly products: number;
  readonly k: number;
  readonly grid: number;
  readonly base: string;
  readonly knots: Float32Array;
  readonly coef: Float32Array;
  readonly scaleBase: Float32Array;
  readonly scaleSpline: Float32Array;
  readonly mask: Float32Array;
  readonly importance: Float32Array;
  readonly range: Float32Array;
  /** 24 counts per input node; absent in frames of very wide networks. */
  readonly hist: Float32Array | null;
  readonly symbolic: ReadonlyMap<number, SymbolicEdge>;
  /** Edges that pruning and naming leave alone. */
  readonly pinned: ReadonlySet<number>;
}

export const HIST_BINS = 24;

/** One row of the loss history. */
export const LOSS_COLUMNS = 4;

/** The network as the kernel described it last. Immutable; a new frame replaces it. */
export interface Frame {
  readonly seq: number;
  readonly structure: string;
  readonly step: number;
  /** What training went on with when this frame was made, if the kernel says so. */
  readonly lamb: number | null;
  readonly playing: boolean;
  readonly status: string;
  readonly inputs: readonly string[];
  /** What the last inputs are made of; the others are the columns of the data. */
  readonly features: readonly Feature[];
  readonly outputs: readonly string[];
  readonly layers: readonly EdgeLayer[];
  readonly marks: readonly (readonly [step: number, label: string])[];
  /** Rows of step, train RMSE, test RMSE, penalty. */
  readonly loss: Float32Array;
  readonly functions: ReadonlyMap<string, FunctionTable>;
  /** Keys of the moments of the history that lead here, its own last; empty where none are told. */
  readonly trail: readonly number[];
  /** Per layer of nodes, which nodes of the first network these are. */
  readonly nodes: readonly (readonly number[])[] | null;
}

/** Inputs that are columns of the data and can be chosen freely. */
export const columnCount = (frame: Frame): number => frame.inputs.length - frame.features.length;

export const nodeCount = (layer: EdgeLayer): number => layer.sums + layer.products;

/** The node above that sub-node j belongs to. */
export const nodeOfSub = (layer: { readonly sums: number }, j: number): number =>
  j < layer.sums ? j : layer.sums + ((j - layer.sums) >> 1);

export const edgeCount = (frame: Frame): number =>
  frame.layers.reduce((sum, layer) => sum + layer.inputs * layer.outputs, 0);

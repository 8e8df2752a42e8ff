/** What travels between page and kernel, word for word as docs/protocol.md says. */

import type { Feature } from "./maths/features";

export const VERSION = 1;

export type EdgeId = readonly [layer: number, from: number, to: number];
export type EdgeKey = `${number},${number},${number}`;

export const edgeKey = ([l, i, j]: EdgeId): EdgeKey => `${l},${i},${j}`;

export const edgeId = (key: EdgeKey): EdgeId => {
  const [l = 0, i = 0, j = 0] = key.split(",").map(Number);
  return [l, i, j];
};

/** Constants of `c f(a x + b) + d`. */
export type Affine = readonly [a: number, b: number, c: number, d: number];

export interface CommandArgs {
  hello: { binary: boolean };
  play: Record<string, never>;
  stop: Record<string, never>;
  advance: { budget_ms: number };
  run: { frames: number; budget_ms: number };
  step: Record<string, never>;
  reset: Record<string, never>;
  set_option: { name: OptionName; value: OptionValue };
  refine: { grid: number };
  prune: { edge_th: number };
  suggest: { edge: EdgeId };
  fix: { edge: EdgeId; name: string };
  fix_affine: { edge: EdgeId; name: string; affine: Affine };
  move_coef: { edge: EdgeId; m: number; by: number };
  pin: { edge: EdgeId; pinned: boolean };
  unfix: { edge: EdgeId };
  remove_edge: { edge: EdgeId };
  auto_symbolic: Record<string, never>;
  discover: { budget_s: number };
  seek: { budget_ms: number };
  end_seek: Record<string, never>;
  use_formula: { key: number };
  undo: Record<string, never>;
  redo: Record<string, never>;
  jump: { key: number };
  look: { key: number };
  take: { what: Takeaway; looks: Looks };
  gallery: Record<string, never>;
  use_example: Example;
  rebuild: NewNetwork;
  add_feature: Feature;
  take_feature: Feature;
  add_node: { layer: number; product: boolean };
  take_node: { layer: number };
  add_layer: { layer: number };
  take_layer: { layer: number };
  select: { edge: EdgeId | null };
}

export type Takeaway = "code" | "html" | "svg" | "png";

/** How this page draws the network, for pictures like it. */
export interface Looks {
  readonly theme: "light" | "dark";
  readonly y_scale: "common" | "own";
  readonly threshold: number;
}

export type CommandName = keyof CommandArgs;
export type OptionValue = number | string | boolean | null;
export type OptionName = "lamb" | "lr" | "opt" | "steps" | "batch" | "lamb_entropy" | "update_grid";

export interface Request<N extends CommandName = CommandName> {
  readonly v: typeof VERSION;
  readonly id: number;
  readonly client: string;
  readonly name: N;
  readonly args: CommandArgs[N];
}

/** How a named example is drawn. */
export interface Example {
  readonly name: string;
  readonly rows: number;
  readonly noise: number;
  readonly test_size: number;
  readonly seed: number;
}

export interface NewNetwork {
  readonly grid: number;
  readonly k: number;
  readonly seed: number;
  readonly noise_scale: number;
  readonly base_fun: string;
  readonly grid_range: readonly [low: number, high: number] | null;
}

export interface Column {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly hist: readonly number[];
}

/** Inputs and labels of a row. */
export type DataPoint = readonly number[];

export interface Data {
  readonly task: "regression" | "classification";
  readonly classes: readonly string[];
  readonly rows: readonly [training: number, test: number];
  readonly inputs: readonly Column[];
  readonly outputs: readonly Column[];
  readonly points: { readonly train: readonly DataPoint[]; readonly test: readonly DataPoint[] };
  readonly example: Example | null;
}

/** An example of the gallery with a little picture. */
export interface Tile {
  readonly name: string;
  readonly kind: string;
  readonly title: string;
  readonly inputs: number;
  readonly points: readonly DataPoint[];
}

/** How the kernel trains; `lr` null is the optimiser's own, `batch` -1 is all rows. */
export interface TrainingOptions {
  readonly opt: string;
  readonly lr: number | null;
  readonly batch: number;
  readonly steps: number;
  readonly lamb: number;
  readonly lamb_entropy: number;
  readonly update_grid: boolean;
}

export interface Training {
  readonly now: TrainingOptions;
  readonly default: TrainingOptions;
}

export interface Suggestion {
  readonly name: string;
  readonly r2: number;
  readonly complexity: number;
  readonly affine: Affine;
  readonly net_rmse: number | null;
}

/** An answer, or (with `push`) a frame that nobody asked for. Its fields are checked where they are read. */
export interface Answer {
  readonly v: number;
  readonly id?: number;
  readonly client?: string;
  readonly push?: boolean;
  readonly ok?: boolean;
  readonly playing?: boolean;
  readonly error?: { readonly type: string; readonly message: string };
  readonly frame?: unknown;
  readonly data?: unknown;
  /** Frames that the kernel will still push by itself, and how many it ever pushed. */
  readonly left?: number;
  readonly pushed?: number;
  readonly stopped?: boolean;
  readonly why?: string;
  readonly follow?: boolean;
  /** How long the kernel really trained, where it says so. */
  readonly trained_ms?: number;
  /** Whether a search for formulas has more to do, and its seconds of work so far. */
  readonly searching?: boolean;
  readonly spent_s?: number;
  readonly suggestions?: readonly Suggestion[];
  readonly gallery?: readonly Tile[];
  /** The picture of another moment, in the form of a snapshot. */
  readonly moment?: string;
  /** A file to take away: its name and kind, and its content as text or as base64. */
  readonly file?: string;
  readonly mime?: string;
  readonly text?: string;
  /** Loss of the network with the spline kept: the number that candidates have to beat. */
  readonly keep?: number | null;
}

export interface Formula {
  readonly step: number;
  readonly named: number;
  readonly total: number;
  readonly open: readonly string[];
  readonly hint: string;
  readonly mathml: string | null;
  readonly latex: string | null;
  readonly python: string | null;
  readonly sympy: string | null;
  readonly rmse: number | null;
}

/** A formula that a search has found. */
export interface Found {
  /** By which it is asked for; no other formula ever has it. */
  readonly key: number;
  readonly complexity: number;
  readonly rmse: number | null;
  readonly relative_rmse: number | null;
  readonly certified: boolean;
  readonly best: boolean;
  readonly mathml: string;
  readonly text: string;
  /** Points of the history at which it is the network. */
  readonly moments: readonly number[];
}

/** What a search has found so far, simplest first. */
export interface Front {
  readonly searching: boolean;
  readonly budget_s: number;
  readonly spent_s: number;
  readonly complete: boolean;
  readonly certified: boolean;
  readonly message: string;
  readonly candidates: readonly Found[];
}

export interface HistoryEntry {
  /** By which it is asked for; no other moment ever has it. */
  readonly key: number;
  readonly label: string;
  readonly step: number;
  readonly train: number | null;
  readonly test: number | null;
}

export interface History {
  readonly entries: readonly HistoryEntry[];
  readonly position: number;
  readonly undo: string | null;
  readonly redo: string | null;
}

/** What a saved page needs to show another moment. */
export interface SavedMoment {
  readonly key: number;
  readonly snapshot: string;
  readonly formula: Formula | null;
}

export interface Limits {
  readonly lamb: readonly [number, number];
  readonly grid: readonly [number, number];
  readonly opts: readonly string[];
}

export interface Traits {
  uid: string;
  lamb: number;
  lr: number | null;
  grid: number;
  steps: number;
  opt: string;
  selected_edge: EdgeId | null;
  playing: boolean;
  front: Front | null;
  data: Data | null;
  training: Training | null;
  test_accuracy: number | null;
  step: number;
  train_loss: number | null;
  test_loss: number | null;
  status: string;
  error: string;
  symbolic: Readonly<Record<string, string>>;
  suggestions: Readonly<Record<string, readonly Suggestion[]>>;
  formula: Formula | null;
  history: History | null;
  snapshot: string;
  limits: Limits | null;
  /** In saved pages only: those moments of the history that found room. */
  moments: readonly SavedMoment[];
  /** In saved pages only: the script of the session. */
  script: string;
  /** Parts that a lesson does without. */
  hide: readonly string[];
}

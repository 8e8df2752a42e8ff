/** State of one view that never leaves the page. */

import { signal } from "@preact/signals";
import { logScale } from "./maths/sliderScale";
import type { EdgeKey } from "./protocol";

export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const FIT: Zoom = { scale: 1, x: 0, y: 0 };

export const DEFAULT_THRESHOLD = 0.02;

/** The threshold's slider and its line in the ranked importances are one control. */
export const THRESHOLDS = logScale(1e-4, 1);

/** The row of the candidate list that keeps the spline. */
export const KEEP_SPLINE = Symbol("keep spline");

export interface NodeKey {
  readonly layer: number;
  readonly index: number;
}

export type Topic = "network" | "probe" | "data" | "settings";

/** Which rows stand as points over the output. */
export type Rows = "none" | "train" | "test";

export class ViewState {
  readonly width = signal(0);
  /** The edge under the pointer, and the one that has the keyboard's focus. */
  readonly hover = signal<EdgeKey | null>(null);
  readonly focus = signal<EdgeKey | null>(null);
  /** The slot that the arrow keys stand on. */
  readonly cursor = signal<EdgeKey | null>(null);
  /** The input that the arrow keys stand on. */
  readonly input = signal(0);
  /** The candidate looked at; null is the first of the list. */
  readonly highlight = signal<string | typeof KEEP_SPLINE | null>(null);
  /** Where the network is evaluated, a value per column of the data. */
  readonly probe = signal<readonly number[]>([]);
  /** Whether the values at the probe are shown. */
  readonly probing = signal(true);
  /** What the panel is about while no edge is selected. */
  readonly topic = signal<Topic>("network");
  /** Null is what suits the data. */
  readonly points = signal<Rows | null>(null);
  /** The field of all classes is looked at closely. */
  readonly classLens = signal(false);
  readonly threshold = signal(DEFAULT_THRESHOLD);
  readonly logLoss = signal(true);
  readonly ownScale = signal(false);
  readonly zoom = signal<Zoom>(FIT);
  /** A press on a point of the history draws it behind the network instead of going there. */
  readonly comparing = signal(false);
  /** The node whose field is looked at closely. */
  readonly lens = signal<NodeKey | null>(null);
  /** The node that the arrow keys stand on. */
  readonly node = signal<NodeKey | null>(null);
  /** The menu of what can be taken away is open. */
  readonly taking = signal(false);
  readonly help = signal(false);
  /** The drawer with what a search has found is open. */
  readonly discovering = signal(false);
  /** Seconds that the next search may take. */
  readonly budget = signal(10);
  /** The formula that the pointer or the arrow keys stand on. */
  readonly formula = signal<number | null>(null);
  /** Rises when the keyboard should go to the list of candidates. */
  readonly listFocus = signal(0);
  /** Rises when the theme changed: colours on a canvas must be read again. */
  readonly theme = signal(0);
}

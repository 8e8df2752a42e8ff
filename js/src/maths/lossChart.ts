/** The loss history as paths and labels. Train and test share one axis. */

import { LOSS_COLUMNS } from "../frame";
import { type ChartTick, lossAxis } from "./lossAxis";
import { coordinate } from "./paths";
import { linear, type Scale } from "./scales";

const LEFT = 34;
const RIGHT = 34;
const TOP = 8;
const BOTTOM = 18;
const LABEL_GAP = 12;
const LETTER = 6;
/** Marks without a label that are nearer than this are one. */
const NEAR = 3;

export interface ChartBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ChartMark {
  readonly x: number;
  /** Empty where it would run into another, and where the grids were only moved. */
  readonly label: string;
  readonly isMinor: boolean;
  readonly labelY: number;
  readonly anchor: "start" | "end";
}

export interface LossChart {
  readonly box: ChartBox;
  readonly ticks: readonly ChartTick[];
  readonly train: string;
  readonly test: string;
  readonly trainLabelY: number | null;
  readonly testLabelY: number | null;
  readonly marks: readonly ChartMark[];
  readonly first: number;
  readonly last: number;
  /** Only one step so far: a dot, no line. */
  readonly isPoint: boolean;
  readonly xOf: Scale;
  /** The step, not always a whole one, at a place along the axis. */
  readonly stepAt: Scale;
}

type Point = readonly [x: number, y: number];

interface Row {
  readonly step: number;
  readonly train: number;
  readonly test: number;
}

function rowsOf(loss: Float32Array): Row[] {
  return Array.from({ length: Math.floor(loss.length / LOSS_COLUMNS) }, (_, n) => ({
    step: loss[LOSS_COLUMNS * n] as number,
    train: loss[LOSS_COLUMNS * n + 1] as number,
    test: loss[LOSS_COLUMNS * n + 2] as number,
  }));
}

/** Newest losses; NaN where there is none. */
export function lastLoss(loss: Float32Array): Row | null {
  return rowsOf(loss).at(-1) ?? null;
}

const isDrawable = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** A single point is drawn too, as a dot. */
function polyline(points: readonly Point[]): string {
  const dot = points.length === 1 ? "h0.01" : "";
  const path = points
    .map(([x, y], n) => `${n === 0 ? "M" : "L"}${coordinate(x)} ${coordinate(y)}`)
    .join("");
  return path + dot;
}

/** The two end labels stand beside their lines, but never on one another. */
function endLabels(train: number | null, test: number | null, bottom: number) {
  if (train === null || test === null) return { train, test };
  const missing = Math.max(0, LABEL_GAP - Math.abs(train - test)) / 2;
  const side = train > test ? 1 : -1;
  const a = train + side * missing;
  const b = test - side * missing;
  const below = Math.max(0, Math.max(a, b) - (bottom - 3));
  return { train: a - below, test: b - below };
}

/** Labels stand at the foot of their marks, or at the head where the line runs low. */
function labelHeight(x: number, line: readonly Point[], box: ChartBox): number {
  const here = line.find(([at]) => at >= x) ?? line.at(-1);
  const isLow = here !== undefined && here[1] > (box.top + box.bottom) / 2;
  return isLow ? box.top + 9 : box.bottom - 5;
}

/** A label that would run into the one before it is left out; its mark stays. */
function placeMarks(
  marks: readonly (readonly [number, string])[],
  xOf: Scale,
  line: readonly Point[],
  box: ChartBox,
): ChartMark[] {
  let free = box.left;
  return marks.map(([step, text]) => {
    const x = xOf(step);
    const width = text.length * LETTER + 4;
    const anchor = x + width > box.right || x > (box.left + box.right) / 2 ? "end" : "start";
    const from = anchor === "end" ? x - width : x;
    const isMinor = text === "";
    const fits = !isMinor && from >= free;
    if (fits) free = from + width + 4;
    const labelY = labelHeight(x, line, box);
    return { x, label: fits ? text : "", isMinor, labelY, anchor };
  });
}

function withoutCrowd(marks: readonly ChartMark[]): ChartMark[] {
  let last = Number.NEGATIVE_INFINITY;
  return marks.filter(({ x, isMinor }) => {
    if (isMinor && x - last < NEAR) return false;
    if (isMinor) last = x;
    return true;
  });
}

export function lossChart(
  loss: Float32Array,
  marks: readonly (readonly [number, string])[],
  width: number,
  height: number,
  isLog = true,
): LossChart {
  const box = { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
  const rows = rowsOf(loss);
  const values = rows.flatMap(row => [row.train, row.test]).filter(isDrawable);
  const { ticks, yOf } = lossAxis(values, isLog, box.top, box.bottom);
  const first = rows[0]?.step ?? 0;
  const last = rows.at(-1)?.step ?? 1;
  const end = Math.max(first + 1, last);
  const xOf = linear(first, end, box.left, box.right);
  const lineOf = (read: (row: Row) => number) =>
    rows.filter(row => isDrawable(read(row))).map(row => [xOf(row.step), yOf(read(row))] as const);
  const train = lineOf(row => row.train);
  const test = lineOf(row => row.test);
  const labels = endLabels(train.at(-1)?.[1] ?? null, test.at(-1)?.[1] ?? null, box.bottom);
  return {
    box,
    ticks,
    train: polyline(train),
    test: polyline(test),
    trainLabelY: labels.train,
    testLabelY: labels.test,
    marks: withoutCrowd(placeMarks(marks, xOf, train, box)),
    first,
    last,
    isPoint: rows.length === 1,
    xOf,
    stepAt: linear(box.left, box.right, first, end),
  };
}

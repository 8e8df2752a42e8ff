import { type EdgeLayer, type Frame, HIST_BINS } from "../../frame";
import { type Curve, drawCurve, linePath, windowScale } from "../../maths/curve";
import { bound, tick } from "../../maths/format";
import {
  type Extent,
  extentOf,
  extentWithoutPoles,
  linear,
  roundAxis,
  withZero,
} from "../../maths/scales";
import { edgeNumbers } from "../../names";
import type { EdgeId, Suggestion } from "../../protocol";
import { useWidget } from "../context";

const POINTS = 121;
const LEFT = 34;
const RIGHT = 26;
const TOP = 8;
const HIST = 20;
const BOTTOM = 18;
const OUTPUT_BINS = 14;
const KNOT = 6;

interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Counts of the input, as bars that stand on the axis. */
function inputBars(counts: Float32Array, left: number, width: number, floor: number): Bar[] {
  const most = Math.max(...counts) || 1;
  const step = width / HIST_BINS;
  return Array.from(counts, (count, n) => {
    const height = (count / most) * (HIST - 5);
    return { x: left + n * step + 0.5, y: floor - height, width: step - 1, height };
  });
}

/** The output's counts follow from the input's: each bin of the input lands where the curve is. */
function outputBars(
  counts: Float32Array,
  values: Float64Array,
  extent: Extent,
  x: number,
  top: number,
  height: number,
): Bar[] {
  const bins = new Array<number>(OUTPUT_BINS).fill(0);
  counts.forEach((count, n) => {
    const at = Math.round(((n + 0.5) / HIST_BINS) * (values.length - 1));
    const share = ((values[at] as number) - extent.lo) / (extent.hi - extent.lo);
    const bin = Math.min(OUTPUT_BINS - 1, Math.max(0, Math.floor(share * OUTPUT_BINS)));
    if (!Number.isNaN(share)) bins[bin] = (bins[bin] ?? 0) + count;
  });
  const most = Math.max(...bins) || 1;
  const step = height / OUTPUT_BINS;
  return bins.map((count, n) => ({
    x,
    y: top + height - (n + 1) * step + 0.5,
    width: (count / most) * (RIGHT - 6),
    height: step - 1,
  }));
}

const Bars = ({ bars }: { bars: readonly Bar[] }) => (
  <g>
    {bars
      .filter(bar => bar.width > 0 && bar.height > 0)
      .map(bar => (
        <rect key={`${bar.x} ${bar.y}`} class="kw-bar" {...bar} />
      ))}
  </g>
);

function knotsWithin(layer: EdgeLayer, i: number, lo: number, hi: number): number[] {
  const row = layer.grid + 2 * layer.k + 1;
  const inner = layer.knots.subarray(i * row + layer.k, i * row + layer.k + layer.grid + 1);
  const slack = 0.05 * (hi - lo);
  return Array.from(inner)
    .filter(knot => knot >= lo - slack && knot <= hi + slack)
    .map(knot => Math.min(hi, Math.max(lo, knot)));
}

const MOST_KNOTS = 60;

interface Drawing {
  readonly curve: Curve;
  readonly candidate: string;
  readonly axis: ReturnType<typeof roundAxis>;
  readonly values: Float64Array;
}

export interface BigPlotProps {
  readonly edge: EdgeId;
  readonly candidate: Suggestion | null;
  readonly width: number;
  readonly height: number;
}

function useDrawing({ edge, candidate, width, height }: BigPlotProps): Drawing | null {
  const { store } = useWidget();
  const network = store.network.value;
  if (!network) return null;
  const { frame } = network;
  const [l, i, j] = edge;
  const { lo, hi } = edgeNumbers(frame, edge);
  const values = new Float64Array(POINTS);
  network.sampleEdge(l, i, j, lo, hi, values);
  const f = candidate && network.functionNamed(candidate.name);
  const [a, b, c, d] = candidate?.affine ?? [1, 0, 1, 0];
  const drawn = values.map((_, n) =>
    f ? c * f(a * (lo + (n / (POINTS - 1)) * (hi - lo)) + b) + d : Number.NaN,
  );
  const own = extentWithoutPoles(values);
  const other = f ? extentWithoutPoles(drawn) : own;
  const whole = withZero({ lo: Math.min(own.lo, other.lo), hi: Math.max(own.hi, other.hi) });
  const bottom = height - BOTTOM - HIST;
  const axis = roundAxis(whole.lo, whole.hi, height > 140 ? 5 : 4);
  const yOf = windowScale(axis, (bottom - TOP) / (axis.hi - axis.lo), {
    left: 0,
    right: 0,
    top: TOP,
    bottom,
  });
  const window = { left: LEFT, right: width - RIGHT, top: TOP, bottom };
  return {
    curve: drawCurve(values, extentOf(values), yOf, window),
    candidate: f ? linePath(drawn, window, yOf) : "",
    axis,
    values,
  };
}

function Axes({ drawing, width }: { drawing: Drawing; width: number }) {
  const { axis, curve } = drawing;
  return (
    <g>
      {axis.ticks.map(value => {
        const y = curve.yOf(value);
        const isZero = Math.abs(value) < axis.step / 2;
        return (
          <g key={value}>
            <path
              class={isZero ? "kw-grid kw-origin" : "kw-grid"}
              d={`M${LEFT} ${y}H${width - RIGHT}`}
            />
            <text class="kw-tick" x={LEFT - 6} y={y + 4} text-anchor="end">
              {tick(value, axis.step)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function InputAxis({ frame, edge, width, height }: BigPlotProps & { frame: Frame }) {
  const [l, i] = edge;
  const layer = frame.layers[l];
  if (!layer) return null;
  const { lo, hi } = edgeNumbers(frame, edge);
  const xOf = linear(lo, hi, LEFT, width - RIGHT);
  const floor = height - BOTTOM;
  const knots = knotsWithin(layer, i, lo, hi);
  const ends = lo < 0 && hi > 0 ? [lo, 0, hi] : [lo, hi];
  return (
    <g>
      <path class="kw-axis" d={`M${LEFT} ${floor}H${width - RIGHT}`} />
      {knots.length <= MOST_KNOTS && (
        <path class="kw-knot" d={knots.map(knot => `M${xOf(knot)} ${floor}v${-KNOT}`).join("")} />
      )}
      {ends.map(value => (
        <text key={value} class="kw-tick" x={xOf(value)} y={height - 4} text-anchor="middle">
          {bound(value)}
        </text>
      ))}
    </g>
  );
}

function ProbeDot({ drawing, edge, width }: { drawing: Drawing; edge: EdgeId; width: number }) {
  const { scene, store } = useWidget();
  const [l, i, j] = edge;
  const frame = store.frame.value;
  const evaluation = scene.evaluation.value;
  const layer = frame?.layers[l];
  const x = evaluation?.nodes[l]?.[i];
  const y = layer && evaluation?.edges[l]?.[i * layer.outputs + j];
  if (!frame || x === undefined || y === undefined || Number.isNaN(x + y)) return null;
  const { lo, hi } = edgeNumbers(frame, edge);
  const cx = linear(lo, hi, LEFT, width - RIGHT)(Math.min(hi, Math.max(lo, x)));
  return <circle class="kw-dot" cx={cx} cy={drawing.curve.yOf(y)} r={3.5} />;
}

export function BigPlot(props: BigPlotProps) {
  const { store } = useWidget();
  const drawing = useDrawing(props);
  const frame = store.frame.value;
  const { edge, width, height } = props;
  const [l, i, j] = edge;
  const layer = frame?.layers[l];
  if (!drawing || !frame || !layer) return null;
  const { curve, axis, values, candidate } = drawing;
  const counts = layer.hist?.subarray(i * HIST_BINS, (i + 1) * HIST_BINS) ?? new Float32Array();
  const plotWidth = width - LEFT - RIGHT;
  const isNamed = layer.symbolic.has(i * layer.outputs + j);
  return (
    <svg
      class={isNamed ? "kw-named" : undefined}
      width={width}
      height={height}
      role="img"
      aria-label="Curve of the edge"
    >
      <Axes drawing={drawing} width={width} />
      <Bars bars={inputBars(counts, LEFT, plotWidth, height - BOTTOM)} />
      <Bars
        bars={outputBars(
          counts,
          values,
          axis,
          width - RIGHT + 4,
          TOP,
          height - TOP - BOTTOM - HIST,
        )}
      />
      <path class="kw-above" d={curve.above} />
      <path class="kw-below" d={curve.below} />
      <path class="kw-curve kw-large" d={curve.line} />
      <path class="kw-candidate kw-large" d={candidate} />
      <ProbeDot drawing={drawing} edge={edge} width={width} />
      <InputAxis {...props} frame={frame} />
    </svg>
  );
}

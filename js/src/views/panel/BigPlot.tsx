import { useRef } from "preact/hooks";
import type { Frame } from "../../frame";
import { bound, loss, nodeValue, tick } from "../../maths/format";
import { type Axis, clamp, linear } from "../../maths/scales";
import { edgeNumbers, symbolicOf } from "../../names";
import type { EdgeId, Suggestion } from "../../protocol";
import { useWidget } from "../context";
import {
  type Bar,
  type BigCurve,
  bigCurve,
  countsOf,
  inputBars,
  knotsWithin,
  MARGIN,
  outputBars,
  quietCorner,
  type Residual,
} from "./bigPlotGeometry";
import { ControlPoints } from "./ControlPoints";

const KNOT = 6;
/** What the value of the probe needs above its dot. */
const ROOM_ABOVE = 20;

export interface BigPlotProps {
  readonly edge: EdgeId;
  readonly candidate: Suggestion | null;
  readonly width: number;
  readonly height: number;
  /** Whether the curve can be dragged. */
  readonly editable?: boolean;
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

function Levels({ drawing: { axis, curve, window } }: { drawing: BigCurve }) {
  return (
    <g>
      {axis.ticks.map(value => {
        const y = curve.yOf(value);
        const isZero = Math.abs(value) < axis.step / 2;
        return (
          <g key={value}>
            <path
              class={isZero ? "kw-grid kw-origin" : "kw-grid"}
              d={`M${window.left} ${y}H${window.right}`}
            />
            <text class="kw-tick" x={window.left - 6} y={y + 4} text-anchor="end">
              {tick(value, axis.step)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

interface InputAxisProps {
  readonly frame: Frame;
  readonly edge: EdgeId;
  readonly drawing: BigCurve;
  readonly height: number;
}

function InputAxis({ frame, edge, drawing: { window }, height }: InputAxisProps) {
  const [l, i] = edge;
  const layer = frame.layers[l];
  if (!layer) return null;
  const { lo, hi } = edgeNumbers(frame, edge);
  const xOf = linear(lo, hi, window.left, window.right);
  const floor = height - MARGIN.bottom;
  const knots = knotsWithin(layer, i, lo, hi).map(knot => `M${xOf(knot)} ${floor}v${-KNOT}`);
  const labels = lo < 0 && hi > 0 ? [lo, 0, hi] : [lo, hi];
  return (
    <g>
      <path class="kw-axis" d={`M${window.left} ${floor}H${window.right}`} />
      <path class="kw-knot" d={knots.join("")} />
      {labels.map(value => (
        <text key={value} class="kw-tick" x={xOf(value)} y={height - 4} text-anchor="middle">
          {bound(value)}
        </text>
      ))}
    </g>
  );
}

interface ProbeDotProps {
  readonly drawing: BigCurve;
  readonly edge: EdgeId;
  /** Among points that can be dragged there is no room for a number. */
  readonly isLabelled: boolean;
}

function ProbeDot({ drawing, edge, isLabelled }: ProbeDotProps) {
  const { scene, store } = useWidget();
  const [l, i, j] = edge;
  const frame = store.frame.value;
  const layer = frame?.layers[l];
  const x = scene.evaluation.value?.nodes[l]?.[i];
  const y = layer && scene.evaluation.value?.edges[l]?.[i * layer.outputs + j];
  if (!frame || x === undefined || y === undefined || Number.isNaN(x + y)) return null;
  const { lo, hi } = edgeNumbers(frame, edge);
  const xOf = linear(lo, hi, drawing.window.left, drawing.window.right);
  const at = { x: xOf(clamp(x, lo, hi)), y: drawing.curve.yOf(y) };
  const isLeft = at.x < (drawing.window.left + drawing.window.right) / 2;
  const isHigh = at.y < drawing.window.top + ROOM_ABOVE;
  return (
    <g>
      <circle class="kw-dot" cx={at.x} cy={at.y} r={3.5} />
      {isLabelled && (
        <text
          class="kw-tick kw-dot-value kw-halo-panel"
          x={at.x + (isLeft ? 8 : -8)}
          y={at.y + (isHigh ? 15 : -8)}
          text-anchor={isLeft ? "start" : "end"}
        >
          {nodeValue(y, Math.max(Math.abs(drawing.axis.lo), Math.abs(drawing.axis.hi)))}
        </text>
      )}
    </g>
  );
}

/** How far the candidate is from the curve, in the mean over the data. */
function ResidualText({ residual, drawing }: { residual: Residual; drawing: BigCurve }) {
  const { x, y, anchor } = quietCorner(drawing.values, drawing.curve.yOf, drawing.window);
  return (
    <text class="kw-tick kw-residual-text kw-halo-panel" x={x} y={y} text-anchor={anchor}>
      {`residual ${loss(residual.rms)}`}
    </text>
  );
}

export function BigPlot({ edge, candidate, width, height, editable = false }: BigPlotProps) {
  const { store } = useWidget();
  const kept = useRef<Axis | null>(null);
  const network = store.network.value;
  const [l, i] = edge;
  const layer = network?.frame.layers[l];
  if (!network || !layer) return null;
  const { frame } = network;
  const least = store.draft.value?.kind === "coef" ? kept.current : null;
  const drawing = bigCurve(network, edge, {
    ...{ candidate, width, height, least },
    compared: store.compared.value?.network ?? null,
  });
  kept.current = drawing.axis;
  const counts = countsOf(layer, i);
  const mayEdit = editable && !store.past.value && !store.offReason.value;
  return (
    <svg
      class={symbolicOf(frame, edge) ? "kw-named" : undefined}
      width={width}
      height={height}
      role={mayEdit ? "group" : "img"}
      aria-label="Curve of the edge"
    >
      <Levels drawing={drawing} />
      <Bars bars={inputBars(counts, width, height)} />
      <Bars bars={outputBars(counts, drawing.values, drawing.axis, drawing.window)} />
      <path class="kw-above" d={drawing.curve.above} />
      <path class="kw-below" d={drawing.curve.below} />
      {drawing.residual && <path class="kw-residual" d={drawing.residual.band} />}
      <path class="kw-ghost" d={drawing.ghost} />
      <path class="kw-curve kw-large" d={drawing.curve.line} />
      <path class="kw-candidate kw-large" d={drawing.candidate} />
      <ProbeDot drawing={drawing} edge={edge} isLabelled={!mayEdit} />
      {drawing.residual && <ResidualText residual={drawing.residual} drawing={drawing} />}
      {mayEdit && <ControlPoints edge={edge} drawing={drawing} />}
      <InputAxis frame={frame} edge={edge} drawing={drawing} height={height} />
    </svg>
  );
}

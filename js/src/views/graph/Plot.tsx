import { type ReadonlySignal, useComputed } from "@preact/signals";
import { candidateCurve } from "../../candidateCurve";
import { linePath } from "../../maths/curve";
import { functionSign, shorten } from "../../maths/format";
import type { Slot } from "../../maths/layout";
import { clamp } from "../../maths/scales";
import { edgeNumbers, isPinned, plainEdge, symbolicOf } from "../../names";
import { useWidget, type Widget } from "../context";
import { IconPaths } from "../Icon";
import { emphasis } from "./emphasis";
import { type PlotCurve, plotCurve } from "./plotCurve";
import { slotEvents } from "./slotEvents";

const RADIUS = 4;
const CANDIDATE_POINTS = 49;

function useName({ store }: Widget, edge: Slot["edge"]): ReadonlySignal<string | null> {
  return useComputed(() => {
    const frame = store.frame.value;
    return (frame && symbolicOf(frame, edge)?.name) ?? null;
  });
}

function useCurve({ scene, view }: Widget, slot: Slot, name: ReadonlySignal<string | null>) {
  const [layer] = slot.edge;
  return useComputed<PlotCurve | null>(() => {
    const { width, height } = scene.plotSize.value;
    const { edges, spans } = scene.curves.value;
    const edge = edges.get(slot.key);
    const span = view.ownScale.value ? null : (spans[layer] ?? 1);
    return edge ? plotCurve(edge, span, width, height, name.value !== null) : null;
  });
}

/** Where the value that the probe sends along this edge lies on its curve. */
function useDot({ scene, store }: Widget, slot: Slot, curve: ReadonlySignal<PlotCurve | null>) {
  return useComputed(() => {
    const [l, i, j] = slot.edge;
    const evaluation = scene.evaluation.value;
    const layer = store.frame.value?.layers[l];
    const drawn = curve.value;
    const edge = scene.curves.value.edges.get(slot.key);
    const x = evaluation?.nodes[l]?.[i];
    const y = layer && evaluation?.edges[l]?.[i * layer.outputs + j];
    if (!drawn || !edge || x === undefined || y === undefined || Number.isNaN(x + y)) return null;
    const { left, right } = drawn.window;
    const share = clamp((x - edge.lo) / (edge.hi - edge.lo), 0, 1);
    return { x: left + share * (right - left), y: drawn.yOf(y) };
  });
}

/** The highlighted candidate over the curve, in the same window. */
function Candidate({ slot, curve }: { slot: Slot; curve: ReadonlySignal<PlotCurve | null> }) {
  const { scene, store } = useWidget();
  const d = useComputed(() => {
    const candidate = scene.dashed.value;
    const network = store.network.value;
    const drawn = curve.value;
    if (!candidate || !network || !drawn) return "";
    const { lo, hi } = edgeNumbers(network.frame, slot.edge);
    const values = candidateCurve(network, candidate, lo, hi, CANDIDATE_POINTS);
    return values ? linePath(values, drawn.window, drawn.yOf) : "";
  });
  return <path class="kw-candidate" d={d} />;
}

const CHIP_LETTER = 7;
/** The lock, and what is left beside the text. */
const CHIP_REST = 24;
const CHIP_LEFT = 8;
/** A chip keeps to its plot, but no function of the library is cut. */
const SHORTEST = 7;

function Chip({ name, room }: { name: string; room: number }) {
  const whole = functionSign(name);
  const longest = Math.floor((room - 2 * CHIP_LEFT - CHIP_REST) / CHIP_LETTER);
  const sign = shorten(whole, Math.max(SHORTEST, longest));
  const width = CHIP_REST + [...sign].length * CHIP_LETTER;
  // Over a plot that is narrower it stands in the middle.
  const left = Math.min(CHIP_LEFT, (room - width) / 2);
  return (
    <g transform={`translate(${left} 0)`} class="kw-chip-group">
      {sign !== whole && <title>{whole}</title>}
      <rect class="kw-chip" y={-10} width={width} height={20} rx={10} />
      <g class="kw-chip-icon" transform="translate(6 -5.6) scale(.69)">
        <IconPaths name="lock" />
      </g>
      <text class="kw-chip-text" x={18} y={4}>
        {sign}
      </text>
    </g>
  );
}

/** An edge that pruning and naming leave alone. */
function Pin({ slot: { edge, width } }: { slot: Slot }) {
  const { store } = useWidget();
  const pinned = useComputed(() => store.frame.value !== null && isPinned(store.frame.value, edge));
  if (!pinned.value) return null;
  return (
    <g class="kw-pin" transform={`translate(${width - 11} 0)`}>
      <title>Pinned</title>
      <circle r={8} />
      <g transform="translate(-5.4 -5.4) scale(.68)">
        <IconPaths name="pin" />
      </g>
    </g>
  );
}

export function Plot({ slot }: { slot: Slot }) {
  const widget = useWidget();
  const { width, height, x, y } = slot;
  const name = useName(widget, slot.edge);
  const curve = useCurve(widget, slot, name);
  const dot = useDot(widget, slot, curve);
  const line = useComputed(() => curve.value?.line ?? "");
  const above = useComputed(() => curve.value?.above ?? "");
  const below = useComputed(() => curve.value?.below ?? "");
  const ghost = useComputed(() => curve.value?.ghost ?? "");
  const zero = useComputed(() => {
    const size = widget.scene.plotSize.value;
    return `M3 ${curve.value?.zeroY ?? size.height / 2}H${size.width - 3}`;
  });
  const ink = useComputed(() => emphasis(widget, slot).curve);
  const isFaint = useComputed(() => emphasis(widget, slot).isFaint);
  const isSelected = useComputed(() => widget.scene.selectedKey.value === slot.key);
  const isHovered = useComputed(() => widget.scene.pointedKey.value === slot.key);
  const isCursor = useComputed(() => widget.scene.cursorKey.value === slot.key);
  const label = useComputed(() => {
    const frame = widget.store.frame.value;
    return frame ? `${plainEdge(frame, slot.edge)}, ${name.value ?? "spline"}` : "";
  });
  const marks = [
    "kw-plot",
    name.value !== null && "kw-named",
    isSelected.value && "kw-selected",
    isHovered.value && "kw-hovered",
    isFaint.value && !isSelected.value && !isHovered.value && "kw-faint",
  ];
  return (
    <g
      class={marks.filter(Boolean).join(" ")}
      transform={`translate(${x} ${y - height / 2})`}
      role="button"
      tabIndex={isCursor.value ? 0 : -1}
      data-edge={slot.key}
      aria-label={label}
      aria-pressed={isSelected.value}
      {...slotEvents(widget, slot)}
    >
      <rect class="kw-ground" width={width} height={height} rx={RADIUS} />
      <g class="kw-body">
        <path class="kw-zero" d={zero} />
        <path class="kw-above" d={above} />
        <path class="kw-below" d={below} />
        <path class="kw-ghost" d={ghost} />
        <path class="kw-curve" d={line} stroke-opacity={ink} />
        {isSelected.value && <Candidate slot={slot} curve={curve} />}
      </g>
      <Dot at={dot} radius={height < 40 ? 2.4 : 3} />
      <rect class="kw-frame" width={width} height={height} rx={RADIUS} />
      <rect class="kw-ring" x={-4} y={-4} width={width + 8} height={height + 8} rx={RADIUS + 3} />
      {name.value !== null && <Chip name={name.value} room={width} />}
      <Pin slot={slot} />
    </g>
  );
}

type Place = { readonly x: number; readonly y: number } | null;

export function Dot({ at, radius }: { at: ReadonlySignal<Place>; radius: number }) {
  const cx = useComputed(() => at.value?.x ?? 0);
  const cy = useComputed(() => at.value?.y ?? 0);
  const display = useComputed(() => (at.value ? "inline" : "none"));
  return <circle class="kw-dot" cx={cx} cy={cy} r={radius} display={display} />;
}

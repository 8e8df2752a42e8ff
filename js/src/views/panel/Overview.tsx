import { useRef } from "preact/hooks";
import type { Frame } from "../../frame";
import { plural, threshold as thresholdText } from "../../maths/format";
import { hiddenEdges, type Layout, type LayoutNet, type Tier } from "../../maths/layout";
import { clamp, linear } from "../../maths/scales";
import { stepFrom } from "../../maths/sliderScale";
import { edgeEnds, edgeNumbers, hasEdge } from "../../names";
import { type EdgeKey, edgeId, edgeKey } from "../../protocol";
import { THRESHOLDS } from "../../view";
import { useWidget } from "../context";
import { dragging, localPoint } from "../drag";
import { NameHtml } from "../NameText";
import { BigPlot } from "./BigPlot";

const HEIGHT = 112;
const LEFT = 40;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;
const LOWEST = -5;
const FLOOR = HEIGHT - BOTTOM;

const yOf = linear(0, LOWEST, TOP, FLOOR);
const heightOf = (importance: number): number =>
  yOf(clamp(Math.log10(Math.max(importance, 1e-12)), LOWEST, 0));

interface Ranked {
  readonly key: EdgeKey;
  readonly importance: number;
}

export function rankEdges(net: LayoutNet): Ranked[] {
  return net.layers
    .flatMap((layer, l) =>
      layer.edges.map(({ from, sub, importance }) => ({
        key: edgeKey([l, from, sub]),
        importance,
      })),
    )
    .sort((a, b) => b.importance - a.importance);
}

/** With more edges than this, bars wait for training to rest. */
const FEW_ENOUGH = 600;

/** The ranks stay while training runs, the heights follow it: nothing is sorted anew under the eye. */
function withLiveHeights(ranked: readonly Ranked[], frame: Frame | null): readonly Ranked[] {
  if (!frame || ranked.length > FEW_ENOUGH) return ranked;
  return ranked.map(({ key }) => ({ key, importance: edgeNumbers(frame, edgeId(key)).importance }));
}

const tiersOf = (layout: Layout): Map<EdgeKey, Tier> =>
  new Map(layout.columns.flatMap(column => column.slots.map(slot => [slot.key, slot.tier])));

/** Edges that are drawn as curves, but fade because they are below the threshold. */
type Bar = Tier | "hidden" | "faint";

const BAR_CLASS: Readonly<Record<Bar, string>> = {
  hidden: "kw-rank",
  line: "kw-rank kw-line",
  faint: "kw-rank kw-plot-rank kw-faint-rank",
  plot: "kw-rank kw-plot-rank",
};

const WIDEST_BAR = 9;

/** One path for each kind of bar, however many thousand edges there are. */
function rankPaths(
  ranked: readonly Ranked[],
  tiers: ReadonlyMap<EdgeKey, Tier>,
  least: number,
  width: number,
) {
  const step = (width - LEFT - RIGHT) / Math.max(1, ranked.length);
  const paths: Record<Bar, string> = { hidden: "", line: "", faint: "", plot: "" };
  let lastX = Number.NEGATIVE_INFINITY;
  ranked.forEach(({ key, importance }, n) => {
    const x = LEFT + (n + 0.5) * step;
    const tier = tiers.get(key) ?? "hidden";
    if (tier === "hidden" && x - lastX < 0.5) return;
    lastX = x;
    const bar = tier === "plot" && importance < least ? "faint" : tier;
    paths[bar] += `M${x.toFixed(1)} ${FLOOR}V${heightOf(importance).toFixed(1)}`;
  });
  const barWidth = Math.min(WIDEST_BAR, Math.max(0.9, step - (step > 3 ? 1 : 0)));
  return { paths: Object.entries(paths) as [Bar, string][], barWidth };
}

const DECADES = [
  [0, "1"],
  [-2, "10⁻²"],
  [-4, "10⁻⁴"],
] as const;

function ThresholdLine({ width }: { width: number }) {
  const { view } = useWidget();
  const control = useRef<SVGRectElement>(null);
  const value = view.threshold.value;
  const y = heightOf(value);
  const drag = dragging(event => {
    if (!control.current) return;
    const { y: at } = localPoint(event, control.current, width - LEFT);
    const exponent = linear(TOP, FLOOR, 0, LOWEST)(at);
    view.threshold.value = THRESHOLDS.fromShare(THRESHOLDS.toShare(10 ** exponent));
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    event.stopPropagation();
    view.threshold.value = stepFrom(THRESHOLDS, value, direction);
  };
  return (
    <g
      class="kw-threshold-control"
      role="slider"
      tabIndex={0}
      aria-label="Fade below"
      aria-orientation="vertical"
      aria-valuemin={THRESHOLDS.min}
      aria-valuemax={THRESHOLDS.max}
      aria-valuenow={value}
      aria-valuetext={thresholdText(value)}
      onKeyDown={onKeyDown}
      {...drag}
    >
      <rect ref={control} class="kw-hit" x={LEFT} width={width - LEFT} height={HEIGHT - BOTTOM} />
      <path class="kw-threshold" d={`M${LEFT} ${y}H${width - RIGHT}`} />
      <circle class="kw-threshold-thumb" cx={width - RIGHT - 3} cy={y} r={5} />
    </g>
  );
}

function Scree({ net, layout, width }: { net: LayoutNet; layout: Layout; width: number }) {
  const { store, view } = useWidget();
  const ranked = withLiveHeights(rankEdges(net), store.frame.value);
  const least = view.threshold.value;
  const { paths, barWidth } = rankPaths(ranked, tiersOf(layout), least, width);
  return (
    <svg width={width} height={HEIGHT} role="group" aria-label="Edges by importance">
      {DECADES.map(([exponent, text]) => (
        <g key={exponent}>
          <path class="kw-grid" d={`M${LEFT} ${yOf(exponent)}H${width - RIGHT}`} />
          <text class="kw-tick" x={LEFT - 6} y={yOf(exponent) + 4} text-anchor="end">
            {text}
          </text>
        </g>
      ))}
      <g stroke-width={barWidth}>
        {paths.map(([bar, d]) => (
          <path key={bar} class={BAR_CLASS[bar]} d={d} />
        ))}
      </g>
      <path class="kw-axis" d={`M${LEFT} ${FLOOR}H${width - RIGHT}`} />
      <text class="kw-tick" x={LEFT} y={HEIGHT - 4} text-anchor="middle">
        1
      </text>
      <text class="kw-tick" x={width - RIGHT} y={HEIGHT - 4} text-anchor="end">
        {plural(ranked.length, "edge")}
      </text>
      <ThresholdLine width={width} />
    </svg>
  );
}

function Tiers({ layout }: { layout: Layout }) {
  const sum = (count: (column: Layout["columns"][number]) => number) =>
    layout.columns.reduce((total, column) => total + count(column), 0);
  return (
    <div class="kw-tiers">
      <span class="kw-tier">
        <i class="kw-swatch" />
        curves <b>{sum(column => column.plots)}</b>
      </span>
      <span class="kw-tier">
        <i class="kw-swatch kw-line" />
        lines <b>{sum(column => column.lines)}</b>
      </span>
      <span class="kw-tier">
        <i class="kw-swatch kw-none" />
        hidden <b>{sum(hiddenEdges)}</b>
      </span>
    </div>
  );
}

/** The edge that pointer or keyboard are at. */
function Preview({ net, width }: { net: LayoutNet; width: number }) {
  const { scene, store } = useWidget();
  const key = scene.pointedKey.value;
  const frame = store.frame.value;
  const edge = key && edgeId(key);
  if (!frame || !edge || !hasEdge(frame, edge)) {
    return (
      <div class="kw-preview kw-muted">
        <div>Point at an edge to see its curve.</div>
        <div>Click it to choose a function.</div>
      </div>
    );
  }
  const { from, to } = edgeEnds(frame, edge);
  const rank = rankEdges(net).findIndex(other => other.key === key) + 1;
  const { importance } = edgeNumbers(frame, edge);
  return (
    <div class="kw-preview">
      <div class="kw-preview-head">
        <b>
          <NameHtml name={from} /> → <NameHtml name={to} />
        </b>{" "}
        <span class="kw-muted">{`importance ${importance.toFixed(3)}, rank ${rank}`}</span>
      </div>
      <BigPlot edge={edge} candidate={null} width={width} height={HEIGHT} />
    </div>
  );
}

export function Overview({ width }: { width: number }) {
  const { scene, view } = useWidget();
  const net = scene.net.value;
  const layout = scene.target.value;
  if (!net || !layout) return null;
  return (
    <div class="kw-section" data-panel="overview">
      <div class="kw-section-head">
        <span class="kw-title">Importance</span>
        <span class="kw-muted">{`keep ≥ ${thresholdText(view.threshold.value)}`}</span>
      </div>
      <Scree net={net} layout={layout} width={width} />
      <Tiers layout={layout} />
      <Preview net={net} width={width} />
    </div>
  );
}

import type { Frame } from "../../frame";
import { plural } from "../../maths/format";
import type { Layout, LayoutNet, Tier } from "../../maths/layout";
import { type Ranked, rankEdges } from "../../maths/ranking";
import { edgeNumbers } from "../../names";
import { type EdgeKey, edgeId } from "../../protocol";
import { useWidget } from "../context";
import { FLOOR, HEIGHT, MARGIN, yOf, yOfExponent } from "./screeScale";
import { ThresholdLine } from "./ThresholdLine";

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
  const step = (width - MARGIN.left - MARGIN.right) / Math.max(1, ranked.length);
  const paths: Record<Bar, string> = { hidden: "", line: "", faint: "", plot: "" };
  let lastX = Number.NEGATIVE_INFINITY;
  ranked.forEach(({ key, importance }, n) => {
    const x = MARGIN.left + (n + 0.5) * step;
    const tier = tiers.get(key) ?? "hidden";
    if (tier === "hidden" && x - lastX < 0.5) return;
    lastX = x;
    const bar = tier === "plot" && importance < least ? "faint" : tier;
    paths[bar] += `M${x.toFixed(1)} ${FLOOR}V${yOf(importance).toFixed(1)}`;
  });
  const barWidth = Math.min(WIDEST_BAR, Math.max(0.9, step - (step > 3 ? 1 : 0)));
  return { paths: Object.entries(paths) as [Bar, string][], barWidth };
}

const DECADES = [
  [0, "1"],
  [-2, "10⁻²"],
  [-4, "10⁻⁴"],
] as const;

export function Scree({ net, layout, width }: { net: LayoutNet; layout: Layout; width: number }) {
  const { store, view } = useWidget();
  const ranked = withLiveHeights(rankEdges(net), store.frame.value);
  const least = view.threshold.value;
  const { paths, barWidth } = rankPaths(ranked, tiersOf(layout), least, width);
  return (
    <svg width={width} height={HEIGHT} role="group" aria-label="Edges by importance">
      {DECADES.map(([exponent, text]) => (
        <g key={exponent}>
          <path
            class="kw-grid"
            d={`M${MARGIN.left} ${yOfExponent(exponent)}H${width - MARGIN.right}`}
          />
          <text class="kw-tick" x={MARGIN.left - 6} y={yOfExponent(exponent) + 4} text-anchor="end">
            {text}
          </text>
        </g>
      ))}
      <g stroke-width={barWidth}>
        {paths.map(([bar, d]) => (
          <path key={bar} class={BAR_CLASS[bar]} d={d} />
        ))}
      </g>
      <path class="kw-axis" d={`M${MARGIN.left} ${FLOOR}H${width - MARGIN.right}`} />
      <text class="kw-tick" x={MARGIN.left} y={HEIGHT - 4} text-anchor="middle">
        1
      </text>
      <text class="kw-tick" x={width - MARGIN.right} y={HEIGHT - 4} text-anchor="end">
        {plural(ranked.length, "edge")}
      </text>
      <ThresholdLine width={width} />
    </svg>
  );
}

import { threshold as thresholdText } from "../../maths/format";
import { hiddenEdges, type Layout } from "../../maths/layout";
import { useWidget } from "../context";
import { Preview } from "./Preview";
import { Scree } from "./Scree";

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

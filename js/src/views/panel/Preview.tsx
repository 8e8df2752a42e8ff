import type { LayoutNet } from "../../maths/layout";
import { rankEdges } from "../../maths/ranking";
import { edgeEnds, edgeNumbers, hasEdge } from "../../names";
import { edgeId } from "../../protocol";
import { useWidget } from "../context";
import { NameHtml } from "../NameText";
import { BigPlot } from "./BigPlot";

const HEIGHT = 112;

/** The edge that pointer or keyboard are at. */
export function Preview({ net, width }: { net: LayoutNet; width: number }) {
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

/** What was found, once every edge has a name: how good the formula is, and its parts. */

import type { Frame } from "../../frame";
import { loss as lossText } from "../../maths/format";
import { lastLoss } from "../../maths/lossChart";
import { edgeEnds, hasEdge, symbolicOf } from "../../names";
import type { EdgeId } from "../../protocol";
import { Button } from "../Button";
import { useWidget } from "../context";
import { NameHtml } from "../NameText";
import { affineText } from "./affineText";

function namedEdges(frame: Frame): EdgeId[] {
  return frame.layers.flatMap((layer, l) =>
    [...layer.symbolic.keys()]
      .sort((a, b) => a - b)
      .map((index): EdgeId => [l, Math.floor(index / layer.outputs), index % layer.outputs])
      .filter(edge => hasEdge(frame, edge)),
  );
}

function Part({ frame, edge }: { frame: Frame; edge: EdgeId }) {
  const { client } = useWidget();
  const symbolic = symbolicOf(frame, edge);
  if (!symbolic) return null;
  const { from, to } = edgeEnds(frame, edge);
  return (
    <Button kind="kw-summary-row" title="Show this edge" onPress={() => client.select(edge)}>
      <b>
        <NameHtml name={from} /> → <NameHtml name={to} />
      </b>
      <span>{affineText(symbolic, from)}</span>
    </Button>
  );
}

function Goodness({ frame }: { frame: Frame }) {
  const { store } = useWidget();
  const last = lastLoss(frame.loss);
  if (last) {
    const test = Number.isNaN(last.test) ? null : lossText(last.test);
    return (
      <p class="kw-say">
        The formula's {store.measure.value} is <b>{lossText(last.train)}</b> on the training rows
        {test !== null && (
          <>
            {" "}
            and <b>{test}</b> on the test rows
          </>
        )}
        .
      </p>
    );
  }
  const rmse = store.formula.value?.rmse;
  if (rmse === null || rmse === undefined) return <p class="kw-say">Every edge has a name.</p>;
  return (
    <p class="kw-say">
      The formula's RMSE is <b>{lossText(rmse)}</b> on the rows that the network has seen.
    </p>
  );
}

export function Summary() {
  const { store } = useWidget();
  const frame = store.frame.value;
  if (!frame) return null;
  return (
    <div class="kw-section" data-panel="summary">
      <div class="kw-section-head">
        <span class="kw-title">Formula</span>
      </div>
      <Goodness frame={frame} />
      <div class="kw-scroll">
        {namedEdges(frame).map(edge => (
          <Part key={edge.join()} frame={frame} edge={edge} />
        ))}
      </div>
    </div>
  );
}

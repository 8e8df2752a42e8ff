import { functionSign, shorten } from "../../maths/format";
import { edgeEnds, edgeNumbers, isPinned, plainEdge, symbolicOf } from "../../names";
import type { EdgeId } from "../../protocol";
import { Button } from "../Button";
import { useWidget } from "../context";
import { NameHtml } from "../NameText";
import { affineText } from "./affineText";
import { BigPlot } from "./BigPlot";
import { CandidateList } from "./CandidateList";
import { Constants } from "./Constants";

function useSymbolic(edge: EdgeId) {
  const frame = useWidget().store.frame.value;
  return frame && symbolicOf(frame, edge);
}

function Head({ edge }: { edge: EdgeId }) {
  const { client, store } = useWidget();
  const frame = store.network.value?.frame;
  const symbolic = frame && symbolicOf(frame, edge);
  if (!frame) return null;
  const { from, to } = edgeEnds(frame, edge);
  const pinned = isPinned(frame, edge);
  const importance = `importance ${edgeNumbers(frame, edge).importance.toFixed(2)}`;
  const text = symbolic ? affineText(symbolic, from) : importance;
  return (
    <div class="kw-section-head">
      <span class="kw-title kw-ends" title={plainEdge(frame, edge)}>
        <NameHtml name={from} />→<NameHtml name={to} />
      </span>
      <span class="kw-muted kw-ellipsis" title={symbolic ? `${text}, ${importance}` : text}>
        {text}
      </span>
      <Button
        act="pin"
        icon="pin"
        iconSize={14}
        kind="kw-small"
        isOn={pinned}
        title={pinned ? "Pinned: press to let go" : "Pin: Prune and Auto-symbolic leave it alone"}
        off={store.offReason.value}
        onPress={() => client.once("pin", { edge, pinned: !pinned })}
      />
      <Button
        act="close"
        icon="close"
        iconSize={14}
        title="Let go of this edge (Esc)"
        kind="kw-small"
        onPress={() => client.select(null)}
      />
    </div>
  );
}

interface ActionsProps {
  readonly edge: EdgeId;
  readonly onFix: (name: string) => void;
}

function Actions({ edge, onFix }: ActionsProps) {
  const { client, scene, store } = useWidget();
  const symbolic = useSymbolic(edge);
  const name = scene.candidate.value?.name ?? null;
  const sign = name === null ? "" : functionSign(name);
  const off = store.offReason.value;
  const isFixed = symbolic !== null && symbolic.name === name;
  return (
    <div class="kw-actions">
      <Button
        act="fix"
        {...(sign.length > LONG_NAME ? {} : { icon: "lock" as const, iconSize: 14 })}
        kind="kw-boxed kw-primary"
        title={isFixed ? `Fit ${sign} again` : `This edge becomes ${sign || "a function"} (Enter)`}
        off={off || (name === null ? "Choose a function" : "")}
        onPress={() => name !== null && onFix(name)}
      >
        {name === null ? "Fix" : `Fix ${shorten(sign, LONGEST_NAME)}`}
      </Button>
      <Button
        act="remove_edge"
        kind="kw-boxed"
        title="Remove this edge (Delete)"
        off={off}
        onPress={() => client.once("remove_edge", { edge })}
      >
        Remove
      </Button>
      <Button
        act="unfix"
        kind="kw-boxed"
        title="This edge becomes a spline again"
        off={off || (symbolic ? "" : "This edge is a spline")}
        onPress={() => client.once("unfix", { edge })}
      >
        Back to spline
      </Button>
    </div>
  );
}

const PLOT_HEIGHT = { narrow: 190, medium: 126, wide: 152 } as const;
/** How much lower the plot is where the constants need the room. */
const LOWER = 14;
const ROWS = { narrow: 5, medium: 4, wide: 5 } as const;
/** A longer name needs the room of the lock. */
const LONG_NAME = 5;
/** And one longer than this is cut: all three actions stand in one row. */
const LONGEST_NAME = 10;
const NARROW_PLOT_SHARE = 0.47;
const NARROW_GAP = 20;

export function EdgePanel({ edge, width }: { edge: EdgeId; width: number }) {
  const { client, scene } = useWidget();
  const { kind } = scene.screen.value;
  const isCramped = useSymbolic(edge) !== null && kind !== "narrow";
  const fix = (name: string) => client.once("fix", { edge, name });
  const plotWidth =
    kind === "narrow" ? Math.floor((width - NARROW_GAP) * NARROW_PLOT_SHARE) : width;
  const listWidth = kind === "narrow" ? width - NARROW_GAP - plotWidth : width;
  return (
    <div class="kw-section" data-panel="edge">
      <Head edge={edge} />
      <div class="kw-two">
        <div>
          <BigPlot
            edge={edge}
            candidate={scene.dashed.value}
            width={plotWidth}
            height={PLOT_HEIGHT[kind] - (isCramped ? LOWER : 0)}
            editable
          />
          <Constants edge={edge} />
        </div>
        <div class="kw-side">
          <CandidateList
            edge={edge}
            width={listWidth}
            rows={isCramped ? ROWS[kind] - 1 : ROWS[kind]}
            onFix={fix}
            onKeep={() => client.select(null)}
          />
          <Actions edge={edge} onFix={fix} />
        </div>
      </div>
    </div>
  );
}

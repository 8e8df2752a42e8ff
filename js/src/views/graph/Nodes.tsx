import { useComputed } from "@preact/signals";
import { longestName, outputColumn } from "../../columns";
import type { FoldedNodes, Layout, NodePlace } from "../../maths/layout";
import { nodeName } from "../../names";
import { edgeId } from "../../protocol";
import { useWidget } from "../context";
import { NameSvg } from "../NameText";
import { useNodeValue } from "./nodeText";
import { OutputField } from "./OutputField";

function Shape({ place }: { place: NodePlace }) {
  const r = place.radius;
  if (place.kind === "product") {
    const side = 2 * r - 2;
    return <rect class="kw-node-ring" x={1 - r} y={1 - r} width={side} height={side} rx={2.5} />;
  }
  return <circle class="kw-node-ring" r={r} />;
}

/** Smaller circles have no room for a sign. */
const SIGN_RADIUS = 9;

function Sign({ place }: { place: NodePlace }) {
  if (place.radius < SIGN_RADIUS) return null;
  const d = place.kind === "product" ? "M-3 -3l6 6m0 -6l-6 6" : "M-3.6 0h7.2M0 -3.6v7.2";
  return <path class="kw-glyph" d={d} />;
}

/** Whether pointer or keyboard are at an edge that leads to this node. */
function useIsTarget(place: NodePlace) {
  const { scene, store } = useWidget();
  return useComputed(() => {
    const key = scene.pointedKey.value;
    if (!key) return false;
    const [l, , j] = edgeId(key);
    const layer = store.frame.value?.layers[l];
    if (!layer || l + 1 !== place.layer) return false;
    const node = j < layer.sums ? j : layer.sums + ((j - layer.sums) >> 1);
    return node === place.index;
  });
}

function Hidden({ place }: { place: NodePlace }) {
  const { store } = useWidget();
  const value = useNodeValue(place, 2);
  const isTarget = useIsTarget(place);
  const frame = store.frame.value;
  return (
    <>
      {place.crowded ? (
        <text class="kw-value kw-halo kw-beside" x={place.radius + 3} y={-3}>
          {value}
        </text>
      ) : (
        <text class="kw-value kw-halo" y={place.radius + 13} text-anchor="middle">
          {value}
        </text>
      )}
      {isTarget.value && frame && (
        <NameSvg
          name={nodeName(frame, place.layer, place.index)}
          x={place.radius + 3}
          y={-place.radius - 1}
          kind="kw-minor kw-halo"
        />
      )}
    </>
  );
}

function Output({ place }: { place: NodePlace }) {
  const { store, scene, view } = useWidget();
  const frame = store.frame.value;
  const value = useNodeValue(place, 2);
  if (!frame) return null;
  const screen = scene.screen.value;
  const { field } = outputColumn(frame, scene.side.value > 0, screen);
  if (field > 0) return <OutputField key={field} place={place} size={field} />;
  return (
    <NameSvg
      name={nodeName(frame, place.layer, place.index)}
      x={place.radius + 8}
      y={5}
      longest={longestName(screen.kind === "narrow")}
      value={view.probing.value ? value : undefined}
    />
  );
}

function Node({ place, isOutput }: { place: NodePlace; isOutput: boolean }) {
  const { scene } = useWidget();
  const isTarget = useIsTarget(place);
  const hasField = scene.side.value > 0;
  return (
    <g
      class={isTarget.value ? "kw-node kw-hovered" : "kw-node"}
      transform={`translate(${place.x} ${place.y})`}
    >
      {!hasField && <Sign place={place} />}
      <Shape place={place} />
      {isOutput ? <Output place={place} /> : <Hidden place={place} />}
    </g>
  );
}

function FoldedHidden({ folded: { x, dots, labelY, count } }: { folded: FoldedNodes }) {
  return (
    <g>
      {dots.map(y => (
        <circle key={y} class="kw-node-ring" cx={x} cy={y} r={2.5} />
      ))}
      <text
        class="kw-tick kw-halo"
        x={dots.length > 0 ? x + 10 : x}
        y={labelY + 4}
        text-anchor={dots.length > 0 ? "start" : "middle"}
      >
        {`${count} faint`}
      </text>
    </g>
  );
}

export function Nodes({ layout }: { layout: Layout }) {
  const last = layout.nodes.length - 1;
  return (
    <g class="kw-nodes">
      {layout.nodes
        .slice(1)
        .map((places, l) =>
          places.map(place => (
            <Node
              key={`${place.layer} ${place.index} ${place.radius}`}
              place={place}
              isOutput={l + 1 === last}
            />
          )),
        )}
      {layout.folded
        .slice(1)
        .map(folded => folded && <FoldedHidden key={folded.x} folded={folded} />)}
    </g>
  );
}

import { useComputed } from "@preact/signals";
import { longestName } from "../../columns";
import type { FoldedNodes, Layout, NodePlace } from "../../maths/layout";
import { portHeight } from "../../maths/layout/ports";
import { nodeName, plainName } from "../../names";
import { edgeId } from "../../protocol";
import type { NodeKey } from "../../view";
import { ClassOutput } from "../classes/ClassOutput";
import { JointField } from "../classes/JointField";
import { useWidget } from "../context";
import { NameSvg } from "../NameText";
import { useNodeValue } from "./nodeText";
import { OutputField } from "./OutputField";

/** A product node is a square with a port for each of its two factors. */
function Shape({ place }: { place: NodePlace }) {
  const r = place.radius;
  if (place.kind !== "product") return <circle class="kw-node-ring" r={r} />;
  const side = 2 * r - 2;
  const port = portHeight(r);
  return (
    <>
      <rect class="kw-node-ring" x={1 - r} y={1 - r} width={side} height={side} rx={2.5} />
      <circle class="kw-port" cx={1 - r} cy={-port} r={2.2} />
      <circle class="kw-port" cx={1 - r} cy={port} r={2.2} />
    </>
  );
}

/** Smaller circles have no room for a sign. */
const SIGN_RADIUS = 9;
const SIGNS = { product: "M-3.2 -3.2l6.4 6.4m0 -6.4l-6.4 6.4", sum: "M-3.6 0h7.2M0 -3.6v7.2" };

/** What the node does with what comes in; over a field only what is not plain adding. */
function Sign({ place, onField }: { place: NodePlace; onField: boolean }) {
  const isProduct = place.kind === "product";
  if (isProduct ? place.radius < 6 : place.radius < SIGN_RADIUS || onField) return null;
  const d = isProduct ? SIGNS.product : SIGNS.sum;
  return (
    <>
      {onField && <path class="kw-glyph kw-glyph-halo" d={d} />}
      <path class="kw-glyph" d={d} />
    </>
  );
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
  const className = scene.classes.value?.[place.index];
  if (className !== undefined) return <ClassOutput place={place} name={className} />;
  const field = scene.output.value?.field ?? 0;
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

const isFinger = ({ pointerType }: PointerEvent) => pointerType === "touch";

/** What looks at the field of a node closely: a pointer over it, the keyboard, or a tap until the next one elsewhere. */
function useLens(place: NodePlace, beside: (direction: 1 | -1) => NodePlace | undefined) {
  const { view } = useWidget();
  const key = { layer: place.layer, index: place.index };
  const isHere = ({ layer, index }: NodeKey) => layer === key.layer && index === key.index;
  const look = () => {
    view.lens.value = key;
  };
  const leave = () => {
    if (view.lens.value && isHere(view.lens.value)) view.lens.value = null;
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: Element }) => {
    const direction = DIRECTIONS[event.key];
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    const next = beside(direction);
    if (!next) return;
    view.node.value = { layer: next.layer, index: next.index };
    const all = event.currentTarget.parentElement;
    all?.parentElement
      ?.querySelector<SVGElement>(`[data-node="${next.layer},${next.index}"]`)
      ?.focus();
  };
  const onFocus = () => {
    view.node.value = key;
    look();
  };
  return {
    onPointerEnter: (event: PointerEvent) => {
      if (!isFinger(event)) look();
    },
    onPointerLeave: (event: PointerEvent) => {
      if (!isFinger(event)) leave();
    },
    onClick: (event: MouseEvent & { currentTarget: SVGElement }) => {
      event.currentTarget.focus();
      look();
    },
    onFocus,
    onBlur: leave,
    onKeyDown,
  };
}

const DIRECTIONS: Readonly<Record<string, 1 | -1>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

function Node({ place, isOutput, all }: NodeProps) {
  const { scene, store, view } = useWidget();
  const isTarget = useIsTarget(place);
  const hasField = scene.side.value > 0;
  const value = useNodeValue(place, 3);
  const label = useComputed(() => {
    const frame = store.frame.value;
    return frame ? `${plainName(nodeName(frame, place.layer, place.index))} ${value.value}` : "";
  });
  const at = all.indexOf(place);
  const lens = useLens(place, direction => all[at + direction]);
  const stop = view.node.value;
  const isStop = stop ? stop.layer === place.layer && stop.index === place.index : at === 0;
  const close = hasField
    ? {
        role: "img",
        tabIndex: isStop ? 0 : -1,
        "data-node": `${place.layer},${place.index}`,
        "aria-label": label,
        ...lens,
      }
    : {};
  return (
    <g transform={`translate(${place.x} ${place.y})`}>
      <g
        class={`kw-node ${isTarget.value ? "kw-hovered" : ""} ${hasField ? "kw-lensed" : ""}`}
        {...close}
      >
        {hasField && <circle class="kw-hit" r={place.radius} />}
        <Sign place={place} onField={hasField} />
        <Shape place={place} />
      </g>
      {isOutput ? <Output place={place} /> : <Hidden place={place} />}
    </g>
  );
}

interface NodeProps {
  readonly place: NodePlace;
  readonly isOutput: boolean;
  /** In the order in which arrow keys visit them. */
  readonly all: readonly NodePlace[];
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
  const all = layout.nodes.slice(1).flat();
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
              all={all}
            />
          )),
        )}
      <JointField layout={layout} />
      {layout.folded
        .slice(1)
        .map(folded => folded && <FoldedHidden key={folded.x} folded={folded} />)}
    </g>
  );
}

/** The output over the whole input square, with a cross that can be dragged. Its colours are canvas. */

import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { bound } from "../../maths/format";
import type { NodePlace } from "../../maths/layout";
import { clamp } from "../../maths/scales";
import { keyStep } from "../../maths/shareKeys";
import { nodeName, plainName } from "../../names";
import { useWidget } from "../context";
import { Points } from "../data/Points";
import { useLocalDrag } from "../drag";
import { NameSvg } from "../NameText";
import { type InputHandle, useInput } from "../probe/useInput";
import { useNodeValue } from "./nodeText";

/** Between the node and its field. */
export const FIELD_GAP = 14;

const DIRECTIONS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** A cross at the probe. */
function Cross({ size }: { size: number }) {
  const across = useInput(0).share;
  const up = useInput(1).share;
  const x = useComputed(() => across.value * size);
  const y = useComputed(() => (1 - up.value) * size);
  const lines = useComputed(() => `M${x.value} 0V${size}M0 ${y.value}H${size}`);
  return (
    <>
      <path class="kw-cross" d={lines} />
      <rect class="kw-field-frame" width={size} height={size} />
      <circle class="kw-probe-ring" cx={x} cy={y} r={8} />
      <circle class="kw-probe" cx={x} cy={y} r={4} />
    </>
  );
}

export function OutputField({ place, size }: { place: NodePlace; size: number }) {
  const { scene, store, view } = useWidget();
  const ground = useRef<SVGRectElement>(null);
  const across = useInput(0);
  const up = useInput(1);
  const value = useNodeValue(place, 3);
  const drag = useLocalDrag(ground, size, (x, y) => moveTo(x / size, 1 - y / size));
  const said = useComputed(() => {
    const now = store.frame.value;
    return now ? `${plainName(nodeName(now, place.layer, place.index))} ${value.value}` : "";
  });
  const frame = store.frame.value;
  if (!frame) return null;
  const output = nodeName(frame, place.layer, place.index);
  const isProbing = view.probing.value;

  const moveTo = (shareX: number, shareY: number) => {
    const changes = new Map([
      [0, across.lo + clamp(shareX, 0, 1) * (across.hi - across.lo)],
      [1, up.lo + clamp(shareY, 0, 1) * (up.hi - up.lo)],
    ]);
    scene.probe.move(changes);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = DIRECTIONS[event.key];
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    const step = keyStep(event.shiftKey);
    const at = (i: number, { lo, hi }: InputHandle) => (scene.probe.wanted(i) - lo) / (hi - lo);
    moveTo(at(0, across) + direction[0] * step, at(1, up) + direction[1] * step);
  };

  const left = place.radius + FIELD_GAP;
  return (
    <>
      <path class="kw-axis" d={`M${place.radius} 0H${left}`} />
      <g transform={`translate(${left} ${-size / 2})`}>
        <NameSvg name={output} x={0} y={-9} value={isProbing ? value : undefined} />
        <g
          class="kw-field"
          role="slider"
          tabIndex={0}
          data-field={place.index}
          aria-label={`Field of ${plainName(output)}: arrow keys move the inputs`}
          aria-valuenow={across.now}
          aria-valuetext={said}
          onKeyDown={onKeyDown}
          {...drag}
        >
          <rect ref={ground} class="kw-hit" width={size} height={size} />
          <Points output={place.index} size={size} />
          {isProbing ? (
            <Cross size={size} />
          ) : (
            <rect class="kw-field-frame" width={size} height={size} />
          )}
        </g>
        <text class="kw-tick" y={size + 13}>
          {bound(across.lo)}
        </text>
        <text class="kw-tick" x={size} y={size + 13} text-anchor="end">
          {bound(across.hi)}
        </text>
        <NameSvg
          name={nodeName(frame, 0, 0)}
          x={size / 2}
          y={size + 13}
          anchor="middle"
          kind="kw-minor"
          longest={6}
        />
        <text class="kw-tick" x={size + 5} y={9}>
          {bound(up.hi)}
        </text>
        <text class="kw-tick" x={size + 5} y={size}>
          {bound(up.lo)}
        </text>
        <NameSvg
          name={nodeName(frame, 0, 1)}
          x={size + 5}
          y={size / 2 + 4}
          kind="kw-minor"
          longest={3}
        />
      </g>
    </>
  );
}

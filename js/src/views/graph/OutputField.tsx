/** The output over the whole input square, with a cross that can be dragged. Its colours are canvas. */

import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { bound } from "../../maths/format";
import type { NodePlace } from "../../maths/layout";
import { clamp } from "../../maths/scales";
import { edgeNumbers, nodeName, plainName } from "../../names";
import { useWidget } from "../context";
import { dragging, localPoint } from "../drag";
import { NameSvg } from "../NameText";
import { setProbe } from "./Inputs";
import { useNodeValue } from "./nodeText";

/** Between the node and its field. */
export const FIELD_GAP = 14;

const KEY_STEP = 1 / 20;

const KEYS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowRight: [KEY_STEP, 0],
  ArrowLeft: [-KEY_STEP, 0],
  ArrowUp: [0, KEY_STEP],
  ArrowDown: [0, -KEY_STEP],
};

export function OutputField({ place, size }: { place: NodePlace; size: number }) {
  const widget = useWidget();
  const { store, view } = widget;
  const ground = useRef<SVGRectElement>(null);
  const shares = useComputed(() => {
    const frame = store.frame.value;
    return [0, 1].map(i => {
      const { lo, hi } = frame ? edgeNumbers(frame, [0, i, 0]) : { lo: 0, hi: 1 };
      return clamp(((view.probe.value[i] ?? lo) - lo) / (hi - lo), 0, 1);
    });
  });
  const x = useComputed(() => (shares.value[0] ?? 0) * size);
  const y = useComputed(() => (1 - (shares.value[1] ?? 0)) * size);
  const cross = useComputed(() => `M${x.value} 0V${size}M0 ${y.value}H${size}`);
  const value = useNodeValue(place, 3);
  const frame = store.frame.value;
  if (!frame) return null;
  const across = edgeNumbers(frame, [0, 0, 0]);
  const up = edgeNumbers(frame, [0, 1, 0]);
  const output = nodeName(frame, place.layer, place.index);

  const moveTo = (shareX: number, shareY: number) => {
    const changes = new Map([
      [0, across.lo + clamp(shareX, 0, 1) * (across.hi - across.lo)],
      [1, up.lo + clamp(shareY, 0, 1) * (up.hi - up.lo)],
    ]);
    setProbe(widget, changes);
  };
  const drag = dragging(event => {
    if (!ground.current) return;
    const at = localPoint(event, ground.current, size);
    moveTo(at.x / size, 1 - at.y / size);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo((shares.value[0] ?? 0) + step[0], (shares.value[1] ?? 0) + step[1]);
  };

  const left = place.radius + FIELD_GAP;
  return (
    <>
      <path class="kw-axis" d={`M${place.radius} 0H${left}`} />
      <g transform={`translate(${left} ${-size / 2})`}>
        <NameSvg name={output} x={0} y={-9} value={value.value} />
        <g
          class="kw-field"
          role="slider"
          tabIndex={0}
          data-field={place.index}
          aria-label={`Field of ${plainName(output)}: arrow keys move the inputs`}
          aria-valuenow={view.probe.value[0] ?? 0}
          aria-valuetext={`${plainName(output)} ${value.value}`}
          onKeyDown={onKeyDown}
          {...drag}
        >
          <rect ref={ground} class="kw-hit" width={size} height={size} />
          <path class="kw-cross" d={cross} />
          <rect class="kw-field-frame" width={size} height={size} />
          <circle class="kw-probe-ring" cx={x} cy={y} r={8} />
          <circle class="kw-probe" cx={x} cy={y} r={4} />
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

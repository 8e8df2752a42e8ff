/** The square of the two columns as something to drag: the probe goes where the pointer is. */

import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { axisEnd } from "../../maths/format";
import { clamp } from "../../maths/scales";
import { keyStep } from "../../maths/shareKeys";
import { nodeName } from "../../names";
import { useWidget } from "../context";
import { useLocalDrag } from "../drag";
import { NameSvg } from "../NameText";
import { type InputHandle, useInput } from "../probe/useInput";

const DIRECTIONS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Two lines that meet at the probe. */
export function Cross({ size }: { size: number }) {
  const across = useInput(0).share;
  const up = useInput(1).share;
  const x = useComputed(() => across.value * size);
  const y = useComputed(() => (1 - up.value) * size);
  const lines = useComputed(() => `M${x.value} 0V${size}M0 ${y.value}H${size}`);
  return (
    <>
      <path class="kw-cross" d={lines} />
      <circle class="kw-probe-ring" cx={x} cy={y} r={8} />
      <circle class="kw-probe" cx={x} cy={y} r={4} />
    </>
  );
}

/** About how wide a letter of an end of an axis is, and of the name of the axis. */
const TICK_LETTER = 6.2;
const NAME_LETTER = 6.6;
const NAME_GAP = 5;
/** Letters beside the field. */
const BESIDE = 5;

/** What is left between the ends of the lower axis, for its name. */
function between(lo: string, hi: string, size: number) {
  const left = lo.length * TICK_LETTER + NAME_GAP;
  const right = size - hi.length * TICK_LETTER - NAME_GAP;
  return { middle: (left + right) / 2, letters: Math.floor((right - left) / NAME_LETTER) };
}

/** The ends of both axes, and whose they are. */
function Ends({ size }: { size: number }) {
  const { store } = useWidget();
  const across = useInput(0);
  const up = useInput(1);
  const frame = store.frame.value;
  if (!frame) return null;
  const [lo, hi] = [across.lo, across.hi].map(end => axisEnd(end, across.hi - across.lo)) as [
    string,
    string,
  ];
  const { middle, letters } = between(lo, hi, size);
  return (
    <>
      <text class="kw-tick" y={size + 13}>
        {lo}
      </text>
      <text class="kw-tick" x={size} y={size + 13} text-anchor="end">
        {hi}
      </text>
      <NameSvg
        name={nodeName(frame, 0, 0)}
        x={middle}
        y={size + 13}
        anchor="middle"
        kind="kw-minor"
        longest={letters}
      />
      <text class="kw-tick" x={size + 5} y={9}>
        {axisEnd(up.hi, up.hi - up.lo)}
      </text>
      <text class="kw-tick" x={size + 5} y={size}>
        {axisEnd(up.lo, up.hi - up.lo)}
      </text>
      <NameSvg
        name={nodeName(frame, 0, 1)}
        x={size + 5}
        y={size / 2 + 4}
        kind="kw-minor"
        longest={BESIDE}
      />
    </>
  );
}

interface Props {
  /** By which tests and styles find it. */
  readonly name: number | string;
  readonly size: number;
  readonly label: string;
  /** What it says at the probe. */
  readonly said: ReadonlySignal<string>;
  /** When pointer or keyboard come and go. */
  readonly onLook?: (isNear: boolean) => void;
  readonly children: ComponentChildren;
}

export function FieldControl({ name, size, label, said, onLook, children }: Props) {
  const { scene, view } = useWidget();
  const ground = useRef<SVGRectElement>(null);
  const across = useInput(0);
  const up = useInput(1);
  const moveTo = (shareX: number, shareY: number) => {
    const changes = new Map([
      [0, across.lo + clamp(shareX, 0, 1) * (across.hi - across.lo)],
      [1, up.lo + clamp(shareY, 0, 1) * (up.hi - up.lo)],
    ]);
    scene.probe.move(changes);
  };
  const drag = useLocalDrag(ground, size, (x, y) => moveTo(x / size, 1 - y / size));
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = DIRECTIONS[event.key];
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    const step = keyStep(event.shiftKey);
    const at = (i: number, { lo, hi }: InputHandle) => (scene.probe.wanted(i) - lo) / (hi - lo);
    moveTo(at(0, across) + direction[0] * step, at(1, up) + direction[1] * step);
  };
  const near = () => onLook?.(true);
  const away = () => onLook?.(false);
  return (
    <>
      <g
        class="kw-field"
        role="slider"
        tabIndex={0}
        data-field={name}
        aria-label={`${label}: arrow keys move the inputs`}
        aria-valuenow={across.now}
        aria-valuetext={said}
        onKeyDown={onKeyDown}
        onPointerEnter={near}
        onPointerLeave={away}
        onFocus={near}
        onBlur={away}
        {...drag}
      >
        <rect ref={ground} class="kw-hit" width={size} height={size} />
        {children}
        <rect class="kw-field-frame" width={size} height={size} />
        {view.probing.value && <Cross size={size} />}
      </g>
      <Ends size={size} />
    </>
  );
}

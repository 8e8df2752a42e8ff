/** What every input has in the graph: its name, an axis, and where the probe stands on it. */

import { type ReadonlySignal, useComputed } from "@preact/signals";
import { AXIS_LEAD, AXIS_WIDTH, axisLeft, longestName, nameRight } from "../../columns";
import { axisEnd } from "../../maths/format";
import type { NodePlace } from "../../maths/layout";
import { nodeName } from "../../names";
import { useWidget } from "../context";
import { NameSvg } from "../NameText";

/** The lower end reaches so far before its axis: the name of the input stands there. */
const TICK_LEAD = 4;

export interface AxisStyle {
  readonly isDense: boolean;
  readonly isTight: boolean;
}

interface AxisProps {
  readonly lo: number;
  readonly hi: number;
  readonly isDense: boolean;
}

export function Axis({ lo, hi, isDense }: AxisProps) {
  const middle = AXIS_WIDTH / 2;
  return (
    <>
      <path
        class="kw-axis"
        d={`M0 0H${AXIS_WIDTH + AXIS_LEAD}M0 -3v6M${middle} -2v4M${AXIS_WIDTH} -3v6`}
      />
      {!isDense && (
        <>
          <text class="kw-tick" x={-TICK_LEAD} y={17}>
            {axisEnd(lo, hi - lo)}
          </text>
          <text class="kw-tick" x={AXIS_WIDTH} y={17} text-anchor="middle">
            {axisEnd(hi, hi - lo)}
          </text>
        </>
      )}
    </>
  );
}

interface LabelProps {
  readonly place: NodePlace;
  readonly isTight: boolean;
}

export function Label({ place: { index, x }, isTight }: LabelProps) {
  const { scene, store } = useWidget();
  const frame = store.frame.value;
  if (!frame) return null;
  return (
    <NameSvg
      name={nodeName(frame, 0, index)}
      x={nameRight(x) - axisLeft(x)}
      y={isTight ? 4 : 5}
      anchor="end"
      kind={isTight ? "kw-minor" : ""}
      longest={longestName(scene.screen.value.kind === "narrow")}
    />
  );
}

interface ValueProps {
  /** Where it stands on the axis, 0 … 1. */
  readonly share: ReadonlySignal<number>;
  readonly text: ReadonlySignal<string>;
  readonly radius: number;
  readonly kind: string;
}

/** The value of the probe on an axis. */
export function Value({ share, text, radius, kind }: ValueProps) {
  const { view } = useWidget();
  const x = useComputed(() => share.value * AXIS_WIDTH);
  const isProbing = view.probing.value;
  return (
    <>
      <circle class={isProbing ? kind : "kw-probe kw-away"} cx={x} r={radius} />
      {isProbing && (
        <text class="kw-value kw-halo kw-probe-value" x={x} y={-10} text-anchor="middle">
          {text}
        </text>
      )}
    </>
  );
}

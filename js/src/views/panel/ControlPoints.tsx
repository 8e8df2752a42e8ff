/** Points on the curve that can be dragged up and down; the keyboard moves them as well. */

import { useRef, useState } from "preact/hooks";
import { commitDraft, isSent } from "../../drafting";
import { type ControlPoint, controlPoints } from "../../maths/controlPoints";
import { decimal } from "../../maths/format";
import { linear } from "../../maths/scales";
import { edgeNumbers } from "../../names";
import type { EdgeId } from "../../protocol";
import { useWidget } from "../context";
import { dragging } from "../drag";
import type { BigCurve } from "./bigPlotGeometry";

/** A key moves a point by this share of the plot's height. */
const KEY_SHARE = 1 / 50;
const REACH = 12;

interface Props {
  readonly edge: EdgeId;
  readonly drawing: BigCurve;
}

export function ControlPoints({ edge, drawing }: Props) {
  const { client, store } = useWidget();
  const [stop, setStop] = useState(0);
  const group = useRef<SVGGElement>(null);
  // Move by move, because the axis may grow meanwhile.
  const held = useRef<{ y: number } | null>(null);
  const network = store.network.value;
  if (!network) return null;
  const { lo, hi } = edgeNumbers(network.frame, edge);
  const { axis, curve, window } = drawing;
  const xOf = linear(lo, hi, window.left, window.right);
  const perPixel = (axis.hi - axis.lo) / (window.bottom - window.top);
  const points = controlPoints(network, edge, lo, hi);
  const current = Math.min(stop, points.length - 1);

  const moved = (m: number): number => {
    const draft = store.draft.peek();
    return draft?.kind === "coef" && draft.m === m ? draft.by : 0;
  };
  const lift = (point: ControlPoint, by: number) => {
    if (!isSent(store.draft.peek())) store.draft.value = { kind: "coef", edge, m: point.m, by };
  };
  const commit = () => {
    held.current = null;
    const draft = store.draft.peek();
    if (draft?.kind === "coef" && draft.by === 0) store.draft.value = null;
    else commitDraft(client, null);
  };
  const cancel = () => {
    held.current = null;
    if (!isSent(store.draft.peek())) store.draft.value = null;
  };
  const drag = (point: ControlPoint, n: number) =>
    dragging(
      event => {
        const up = held.current ? held.current.y - event.clientY : 0;
        held.current = { y: event.clientY };
        setStop(n);
        if (up !== 0) lift(point, moved(point.m) + (up * perPixel) / point.lift);
      },
      () => (held.current ? commit() : undefined),
    );
  const onKeyDown = (event: KeyboardEvent, point: ControlPoint) => {
    const up = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    const along = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === "Escape" && store.draft.peek()) cancel();
    else if (up !== 0) {
      const share = event.shiftKey ? KEY_SHARE / 5 : KEY_SHARE;
      const step = (share * (axis.hi - axis.lo)) / point.lift;
      lift(point, moved(point.m) + up * step);
    } else if (along !== 0) {
      const next = Math.max(0, Math.min(points.length - 1, current + along));
      setStop(next);
      (group.current?.children[next] as SVGElement | undefined)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if ((event.key === "ArrowUp" || event.key === "ArrowDown") && store.draft.peek()) commit();
  };

  return (
    <g ref={group} class="kw-control-points">
      {points.map((point, n) => (
        <g
          key={point.m}
          class="kw-control-point"
          role="slider"
          tabIndex={n === current ? 0 : -1}
          data-control={point.m}
          aria-label={`Control point at ${decimal(point.x)}`}
          aria-orientation="vertical"
          aria-valuenow={point.y}
          aria-valuetext={decimal(point.y)}
          onFocus={() => setStop(n)}
          onBlur={() => {
            if (store.draft.peek()?.kind === "coef" && !held.current) commit();
          }}
          onKeyDown={event => onKeyDown(event, point)}
          onKeyUp={onKeyUp}
          {...drag(point, n)}
        >
          <title>Drag the curve up or down here</title>
          <circle class="kw-hit" cx={xOf(point.x)} cy={curve.yOf(point.y)} r={REACH} />
          <circle class="kw-handle" cx={xOf(point.x)} cy={curve.yOf(point.y)} r={3.5} />
        </g>
      ))}
    </g>
  );
}

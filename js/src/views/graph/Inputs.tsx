import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { AXIS_LEAD, AXIS_WIDTH, axisLeft, longestName, nameRight } from "../../columns";
import { bound, nodeValue, plural } from "../../maths/format";
import type { FoldedNodes, Layout, NodePlace } from "../../maths/layout";
import { clamp } from "../../maths/scales";
import { edgeNumbers, nodeName, plainName } from "../../names";
import { useWidget, type Widget } from "../context";
import { dragging, localPoint } from "../drag";
import { NameSvg } from "../NameText";

/** Closer together than this, inputs have no room for ticks. */
const ROOMY = 44;
/** And closer than this, only for small names. */
const TIGHT = 24;
const KEY_STEP = 1 / 20;

function range({ store }: Widget, i: number) {
  const frame = store.frame.value;
  return frame ? edgeNumbers(frame, [0, i, 0]) : { lo: 0, hi: 1 };
}

export function setProbe({ view }: Widget, changes: ReadonlyMap<number, number>): void {
  view.probe.value = view.probe.value.map((value, i) => changes.get(i) ?? value);
}

const KEYS: Readonly<Record<string, (share: number) => number>> = {
  ArrowRight: share => share + KEY_STEP,
  ArrowLeft: share => share - KEY_STEP,
  Home: () => 0,
  End: () => 1,
};

interface InputProps {
  readonly place: NodePlace;
  readonly isDense: boolean;
  readonly isTight: boolean;
  readonly order: readonly number[];
}

function Input({ place, isDense, isTight, order }: InputProps) {
  const widget = useWidget();
  const { store, view, scene } = widget;
  const { index, x, y } = place;
  const axis = useRef<SVGRectElement>(null);
  const { lo, hi } = range(widget, index);
  const share = useComputed(() => {
    const { lo, hi } = range(widget, index);
    return clamp(((view.probe.value[index] ?? lo) - lo) / (hi - lo), 0, 1);
  });
  const markerX = useComputed(() => share.value * AXIS_WIDTH);
  const text = useComputed(() => {
    const { lo, hi } = range(widget, index);
    const scale = Math.max(Math.abs(lo), Math.abs(hi));
    return nodeValue(view.probe.value[index] ?? Number.NaN, scale);
  });
  const frame = store.frame.value;
  if (!frame) return null;
  const name = nodeName(frame, 0, index);
  const isNarrow = scene.screen.value.kind === "narrow";

  const moveTo = (to: number) => {
    setProbe(widget, new Map([[index, lo + clamp(to, 0, 1) * (hi - lo)]]));
  };
  const drag = dragging(event => {
    if (axis.current) moveTo((localPoint(event, axis.current, AXIS_WIDTH + 16).x - 8) / AXIS_WIDTH);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const move = KEYS[event.key];
    const neighbour = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!move && neighbour === 0) return;
    event.preventDefault();
    event.stopPropagation();
    if (move) moveTo(move(share.value));
    else view.input.value = order[order.indexOf(index) + neighbour] ?? index;
  };

  return (
    <g transform={`translate(${axisLeft(x)} ${y})`}>
      <NameSvg
        name={name}
        x={nameRight(x) - axisLeft(x)}
        y={isTight ? 4 : 5}
        anchor="end"
        kind={isTight ? "kw-minor" : ""}
        longest={longestName(isNarrow)}
      />
      <g
        class={isDense ? "kw-input kw-dense" : "kw-input"}
        role="slider"
        tabIndex={view.input.value === index ? 0 : -1}
        data-input={index}
        aria-label={`Input ${plainName(name)}`}
        aria-valuemin={lo}
        aria-valuemax={hi}
        aria-valuenow={view.probe.value[index] ?? lo}
        aria-valuetext={text.value}
        onFocus={() => {
          view.input.value = index;
        }}
        onKeyDown={onKeyDown}
        {...drag}
      >
        <path
          class="kw-axis"
          d={`M0 0H${AXIS_WIDTH + AXIS_LEAD}M0 -3v6M${AXIS_WIDTH / 2} -2v4M${AXIS_WIDTH} -3v6`}
        />
        {!isDense && (
          <>
            <text class="kw-tick" y={17} text-anchor="middle">
              {bound(lo)}
            </text>
            <text class="kw-tick" x={AXIS_WIDTH} y={17} text-anchor="middle">
              {bound(hi)}
            </text>
          </>
        )}
        <rect
          ref={axis}
          class="kw-hit"
          x={-8}
          y={isDense ? -6 : -15}
          width={AXIS_WIDTH + 16}
          height={isDense ? 12 : 30}
        />
        <circle class="kw-probe-ring" cx={markerX} r={8} />
        <circle class="kw-probe" cx={markerX} r={isDense ? 3.5 : 4.5} />
        <text class="kw-value kw-halo kw-probe-value" x={markerX} y={-10} text-anchor="middle">
          {text}
        </text>
      </g>
    </g>
  );
}

function FoldedInputs({ folded }: { folded: FoldedNodes }) {
  const { x, dots, labelY, count } = folded;
  return (
    <g>
      {dots.map(y => (
        <circle key={y} class="kw-node-ring" cx={x} cy={y} r={2.5} />
      ))}
      <text class="kw-tick" x={x - 10} y={labelY + 4} text-anchor="end">
        {`${plural(count, "faint input")}`}
      </text>
    </g>
  );
}

export function Inputs({ layout }: { layout: Layout }) {
  const places = layout.nodes[0] ?? [];
  const [first, second] = places;
  const pitch = first && second ? second.y - first.y : Number.POSITIVE_INFINITY;
  const order = places.map(place => place.index);
  const folded = layout.folded[0];
  return (
    <g class="kw-inputs">
      {places.map(place => (
        <Input
          key={place.index}
          place={place}
          isDense={pitch < ROOMY}
          isTight={pitch < TIGHT}
          order={order}
        />
      ))}
      {folded && <FoldedInputs folded={folded} />}
    </g>
  );
}

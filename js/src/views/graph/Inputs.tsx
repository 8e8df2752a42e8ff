import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { AXIS_WIDTH, axisLeft } from "../../columns";
import { columnCount } from "../../frame";
import { plural } from "../../maths/format";
import type { FoldedNodes, Layout, NodePlace } from "../../maths/layout";
import { nodeName, plainName } from "../../names";
import { useWidget } from "../context";
import { useLocalDrag } from "../drag";
import { openProbe } from "../probe/toggle";
import { useInput } from "../probe/useInput";
import { Axis, type AxisStyle, Label, Value } from "./InputAxis";
import { MadeInput } from "./MadeInput";

/** Closer together than this, inputs have no room for ticks. */
const ROOMY = 44;
/** And closer than this, only for small names. */
const TIGHT = 24;
/** The handle can be taken beside its axis, too. */
const MARGIN = 8;

interface InputProps extends AxisStyle {
  readonly place: NodePlace;
  readonly order: readonly number[];
}

function Handle({ index, isDense }: { index: number; isDense: boolean }) {
  const { share, text } = useInput(index);
  const x = useComputed(() => share.value * AXIS_WIDTH);
  return (
    <>
      <circle class="kw-probe-ring" cx={x} r={8} />
      <Value share={share} text={text} radius={isDense ? 3.5 : 4.5} kind="kw-probe" />
    </>
  );
}

function Input({ place, isDense, isTight, order }: InputProps) {
  const { store, view } = useWidget();
  const { index, x, y } = place;
  const axis = useRef<SVGRectElement>(null);
  const { lo, hi, now, text, moveTo, follow } = useInput(index);
  const drag = useLocalDrag(axis, AXIS_WIDTH + 2 * MARGIN, at =>
    moveTo((at - MARGIN) / AXIS_WIDTH),
  );
  const frame = store.frame.value;
  if (!frame) return null;
  const name = nodeName(frame, 0, index);

  const onKeyDown = (event: KeyboardEvent) => {
    if (follow(event)) return;
    const neighbour = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (neighbour === 0) return;
    event.preventDefault();
    event.stopPropagation();
    view.input.value = order[order.indexOf(index) + neighbour] ?? index;
  };

  return (
    <g transform={`translate(${axisLeft(x)} ${y})`}>
      <Label place={place} isTight={isTight} />
      <g
        class={isDense ? "kw-input kw-dense" : "kw-input"}
        role="slider"
        tabIndex={view.input.value === index ? 0 : -1}
        data-input={index}
        aria-label={`Input ${plainName(name)}`}
        aria-valuemin={lo}
        aria-valuemax={hi}
        aria-valuenow={now}
        aria-valuetext={text}
        onFocus={() => {
          view.input.value = index;
        }}
        onKeyDown={onKeyDown}
        {...drag}
      >
        <Axis lo={lo} hi={hi} isDense={isDense} />
        <rect
          ref={axis}
          class="kw-hit"
          x={-MARGIN}
          y={isDense ? -6 : -15}
          width={AXIS_WIDTH + 2 * MARGIN}
          height={isDense ? 12 : 30}
        />
        <Handle index={index} isDense={isDense} />
      </g>
    </g>
  );
}

/** Inputs without an axis of their own; the panel has a slider for each. */
function FoldedInputs({ folded }: { folded: FoldedNodes }) {
  const widget = useWidget();
  const { x, dots, labelY, count } = folded;
  return (
    <g>
      {dots.map(y => (
        <circle key={y} class="kw-node-ring" cx={x} cy={y} r={2.5} />
      ))}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button above does the same */}
      <text
        class="kw-tick kw-more"
        x={x - 10}
        y={labelY + 4}
        text-anchor="end"
        onClick={event => {
          event.stopPropagation();
          openProbe(widget);
        }}
      >
        {`${plural(count, "faint input")}`}
      </text>
    </g>
  );
}

export function Inputs({ layout }: { layout: Layout }) {
  const places = layout.nodes[0] ?? [];
  const [first, second] = places;
  const pitch = first && second ? second.y - first.y : Number.POSITIVE_INFINITY;
  const { store } = useWidget();
  const frame = store.frame.value;
  const columns = frame ? columnCount(frame) : 0;
  const order = places.map(place => place.index).filter(index => index < columns);
  const folded = layout.folded[0];
  return (
    <g class="kw-inputs">
      {places.map(place => {
        const own = { place, isDense: pitch < ROOMY, isTight: pitch < TIGHT };
        const feature = frame?.features[place.index - columns];
        return feature ? (
          <MadeInput key={place.index} {...own} feature={feature} />
        ) : (
          <Input key={place.index} {...own} order={order} />
        );
      })}
      {folded && <FoldedInputs folded={folded} />}
    </g>
  );
}

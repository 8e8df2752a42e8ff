import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { AXIS_LEAD, AXIS_WIDTH, axisLeft, longestName, nameRight } from "../../columns";
import { bound, plural } from "../../maths/format";
import type { FoldedNodes, Layout, NodePlace } from "../../maths/layout";
import { nodeName, plainName } from "../../names";
import { useWidget } from "../context";
import { useLocalDrag } from "../drag";
import { NameSvg } from "../NameText";
import { openProbe } from "../probe/toggle";
import { useInput } from "../probe/useInput";

/** Closer together than this, inputs have no room for ticks. */
const ROOMY = 44;
/** And closer than this, only for small names. */
const TIGHT = 24;
/** The handle can be taken beside its axis, too. */
const MARGIN = 8;

interface InputProps {
  readonly place: NodePlace;
  readonly isDense: boolean;
  readonly isTight: boolean;
  readonly order: readonly number[];
}

function Handle({ index, isDense }: { index: number; isDense: boolean }) {
  const { view } = useWidget();
  const { share, text } = useInput(index);
  const x = useComputed(() => share.value * AXIS_WIDTH);
  const isProbing = view.probing.value;
  return (
    <>
      <circle class="kw-probe-ring" cx={x} r={8} />
      <circle class={isProbing ? "kw-probe" : "kw-probe kw-away"} cx={x} r={isDense ? 3.5 : 4.5} />
      {isProbing && (
        <text class="kw-value kw-halo kw-probe-value" x={x} y={-10} text-anchor="middle">
          {text}
        </text>
      )}
    </>
  );
}

function Input({ place, isDense, isTight, order }: InputProps) {
  const { store, view, scene } = useWidget();
  const { index, x, y } = place;
  const axis = useRef<SVGRectElement>(null);
  const { lo, hi, now, text, moveTo, follow } = useInput(index);
  const drag = useLocalDrag(axis, AXIS_WIDTH + 2 * MARGIN, at =>
    moveTo((at - MARGIN) / AXIS_WIDTH),
  );
  const frame = store.frame.value;
  if (!frame) return null;
  const name = nodeName(frame, 0, index);
  const isNarrow = scene.screen.value.kind === "narrow";

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
        aria-valuenow={now}
        aria-valuetext={text}
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

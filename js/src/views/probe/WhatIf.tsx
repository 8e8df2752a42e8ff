/** What the network makes of inputs that a person chooses: outputs above, a slider per input below. */

import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { nameWidth } from "../../columns";
import { columnCount, type Frame, HIST_BINS } from "../../frame";
import { barsPath } from "../../maths/bars";
import { bound } from "../../maths/format";
import { clamp } from "../../maths/scales";
import { nodeName, plainName } from "../../names";
import { Button } from "../Button";
import { useWidget } from "../context";
import { useLocalDrag } from "../drag";
import { useNodeValue } from "../graph/nodeText";
import { NameHtml } from "../NameText";
import { NumberField } from "../NumberField";
import { TopicHead } from "../TopicHead";
import { useInput } from "./useInput";

const NAME_ROOM = [18, 84] as const;
const FIELD_WIDTH = 60;
const GAP = 10;
/** The handle stands over the ends of its track. */
const END = 7;
const HEIGHT = 36;
const TRACK_Y = 24;
const BARS = 18;
/** What a scroll bar takes. */
const SCROLL = 8;

function Output({ frame, index }: { frame: Frame; index: number }) {
  const value = useNodeValue({ layer: frame.layers.length, index }, 3);
  return (
    <span class="kw-outcome">
      <NameHtml name={nodeName(frame, frame.layers.length, index)} /> <b>{value}</b>
    </span>
  );
}

function Track({ frame, index, width }: { frame: Frame; index: number; width: number }) {
  const control = useRef<HTMLDivElement>(null);
  const { lo, hi, now, text, share, moveTo, follow } = useInput(index);
  const room = width - 2 * END;
  const drag = useLocalDrag(control, width, x => moveTo((x - END) / room));
  const x = useComputed(() => END + share.value * room);
  const counts = frame.layers[0]?.hist?.subarray(index * HIST_BINS, (index + 1) * HIST_BINS);
  return (
    <div
      ref={control}
      class="kw-track-control"
      role="slider"
      tabIndex={0}
      data-whatif={index}
      aria-label={`Input ${plainName(nodeName(frame, 0, index))}`}
      aria-valuemin={lo}
      aria-valuemax={hi}
      aria-valuenow={now}
      aria-valuetext={text}
      onKeyDown={follow}
      {...drag}
    >
      <svg width={width} height={HEIGHT} aria-hidden="true">
        {counts && <path class="kw-bar" d={barsPath(counts, END, room, TRACK_Y - 2, BARS)} />}
        <path class="kw-track" d={`M${END} ${TRACK_Y}H${width - END}`} />
        <text class="kw-tick" x={END} y={HEIGHT}>
          {bound(lo)}
        </text>
        <text class="kw-tick" x={width - END} y={HEIGHT} text-anchor="end">
          {bound(hi)}
        </text>
        <circle class="kw-probe" cx={x} cy={TRACK_Y} r={6} />
      </svg>
    </div>
  );
}

interface RowProps {
  readonly frame: Frame;
  readonly index: number;
  readonly nameWidth: number;
  readonly width: number;
}

function Row({ frame, index, nameWidth, width }: RowProps) {
  const { text, setTo } = useInput(index);
  const name = nodeName(frame, 0, index);
  return (
    <div class="kw-whatif-row">
      <span
        class="kw-ellipsis kw-whatif-name"
        style={{ width: `${nameWidth}px` }}
        title={plainName(name)}
      >
        <NameHtml name={name} />
      </span>
      <Track frame={frame} index={index} width={width - nameWidth - FIELD_WIDTH - 2 * GAP} />
      <NumberField
        label={`Value of ${plainName(name)}`}
        text={text}
        name={`whatif ${index}`}
        onEnter={setTo}
      />
    </div>
  );
}

export function WhatIf({ width }: { width: number }) {
  const { scene, store } = useWidget();
  // Rows follow the probe by themselves; a new frame while training only matters for the ranges.
  const frame = store.frame.value;
  if (!frame) return null;
  const columns = frame.inputs.slice(0, columnCount(frame));
  const names = columns.map((_, n) => nameWidth(nodeName(frame, 0, n)));
  const longest = clamp(Math.max(...names), ...NAME_ROOM);
  return (
    <div class="kw-section" data-panel="whatif">
      <TopicHead title="What if">
        <Button
          act="whatif-reset"
          kind="kw-text"
          title="The inputs as they stood at first"
          onPress={() => scene.probe.reset()}
        >
          Reset
        </Button>
      </TopicHead>
      <div class="kw-outcomes" role="group" aria-label="Outputs">
        {frame.outputs.map((name, n) => (
          <Output key={name} frame={frame} index={n} />
        ))}
      </div>
      <div class="kw-scroll kw-whatif">
        {columns.map((name, n) => (
          <Row key={name} frame={frame} index={n} nameWidth={longest} width={width - SCROLL} />
        ))}
      </div>
    </div>
  );
}

/** Looking back along the loss: the graph shows the frames on the way to now, like a film. */

import { useRef } from "preact/hooks";
import { type Stop, stopAt } from "../../film";
import type { Frame } from "../../frame";
import { loss as lossText } from "../../maths/format";
import { type LossChart, lastLoss } from "../../maths/lossChart";
import { useWidget } from "../context";
import { dragging, localPoint } from "../drag";

const FEW = 2;

interface ScrubberProps {
  readonly chart: LossChart;
  readonly width: number;
  readonly height: number;
}

function spoken(frame: Frame, now: Frame): string {
  const last = lastLoss(frame.loss);
  const loss = last ? `, train ${lossText(last.train)}` : "";
  return `step ${frame.step} of ${now.step}${loss}`;
}

function neighbour(stops: readonly Stop[], at: number, key: string): Stop | undefined {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return stops[Math.max(0, at - 1)];
    case "ArrowRight":
    case "ArrowUp":
      return stops[Math.min(stops.length - 1, at + 1)];
    case "Home":
      return stops[0];
    case "End":
      return stops.at(-1);
    default:
      return undefined;
  }
}

export function Scrubber({ chart, width, height }: ScrubberProps) {
  const { client, store } = useWidget();
  const control = useRef<HTMLDivElement>(null);
  const now = store.newest.value;
  if (!now) return null;
  const { lookingBack } = client;
  const { stops } = lookingBack;
  const shown = store.past.value ?? now;
  const off = stops.length < FEW;
  const drag = dragging(
    event => {
      if (!control.current) return;
      const { x } = localPoint(event, control.current, width);
      lookingBack.lookAt(stopAt(lookingBack.stops, chart.stepAt(x)));
    },
    () => lookingBack.lookAt(null),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const at = stops.findLastIndex(({ frame }) => frame === store.past.value);
    const next = neighbour(stops, store.past.value ? at : stops.length - 1, event.key);
    if (!next) return;
    event.preventDefault();
    lookingBack.lookAt(next);
  };
  const { top, bottom } = chart.box;
  const x = chart.xOf(shown.step);
  return (
    <div
      ref={control}
      class="kw-scrubber"
      style={{ width: `${width}px`, height: `${height}px` }}
      role="slider"
      tabIndex={off ? -1 : 0}
      title={off ? "" : "Drag to look back"}
      aria-label="Look back"
      aria-valuemin={stops[0]?.step ?? now.step}
      aria-valuemax={now.step}
      aria-valuenow={shown.step}
      aria-valuetext={spoken(shown, now)}
      aria-disabled={off}
      {...(off ? {} : { ...drag, onKeyDown, onBlur: () => lookingBack.lookAt(null) })}
    >
      <svg width={width} height={height} aria-hidden="true">
        <g class={store.past.value ? "kw-playhead kw-back" : "kw-playhead"}>
          <path d={`M${x} ${top - 4}V${bottom}`} />
          <circle cx={x} cy={top - 4} r={3.5} />
        </g>
      </svg>
    </div>
  );
}

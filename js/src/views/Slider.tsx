import { useRef } from "preact/hooks";
import { type SliderScale, stepFrom } from "../maths/sliderScale";
import { dragging, localPoint } from "./drag";

export interface SliderProps {
  readonly label: string;
  readonly option: string;
  readonly scale: SliderScale;
  readonly value: number;
  readonly text: string;
  readonly width: number;
  readonly notches?: number;
  readonly title?: string;
  readonly off?: string;
  /** Called at every move. */
  readonly onSlide: (value: number) => void;
  /** Called when a value is settled: at the end of a drag, and at every key. */
  readonly onSettle?: (value: number) => void;
}

const END = 7;
const ZERO_ROOM = 12;
const MIDDLE = 9;

const DIRECTIONS: Readonly<Record<string, 1 | -1>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
};

function track(scale: SliderScale, width: number) {
  const from = END + (scale.zero ? ZERO_ROOM : 0);
  const to = width - END;
  return {
    from,
    to,
    xOf: (value: number) =>
      scale.zero && value <= 0 ? END : from + scale.toShare(value) * (to - from),
    valueAt: (x: number) =>
      scale.zero && x < (END + from) / 2 ? 0 : scale.fromShare((x - from) / (to - from)),
  };
}

export function Slider(props: SliderProps) {
  const { label, option, scale, value, text, width, notches = 0, title, off } = props;
  const control = useRef<HTMLDivElement>(null);
  const latest = useRef(value);
  latest.current = value;
  const { from, to, xOf, valueAt } = track(scale, width);
  const x = xOf(value);

  const slide = (next: number) => {
    if (next === latest.current) return;
    latest.current = next;
    props.onSlide(next);
  };
  const drag = dragging(
    event => control.current && slide(valueAt(localPoint(event, control.current, width).x)),
    () => props.onSettle?.(latest.current),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = DIRECTIONS[event.key];
    const next =
      event.key === "Home"
        ? (scale.ladder[0] ?? value)
        : event.key === "End"
          ? (scale.ladder.at(-1) ?? value)
          : direction && stepFrom(scale, latest.current, direction);
    if (next === undefined) return;
    event.preventDefault();
    slide(next);
    props.onSettle?.(next);
  };

  return (
    <div class="kw-slider" title={off || title}>
      <span class="kw-slider-label" aria-hidden="true">
        {label}
      </span>
      <div
        ref={control}
        class="kw-slider-control"
        role="slider"
        tabIndex={off ? -1 : 0}
        data-option={option}
        aria-label={label}
        aria-valuemin={scale.min}
        aria-valuemax={scale.max}
        aria-valuenow={value}
        aria-valuetext={text}
        aria-disabled={Boolean(off)}
        {...(off ? {} : { ...drag, onKeyDown })}
      >
        <svg width={width} height={18} aria-hidden="true">
          {scale.zero && <circle class="kw-zero-stop" cx={END} cy={MIDDLE} r={2} />}
          <path class="kw-track" d={`M${from} ${MIDDLE}H${to}`} />
          {x > from && <path class="kw-fill" d={`M${from} ${MIDDLE}H${x}`} />}
          {Array.from({ length: notches }, (_, n) => (
            <path
              key={n}
              class="kw-notch"
              d={`M${from + (n / (notches - 1)) * (to - from)} 14v2.5`}
            />
          ))}
          <circle class="kw-thumb" cx={x} cy={MIDDLE} r={5.5} />
        </svg>
      </div>
      <span class="kw-slider-value" aria-hidden="true">
        {text}
      </span>
    </div>
  );
}

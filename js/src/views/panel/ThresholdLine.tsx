import { useRef } from "preact/hooks";
import { threshold as thresholdText } from "../../maths/format";
import { stepFrom } from "../../maths/sliderScale";
import { THRESHOLDS } from "../../view";
import { useWidget } from "../context";
import { dragging, localPoint } from "../drag";
import { exponentAt, FLOOR, MARGIN, yOf } from "./screeScale";

/** The threshold as a line in the ranked importances: the same control as the slider below. */
export function ThresholdLine({ width }: { width: number }) {
  const { view } = useWidget();
  const control = useRef<SVGRectElement>(null);
  const value = view.threshold.value;
  const y = yOf(value);
  const drag = dragging(event => {
    if (!control.current) return;
    const { y: at } = localPoint(event, control.current, width - MARGIN.left);
    view.threshold.value = THRESHOLDS.fromShare(THRESHOLDS.toShare(10 ** exponentAt(at)));
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    event.stopPropagation();
    view.threshold.value = stepFrom(THRESHOLDS, value, direction);
  };
  return (
    <g
      class="kw-threshold-control"
      role="slider"
      tabIndex={0}
      aria-label="Fade below"
      aria-orientation="vertical"
      aria-valuemin={THRESHOLDS.min}
      aria-valuemax={THRESHOLDS.max}
      aria-valuenow={value}
      aria-valuetext={thresholdText(value)}
      onKeyDown={onKeyDown}
      {...drag}
    >
      <rect
        ref={control}
        class="kw-hit"
        x={MARGIN.left}
        width={width - MARGIN.left}
        height={FLOOR}
      />
      <path class="kw-threshold" d={`M${MARGIN.left} ${y}H${width - MARGIN.right}`} />
      <circle class="kw-threshold-thumb" cx={width - MARGIN.right - 3} cy={y} r={5} />
    </g>
  );
}

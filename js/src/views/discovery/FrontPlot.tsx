import { type FrontPoint, frontPlot } from "../../maths/frontPlot";
import type { Found } from "../../protocol";
import { useWidget } from "../context";

interface PointProps {
  readonly point: FrontPoint;
  readonly isOn: boolean;
  readonly isShown: boolean;
  readonly onPick: () => void;
}

function Point({ point: { found, x, y }, isOn, isShown, onPick }: PointProps) {
  const { view } = useWidget();
  const kind = found.best ? "kw-best" : "";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the list beside it has the same choices
    <g
      class={`kw-found ${kind} ${isOn ? "kw-on" : ""} ${isShown ? "kw-shown" : ""}`}
      data-point={found.key}
      transform={`translate(${x} ${y})`}
      onClick={onPick}
      onPointerEnter={() => {
        view.formula.value = found.key;
      }}
    >
      <circle class="kw-found-ring" r={11} />
      <circle class="kw-dot" r={found.best ? 6.5 : 4} />
      {found.certified && <path class="kw-tick-mark" d="M-3 .2-.9 2.3 3.1-2.2" />}
      <title>{found.text}</title>
    </g>
  );
}

interface Props {
  readonly list: readonly Found[];
  readonly width: number;
  readonly height: number;
  /** The formula that the keyboard or the pointer stands on, and the one that is the network. */
  readonly cursor: number | null;
  readonly shown: number | null;
  readonly onPick: (found: Found) => void;
}

export function FrontPlot({ list, width, height, cursor, shown, onPick }: Props) {
  const { box, points, stairs, across, up, exactY } = frontPlot(list, width, height);
  return (
    <svg
      class="kw-front"
      width={width}
      height={height}
      role="img"
      aria-label={`Error by complexity of ${list.length} formulas`}
    >
      <text class="kw-tick" x={box.left - 36} y={10}>
        relative RMSE
      </text>
      <text class="kw-tick" x={box.right} y={height - 4} text-anchor="end">
        complexity
      </text>
      {up.map(({ y, text }) => (
        <g key={text}>
          <path class="kw-grid" d={`M${box.left} ${y}H${box.right}`} />
          <text class="kw-tick" x={box.left - 6} y={y + 4} text-anchor="end">
            {text}
          </text>
        </g>
      ))}
      <path class="kw-axis" d={`M${box.left} ${box.bottom}H${box.right}`} />
      {across.map(({ x, text }) => (
        <text key={text} class="kw-tick" x={x} y={box.bottom + 14} text-anchor="middle">
          {text}
        </text>
      ))}
      {exactY !== null && (
        <g>
          <path class="kw-exact" d={`M${box.left} ${exactY}H${box.right}`} />
          <text class="kw-tick kw-halo-panel" x={box.left + 6} y={exactY - 5}>
            nine digits
          </text>
        </g>
      )}
      <path class="kw-stairs" d={stairs} />
      {points.map(point => (
        <Point
          key={point.found.key}
          point={point}
          isOn={point.found.key === cursor}
          isShown={point.found.key === shown}
          onPick={() => onPick(point.found)}
        />
      ))}
    </svg>
  );
}

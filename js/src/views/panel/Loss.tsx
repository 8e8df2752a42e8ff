import { useComputed } from "@preact/signals";
import { loss as lossText } from "../../maths/format";
import { type LossChart, lastLoss, lossChart } from "../../maths/lossChart";
import { useWidget } from "../context";

const HEIGHT = 66;
const HEIGHT_NARROW = 76;

function Legend() {
  const { store } = useWidget();
  const last = useComputed(() => lastLoss(store.frame.value?.loss ?? new Float32Array()));
  const train = useComputed(() => lossText(last.value?.train));
  const test = useComputed(() => lossText(last.value?.test));
  const step = useComputed(() => `Step ${store.frame.value?.step ?? 0}`);
  const hasTest = useComputed(() => last.value !== null && !Number.isNaN(last.value.test));
  return (
    <div class="kw-loss-head">
      <span class="kw-strong">{step}</span>
      <span class="kw-legend">
        <i class="kw-key" />
        train <b>{train}</b>
        {hasTest.value && (
          <>
            <i class="kw-key kw-test" />
            test <b>{test}</b>
          </>
        )}
      </span>
    </div>
  );
}

function Axes({ chart, height }: { chart: LossChart; height: number }) {
  const { box, ticks, first, last } = chart;
  return (
    <g>
      {ticks.map(({ y, text }) => (
        <g key={text}>
          <path class="kw-grid" d={`M${box.left} ${y}H${box.right}`} />
          <text class="kw-tick" x={box.left - 6} y={y + 4} text-anchor="end">
            {text}
          </text>
        </g>
      ))}
      <path class="kw-axis" d={`M${box.left} ${box.bottom}H${box.right}`} />
      <text class="kw-tick" x={box.left} y={height - 4} text-anchor="middle">
        {first}
      </text>
      {last > first && (
        <text class="kw-tick" x={box.right} y={height - 4} text-anchor="middle">
          {last}
        </text>
      )}
    </g>
  );
}

function Marks({ chart: { marks, box } }: { chart: LossChart }) {
  return (
    <g>
      {marks.map(({ x, label, labelY, anchor }) => (
        <g key={`${x} ${label}`}>
          <path class="kw-mark" d={`M${x} ${box.top}V${box.bottom}`} />
          <text
            class="kw-tick kw-halo-panel"
            x={x + (anchor === "end" ? -4 : 4)}
            y={labelY}
            text-anchor={anchor}
          >
            {label}
          </text>
        </g>
      ))}
    </g>
  );
}

function Ends({ chart: { box, trainLabelY, testLabelY } }: { chart: LossChart }) {
  const x = box.right + 5;
  return (
    <g>
      {trainLabelY !== null && (
        <text class="kw-tick kw-train" x={x} y={trainLabelY + 4}>
          train
        </text>
      )}
      {testLabelY !== null && (
        <text class="kw-tick kw-test" x={x} y={testLabelY + 4}>
          test
        </text>
      )}
    </g>
  );
}

function NoLoss({ width, height }: { width: number; height: number }) {
  const { store } = useWidget();
  const text = store.live.value ? "Train to see the loss here" : "No training is recorded here";
  return (
    <div class="kw-loss">
      <div class="kw-loss-head">
        <span class="kw-strong">Step 0</span>
      </div>
      <svg width={width} height={height} role="img" aria-label="No loss yet">
        <path class="kw-grid" d={`M0 8H${width}`} />
        <path class="kw-axis" d={`M0 ${height - 18}H${width}`} />
        <text class="kw-tick" x={width / 2} y={height / 2 - 2} text-anchor="middle">
          {text}
        </text>
      </svg>
    </div>
  );
}

export function Loss({ width }: { width: number }) {
  const { store, scene } = useWidget();
  const frame = store.frame.value;
  const height = scene.screen.value.kind === "narrow" ? HEIGHT_NARROW : HEIGHT;
  if (!frame) return null;
  if (frame.loss.length === 0) return <NoLoss width={width} height={height} />;
  const chart = lossChart(frame.loss, frame.marks, width, height);
  return (
    <div class="kw-loss">
      <Legend />
      <svg width={width} height={height} role="img" aria-label="Loss by step">
        <Axes chart={chart} height={height} />
        <g class={chart.isPoint ? "kw-lone" : undefined}>
          <path class="kw-train-line" d={chart.train} />
          <path class="kw-test-line" d={chart.test} />
        </g>
        <Marks chart={chart} />
        <Ends chart={chart} />
      </svg>
    </div>
  );
}

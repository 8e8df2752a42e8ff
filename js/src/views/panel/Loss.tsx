import { useComputed } from "@preact/signals";
import type { Frame } from "../../frame";
import { loss as lossText, percent } from "../../maths/format";
import {
  type ChartBox,
  type ChartMark,
  type LossChart,
  lastLoss,
  lossChart,
} from "../../maths/lossChart";
import { Button } from "../Button";
import { useWidget } from "../context";
import { Scrubber } from "./Scrubber";

const HEIGHT = 66;
const HEIGHT_NARROW = 76;
const ROW = 12;
const LETTER = 6;
/** What the share of the rows that are right takes beside the labels of marks. */
const SHARE_ROOM = 76;

function Title() {
  const { store } = useWidget();
  const step = store.frame.value?.step ?? 0;
  const newest = store.newest.value?.step ?? 0;
  return store.past.value ? (
    <span class="kw-strong kw-back kw-ellipsis">{`Step ${step} of ${newest}`}</span>
  ) : (
    <span class="kw-strong">{`Step ${step}`}</span>
  );
}

function LogSwitch() {
  const { view } = useWidget();
  const isLog = view.logLoss.value;
  return (
    <Button
      act="log"
      kind="kw-tiny"
      title={isLog ? "The axis has decades; press for even steps" : "Even steps; press for decades"}
      onPress={() => {
        view.logLoss.value = !isLog;
      }}
    >
      {isLog ? "log" : "lin"}
    </Button>
  );
}

function Legend() {
  const { store } = useWidget();
  const last = useComputed(() => lastLoss(store.frame.value?.loss ?? new Float32Array()));
  const train = useComputed(() => lossText(last.value?.train));
  const test = useComputed(() => lossText(last.value?.test));
  const hasTest = useComputed(() => last.value !== null && !Number.isNaN(last.value.test));
  return (
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

function Mark({ mark, box }: { mark: ChartMark; box: ChartBox }) {
  const { x, label, isMinor, labelY, anchor } = mark;
  if (isMinor) return <path class="kw-mark kw-minor" d={`M${x} ${box.bottom}v-4`} />;
  return (
    <g>
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

/** Of classes: how many of the test rows are told right. */
function Right({ chart: { box, marks } }: { chart: LossChart }) {
  const { store } = useWidget();
  const share = store.past.value ? null : store.testAccuracy.value;
  if (share === null) return null;
  const isTaken = marks.some(({ label, x, labelY }) => {
    const end = x + label.length * LETTER;
    return label !== "" && labelY < box.top + ROW && end > box.right - SHARE_ROOM;
  });
  const y = box.top + 9 + (isTaken ? ROW : 0);
  return (
    <text class="kw-tick kw-halo-panel" x={box.right - 2} y={y} text-anchor="end">
      {`${percent(share)} right`}
    </text>
  );
}

/** In place of a curve: how one comes to be here. */
function Hint({ x, y }: { x: number; y: number }) {
  const { store } = useWidget();
  const isExact = lastLoss(store.newest.value?.loss ?? new Float32Array())?.train === 0;
  const train = store.live.value ? "Train to see the loss here" : "No training is recorded here";
  const text = isExact ? "The loss is exactly zero" : train;
  return (
    <text class="kw-tick" x={x} y={y} text-anchor="middle">
      {text}
    </text>
  );
}

function NoLoss({ width, height }: { width: number; height: number }) {
  return (
    <svg width={width} height={height} role="img" aria-label="No loss yet">
      <path class="kw-grid" d={`M0 8H${width}`} />
      <path class="kw-axis" d={`M0 ${height - 18}H${width}`} />
      <Hint x={width / 2} y={height / 2 - 2} />
    </svg>
  );
}

function Chart({ frame, width, height }: { frame: Frame; width: number; height: number }) {
  const { view } = useWidget();
  const chart = lossChart(frame.loss, frame.marks, width, height, view.logLoss.value);
  const { box, marks, isPoint } = chart;
  return (
    <div class="kw-loss-chart">
      <svg width={width} height={height} role="img" aria-label="Loss by step">
        <Axes chart={chart} height={height} />
        <g class={isPoint ? "kw-lone" : undefined}>
          <path class="kw-train-line" d={chart.train} />
          <path class="kw-test-line" d={chart.test} />
        </g>
        {marks.map(mark => (
          <Mark key={`${mark.x} ${mark.label}`} mark={mark} box={box} />
        ))}
        {isPoint && <Hint x={(box.left + box.right) / 2} y={(box.top + box.bottom) / 2 - 6} />}
        <Ends chart={chart} />
        <Right chart={chart} />
      </svg>
      <Scrubber chart={chart} width={width} height={height} />
      <LogSwitch />
    </div>
  );
}

/** The chart is that of now, also while one looks back along it. */
export function Loss({ width }: { width: number }) {
  const { store, scene } = useWidget();
  const frame = store.newest.value;
  const height = scene.screen.value.kind === "narrow" ? HEIGHT_NARROW : HEIGHT;
  if (!frame) return null;
  const hasLoss = frame.loss.length > 0;
  return (
    <div class="kw-loss">
      <div class="kw-loss-head">
        <Title />
        {hasLoss && <Legend />}
      </div>
      {hasLoss ? (
        <Chart frame={frame} width={width} height={height} />
      ) : (
        <NoLoss width={width} height={height} />
      )}
    </div>
  );
}

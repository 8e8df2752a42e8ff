import { useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { threshold as thresholdText } from "../maths/format";
import { THRESHOLDS } from "../view";
import { useWidget } from "./context";
import { useInstantEffect } from "./effects";
import { Slider } from "./Slider";

const SPEAK_MS = 1000;

/** At most one message a second for those who listen, and the last one always. */
function Spoken() {
  const { scene } = useWidget();
  const text = useSignal("");
  const spokenAt = useRef(Number.NEGATIVE_INFINITY);
  // The status changes with every frame, what is spoken does not.
  const spoken = useComputed(() => scene.status.value.spoken);
  useInstantEffect(() => {
    const next = spoken.value;
    const wait = Math.max(0, spokenAt.current + SPEAK_MS - performance.now());
    const timer = setTimeout(() => {
      spokenAt.current = performance.now();
      text.value = next;
    }, wait);
    return () => clearTimeout(timer);
  });
  return (
    <span class="kw-hidden" role="status" aria-live="polite">
      {text}
    </span>
  );
}

function Sentence() {
  const { scene } = useWidget();
  const { text, led } = scene.status.value;
  return (
    <div class={led === "error" ? "kw-status kw-error" : "kw-status"} data-part="status">
      <i class="kw-led" data-led={led} />
      <span class="kw-ellipsis" title={text} aria-hidden="true">
        {text}
      </span>
      <Spoken />
    </div>
  );
}

function ThresholdSlider() {
  const { view } = useWidget();
  const value = view.threshold.value;
  return (
    <Slider
      label="fade below"
      option="threshold"
      title="Edges less important than this are faint or hidden, and Prune removes them"
      scale={THRESHOLDS}
      value={value}
      text={thresholdText(value)}
      width={72}
      onSlide={next => {
        view.threshold.value = next;
      }}
    />
  );
}

function ScaleChoice() {
  const { view } = useWidget();
  const option = (label: string, own: boolean, title: string) => (
    <button
      type="button"
      class="kw-button"
      role="radio"
      title={title}
      aria-checked={view.ownScale.value === own}
      tabIndex={view.ownScale.value === own ? 0 : -1}
      data-scale={label}
      onClick={() => {
        view.ownScale.value = own;
      }}
    >
      {label}
    </button>
  );
  const onKeyDown = (event: KeyboardEvent & { currentTarget: Element }) => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    view.ownScale.value = !view.ownScale.value;
    const name = view.ownScale.value ? "own" : "common";
    event.currentTarget.querySelector<HTMLElement>(`[data-scale="${name}"]`)?.focus();
  };
  return (
    <div class="kw-choice" role="radiogroup" aria-label="y scale" onKeyDown={onKeyDown}>
      <span aria-hidden="true">y scale</span>
      {option("common", false, "A pixel is the same amount in all plots of a layer")}
      {option("own", true, "Every curve fills its plot")}
    </div>
  );
}

export function StatusBar() {
  const { store } = useWidget();
  return (
    <div class="kw-statusbar">
      <Sentence />
      {!store.hidden.value.has("viewing") && (
        <div class="kw-viewing">
          <ThresholdSlider />
          <ScaleChoice />
        </div>
      )}
    </div>
  );
}

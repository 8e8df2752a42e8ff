import { useComputed, useSignal } from "@preact/signals";
import { setting, threshold } from "../maths/format";
import { gridScale, logScale } from "../maths/sliderScale";
import { Button } from "./Button";
import { useWidget } from "./context";
import { DiscoverButton } from "./discovery/DiscoverButton";
import { Slider } from "./Slider";
import { TopicButton } from "./TopicButton";
import { TakeAway } from "./takeaway/TakeAway";

function PlayButton() {
  const { client, store } = useWidget();
  // The button answers at once; the kernel's own word follows within a slice.
  const playing = store.isPending("play") || (store.playing.value && !store.isPending("stop"));
  return playing ? (
    <Button
      act="stop"
      icon="pause"
      title="Pause training (p)"
      kind="kw-play"
      off={store.offReason.value}
      onPress={() => client.once("stop", {})}
    />
  ) : (
    <Button
      act="play"
      icon="play"
      title="Train (p)"
      kind="kw-play"
      off={store.offReason.value}
      onPress={() => client.once("play", {})}
    />
  );
}

function RunGroup() {
  const { client, store } = useWidget();
  const off = store.offReason.value;
  return (
    <div class="kw-group">
      <PlayButton />
      <Button
        act="step"
        icon="step"
        title="One step (s)"
        off={off}
        onPress={() => client.once("step", {})}
      />
      <Button
        act="reset"
        icon="reset"
        title="Reset to the model that was handed in"
        off={off}
        onPress={() => client.once("reset", {})}
      />
    </div>
  );
}

function HistoryGroup() {
  const { client, store } = useWidget();
  const history = store.history.value;
  const off = (label: string | null | undefined, nothing: string) =>
    store.offReason.value || (label ? "" : nothing);
  return (
    <div class="kw-group">
      <Button
        act="undo"
        icon="undo"
        title={`Undo ${history?.undo ?? ""} (Ctrl+Z)`}
        off={off(history?.undo, "Nothing to undo")}
        onPress={() => client.once("undo", {})}
      />
      <Button
        act="redo"
        icon="redo"
        title={`Redo ${history?.redo ?? ""} (Ctrl+Shift+Z)`}
        off={off(history?.redo, "Nothing to redo")}
        onPress={() => client.once("redo", {})}
      />
    </div>
  );
}

function PruneButton({ isBare }: { isBare: boolean }) {
  const { client, store, view } = useWidget();
  const least = view.threshold.value;
  return (
    <Button
      act="prune"
      icon="prune"
      title={`Remove what is below ${threshold(least)}`}
      off={store.offReason.value}
      onPress={() => client.once("prune", { edge_th: least })}
    >
      {isBare ? undefined : "Prune"}
    </Button>
  );
}

function NameButton({ isBare }: { isBare: boolean }) {
  const { client, store } = useWidget();
  return (
    <Button
      act="auto_symbolic"
      icon="wand"
      title="Name every open edge"
      off={store.offReason.value}
      onPress={() => client.once("auto_symbolic", {})}
    >
      {isBare ? undefined : "Auto-symbolic"}
    </Button>
  );
}

/** Widths at which the toolbar is one line, but too short for words. */
const TIGHT = 950;

function ChangeGroup() {
  const { scene, store, view } = useWidget();
  const hidden = store.hidden.value;
  const isTight = scene.screen.value.kind === "medium" && view.width.value < TIGHT;
  if (["prune", "auto_symbolic", "discover"].every(part => hidden.has(part))) return null;
  return (
    <div class="kw-group">
      {!hidden.has("prune") && <PruneButton isBare={isTight} />}
      {!hidden.has("auto_symbolic") && <NameButton isBare={isTight} />}
      {!hidden.has("discover") && <DiscoverButton isBare={isTight} />}
    </div>
  );
}

function LambSlider() {
  const { client, store } = useWidget();
  const [lo, hi] = store.limits.value.lamb;
  const lamb = store.lamb.value;
  return (
    <Slider
      label="lamb"
      option="lamb"
      title="Strength of the penalty that makes edges simple or faint"
      scale={logScale(lo, hi, true)}
      value={lamb}
      text={setting(lamb)}
      width={96}
      notches={5}
      off={store.offReason.value}
      onSlide={value => client.setOption("lamb", value)}
    />
  );
}

/** A grid is refined once, when the slider is let go: every refinement is a step of the history. */
function GridSlider() {
  const { client, store } = useWidget();
  const draft = useSignal<number | null>(null);
  const [lo, hi] = store.limits.value.grid;
  const finest = useComputed(
    () => store.frame.value?.layers.reduce((most, layer) => Math.max(most, layer.grid), 0) ?? null,
  );
  const now = finest.value ?? store.grid.value;
  const value = draft.value ?? now;
  const settle = (grid: number) => {
    if (grid === now) {
      draft.value = null;
      return;
    }
    void client.send("refine", { grid }).finally(() => {
      draft.value = null;
    });
  };
  return (
    <Slider
      label="grid"
      option="grid"
      title="Intervals of every spline; changing them keeps the function"
      scale={gridScale(lo, hi)}
      value={value}
      text={String(value)}
      width={72}
      off={store.offReason.value}
      onSlide={grid => {
        draft.value = grid;
      }}
      onSettle={settle}
    />
  );
}

export function Toolbar() {
  const { store, view } = useWidget();
  const hidden = store.hidden.value;
  return (
    <div class="kw-toolbar" role="toolbar" aria-label="Training">
      {!hidden.has("train") && <RunGroup />}
      {!hidden.has("undo") && <HistoryGroup />}
      <ChangeGroup />
      <div class="kw-group kw-sliders">
        {!hidden.has("lamb") && <LambSlider />}
        {!hidden.has("grid") && <GridSlider />}
      </div>
      <div class="kw-group kw-end">
        {!hidden.has("data") && <TopicButton topic="data" icon="data" title="Data (d)" />}
        {!hidden.has("settings") && (
          <TopicButton topic="settings" icon="settings" title="Settings (,)" />
        )}
        {!hidden.has("take_away") && <TakeAway />}
        {!hidden.has("help") && (
          <Button
            act="help"
            icon="help"
            title="Keys and help (?)"
            onPress={() => {
              view.help.value = !view.help.value;
            }}
          />
        )}
      </div>
    </div>
  );
}

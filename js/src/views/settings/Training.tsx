/** How training goes on, from the next slice. These are not steps of the history. */

import { useComputed } from "@preact/signals";
import { setting, typed } from "../../maths/format";
import type { TrainingOptions } from "../../protocol";
import { useWidget } from "../context";
import { NumberField } from "../NumberField";
import { Field } from "./Field";
import { Select } from "./Select";

type Numeric = "lr" | "batch" | "steps" | "lamb" | "lamb_entropy";

const NUMBERS: readonly (readonly [Numeric, string, string])[] = [
  ["lr", "learning rate", "Step length of Adam; first step length of LBFGS"],
  ["batch", "batch", "Rows per step, for Adam; all of them otherwise"],
  ["steps", "steps", "Steps of w.fit() in a cell"],
  ["lamb", "lamb", "Strength of the penalty"],
  ["lamb_entropy", "lamb_entropy", "Share of the penalty that asks for few edges"],
];

function written(name: Numeric, value: number | null): string {
  if (value === null) return "auto";
  if (name === "batch") return value === -1 ? "all" : String(value);
  return name === "lamb" ? setting(value) : typed(value);
}

function NumberSetting({ name, label, title }: { name: Numeric; label: string; title: string }) {
  const { client, store } = useWidget();
  const read = (which: "now" | "default") => store.training.value?.[which][name] ?? null;
  const text = useComputed(() => written(name, read("now")));
  const otherwise = read("default");
  return (
    <Field
      label={label}
      title={title}
      otherwise={written(name, otherwise)}
      isOtherwise={read("now") === otherwise}
      off={store.offReason.value}
      onReset={() => client.setOption(name, otherwise)}
    >
      <NumberField
        label={label}
        text={text}
        name={name}
        off={store.offReason.value}
        onEnter={value => client.setOption(name, value)}
      />
    </Field>
  );
}

function Optimiser({ now, otherwise }: { now: TrainingOptions; otherwise: TrainingOptions }) {
  const { client, store } = useWidget();
  const off = store.offReason.value;
  return (
    <Field
      label="optimiser"
      title="auto: Levenberg-Marquardt where it can be used, else LBFGS; Adam for batches"
      otherwise={otherwise.opt}
      isOtherwise={now.opt === otherwise.opt}
      off={off}
      onReset={() => client.setOption("opt", otherwise.opt)}
    >
      <Select
        label="optimiser"
        name="opt"
        value={now.opt}
        values={store.limits.value.opts}
        off={off}
        onChoose={opt => client.setOption("opt", opt)}
      />
    </Field>
  );
}

function MovingGrids({ now, otherwise }: { now: TrainingOptions; otherwise: TrainingOptions }) {
  const { client, store } = useWidget();
  const off = store.offReason.value;
  const label = "move grids";
  return (
    <Field
      label={label}
      title="Move the knots where the values of a node have left them"
      otherwise={otherwise.update_grid ? "on" : "off"}
      isOtherwise={now.update_grid === otherwise.update_grid}
      off={off}
      onReset={() => client.setOption("update_grid", otherwise.update_grid)}
    >
      <Select
        label={label}
        name="update_grid"
        value={now.update_grid ? "on" : "off"}
        values={["on", "off"]}
        off={off}
        onChoose={value => client.setOption("update_grid", value === "on")}
      />
    </Field>
  );
}

export function Training() {
  const training = useWidget().store.training.value;
  if (!training) return null;
  const { now, default: otherwise } = training;
  return (
    <section aria-label="Training">
      <div class="kw-keys-head" aria-hidden="true">
        Training
      </div>
      <Optimiser now={now} otherwise={otherwise} />
      {NUMBERS.map(([name, label, title]) => (
        <NumberSetting key={name} name={name} label={label} title={title} />
      ))}
      <MovingGrids now={now} otherwise={otherwise} />
    </section>
  );
}

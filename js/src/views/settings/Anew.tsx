/** A new network of the same width: grids, degree and initial values are chosen, what was learnt goes. */

import { type Signal, useComputed, useSignal } from "@preact/signals";
import { typed } from "../../maths/format";
import type { NewNetwork } from "../../protocol";
import { Button } from "../Button";
import { useWidget } from "../context";
import { NumberField } from "../NumberField";
import { Field } from "./Field";
import { Select } from "./Select";

/** What KAN(...) takes where nothing is said. */
const DEFAULTS: NewNetwork = {
  grid: 5,
  k: 3,
  seed: 0,
  noise_scale: 0.5,
  base_fun: "silu",
  grid_range: null,
};

const BASES = ["silu", "identity", "zero", "tanh", "relu"];

const NUMBERS = [
  ["grid", "grid", "Intervals of every spline"],
  ["k", "degree k", "Degree of the splines"],
  ["noise_scale", "initial size", "Size of the random splines at the start"],
  ["seed", "seed", "Of the initial values"],
] as const;

type Draft = Signal<NewNetwork>;

function NumberSetting({
  draft,
  name,
  label,
  title,
}: {
  draft: Draft;
  name: (typeof NUMBERS)[number][0];
  label: string;
  title: string;
}) {
  const off = useWidget().store.offReason.value;
  const text = useComputed(() => typed(draft.value[name]));
  const set = (value: number) => {
    draft.value = { ...draft.value, [name]: value };
  };
  return (
    <Field
      label={label}
      title={title}
      otherwise={typed(DEFAULTS[name])}
      isOtherwise={draft.value[name] === DEFAULTS[name]}
      off={off}
      onReset={() => set(DEFAULTS[name])}
    >
      <NumberField label={label} text={text} name={`new ${name}`} off={off} onEnter={set} />
    </Field>
  );
}

/** Both ends of every grid; by default each input has its own, from the data. */
function RangeSetting({ draft }: { draft: Draft }) {
  const { store } = useWidget();
  const off = store.offReason.value;
  const own = () => draft.value.grid_range;
  const low = useComputed(() =>
    draft.value.grid_range ? typed(draft.value.grid_range[0]) : "data",
  );
  const high = useComputed(() =>
    draft.value.grid_range ? typed(draft.value.grid_range[1]) : "data",
  );
  const set = (grid_range: NewNetwork["grid_range"]) => {
    draft.value = { ...draft.value, grid_range };
  };
  return (
    <Field
      label="grid range"
      title="Ends of the grids of all inputs; data: each input's own range"
      otherwise="data"
      isOtherwise={own() === null}
      off={off}
      onReset={() => set(null)}
    >
      <span class="kw-range">
        <NumberField
          label="low end"
          text={low}
          name="new low"
          off={off}
          onEnter={value => set([value, Math.max(own()?.[1] ?? 1, value + 1e-3)])}
        />
        <NumberField
          label="high end"
          text={high}
          name="new high"
          off={off}
          onEnter={value => set([Math.min(own()?.[0] ?? -1, value - 1e-3), value])}
        />
      </span>
    </Field>
  );
}

export function Anew() {
  const { client, store } = useWidget();
  const first = store.frame.peek()?.layers[0];
  const base = BASES.includes(first?.base ?? "") ? (first?.base ?? "silu") : "silu";
  const draft = useSignal<NewNetwork>({
    ...DEFAULTS,
    grid: first?.grid ?? DEFAULTS.grid,
    k: first?.k ?? DEFAULTS.k,
    base_fun: base,
  });
  const off = store.offReason.value;
  const choose = (base_fun: string) => {
    draft.value = { ...draft.value, base_fun };
  };
  return (
    <section aria-label="New network">
      <div class="kw-keys-head" aria-hidden="true">
        New network
      </div>
      {NUMBERS.map(([name, label, title]) => (
        <NumberSetting key={name} draft={draft} name={name} label={label} title={title} />
      ))}
      <RangeSetting draft={draft} />
      <Field
        label="base function"
        title="What every edge begins with, beside its spline"
        otherwise={DEFAULTS.base_fun}
        isOtherwise={draft.value.base_fun === DEFAULTS.base_fun}
        off={off}
        onReset={() => choose(DEFAULTS.base_fun)}
      >
        <Select
          label="base function"
          name="base_fun"
          value={draft.value.base_fun}
          values={BASES}
          off={off}
          onChoose={choose}
        />
      </Field>
      <Button
        act="rebuild"
        kind="kw-boxed kw-wide"
        title="A new network of this width; undo brings back the one there is"
        off={off}
        onPress={() => client.once("rebuild", draft.value)}
      >
        Start with a new network
      </Button>
    </section>
  );
}

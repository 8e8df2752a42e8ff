/** What the probe makes of the network: a value for every edge and node, and fields of two inputs. */

import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Frame } from "../frame";
import { computeFields, type Fields } from "../maths/field";
import { type Evaluation, nodeScales } from "../maths/network";
import { extentOf } from "../maths/scales";
import { edgeNumbers } from "../names";
import type { Store } from "../store";
import type { ViewState } from "../view";

export interface Values {
  readonly evaluation: ReadonlySignal<Evaluation | null>;
  /** How large the values of every node become, per layer of nodes above the inputs. */
  readonly scales: ReadonlySignal<readonly Float64Array[]>;
  readonly fields: ReadonlySignal<Fields | null>;
  /** Per layer, the largest importance: what full ink stands for. */
  readonly mostImportant: ReadonlySignal<readonly number[]>;
  readonly close: () => void;
}

/** Probe values to begin with: spread over the ranges, never all alike. */
function firstProbe(frame: Frame): number[] {
  return frame.inputs.map((_, i) => {
    const { lo, hi } = edgeNumbers(frame, [0, i, 0]);
    const share = (0.72 + 0.525 * i + 0.19 * Math.floor(i / 2)) % 1;
    return lo + (0.1 + 0.8 * share) * (hi - lo);
  });
}

export function makeValues(
  store: Store,
  view: ViewState,
  resting: ReadonlySignal<Frame | null>,
  side: ReadonlySignal<number>,
): Values {
  const evaluation = computed(() => {
    const network = store.network.value;
    const probe = view.probe.value;
    const fits = network !== null && probe.length === network.frame.inputs.length;
    return fits ? network.evaluate(probe) : null;
  });
  const scales = computed(() => (resting.value ? nodeScales(resting.value) : []));
  const fields = computed(() => {
    const network = store.network.value;
    return network && side.value > 0 ? computeFields(network, side.value) : null;
  });
  const mostImportant = computed(
    () => store.frame.value?.layers.map(({ importance }) => extentOf(importance).hi || 1) ?? [],
  );
  const close = effect(() => {
    const frame = store.frame.value;
    if (!frame || frame.inputs.length === view.probe.peek().length) return;
    view.probe.value = firstProbe(frame);
  });
  return { evaluation, scales, fields, mostImportant, close };
}

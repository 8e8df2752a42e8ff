/** What the probe makes of the network: a value for every edge and node, and fields of two inputs. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { columnCount, type Frame } from "../frame";
import { type ClassField, classField, softmax } from "../maths/classes";
import { computeFields, type Fields } from "../maths/field";
import { type Evaluation, nodeScales } from "../maths/network";
import { extentOf } from "../maths/scales";
import type { Store } from "../store";
import type { Rows, ViewState } from "../view";
import type { Picture } from "./picture";

export interface Values {
  /** Null while the probe is put away. */
  readonly evaluation: ReadonlySignal<Evaluation | null>;
  /** How large the values of every node become, per layer of nodes above the inputs. */
  readonly scales: ReadonlySignal<readonly Float64Array[]>;
  readonly fields: ReadonlySignal<Fields | null>;
  /** Of several classes, which one wins where. */
  readonly classField: ReadonlySignal<ClassField | null>;
  /** And at the probe; null while it is put away. */
  readonly probabilities: ReadonlySignal<Float64Array | null>;
  /** Which rows stand as points over the output. */
  readonly rows: ReadonlySignal<Rows>;
  /** Per layer, the largest importance: what full ink stands for. */
  readonly mostImportant: ReadonlySignal<readonly number[]>;
}

export function makeValues(
  store: Store,
  view: ViewState,
  resting: ReadonlySignal<Frame | null>,
  { side, classes }: Pick<Picture, "side" | "classes">,
): Values {
  const evaluation = computed(() => {
    const network = store.network.value;
    const probe = view.probe.value;
    if (!view.probing.value) return null;
    const fits = network !== null && probe.length === columnCount(network.frame);
    return fits ? network.evaluate(probe) : null;
  });
  const scales = computed(() => (resting.value ? nodeScales(resting.value) : []));
  const fields = computed(() => {
    const network = store.network.value;
    return network && side.value > 0 ? computeFields(network, side.value) : null;
  });
  const classed = computed(() => {
    const logits = classes.value && fields.value?.layers.at(-1);
    return logits ? classField(logits) : null;
  });
  const probabilities = computed(() => {
    const logits = classes.value && evaluation.value?.nodes.at(-1);
    return logits ? softmax(logits) : null;
  });
  const rows = computed(() => view.points.value ?? (classes.value ? "test" : "none"));
  const mostImportant = computed(
    () => store.frame.value?.layers.map(({ importance }) => extentOf(importance).hi || 1) ?? [],
  );
  return { evaluation, scales, fields, classField: classed, probabilities, rows, mostImportant };
}

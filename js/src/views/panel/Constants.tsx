/** The four constants of a named edge, `c f(a x + b) + d`, to be typed: the picture follows at once. */

import { useComputed } from "@preact/signals";
import { commitDraft, isSent } from "../../drafting";
import type { SymbolicEdge } from "../../frame";
import { constantText } from "../../maths/constantText";
import { symbolicOf } from "../../names";
import type { Affine, EdgeId } from "../../protocol";
import { useWidget } from "../context";
import { NumberField } from "../NumberField";

const LETTERS = ["a", "b", "c", "d"] as const;

const affineOf = ({ a, b, c, d }: SymbolicEdge): Affine => [a, b, c, d];

function Constant({ edge, n }: { edge: EdgeId; n: number }) {
  const { client, store } = useWidget();
  const letter = LETTERS[n] ?? "";
  const symbolic = useComputed(() => store.frame.value && symbolicOf(store.frame.value, edge));
  const text = useComputed(() => {
    const now = symbolic.value;
    return now ? constantText(affineOf(now)[n] ?? 0) : "";
  });
  const put = (value: number) => {
    const now = symbolic.peek();
    if (!now || isSent(store.draft.peek())) return;
    const affine = affineOf(now).map((old, at) => (at === n ? value : old));
    store.draft.value = { kind: "affine", edge, affine: affine as unknown as Affine };
  };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the field inside has its own label
    <label class="kw-constant">
      <i>{letter}</i>
      <NumberField
        label={`Constant ${letter}`}
        text={text}
        name={`constant ${letter}`}
        off={store.offReason.value}
        onType={put}
        onEnter={value => {
          put(value);
          commitDraft(client, symbolic.peek()?.name ?? null);
        }}
        onDrop={() => {
          if (!isSent(store.draft.peek())) store.draft.value = null;
        }}
      />
    </label>
  );
}

export function Constants({ edge }: { edge: EdgeId }) {
  const { store } = useWidget();
  const symbolic = store.frame.value && symbolicOf(store.frame.value, edge);
  if (!symbolic) return null;
  return (
    <div
      class="kw-constants"
      role="group"
      aria-label={`Constants of c ${symbolic.name}(a x + b) + d`}
      title="c f(a x + b) + d; π and fractions such as π/2 may be typed"
    >
      {LETTERS.map((letter, n) => (
        <Constant key={letter} edge={edge} n={n} />
      ))}
    </div>
  );
}

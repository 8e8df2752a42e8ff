/** Which rows stand as points over the output. */

import type { Rows } from "../../view";
import { useWidget } from "../context";

const KINDS: readonly (readonly [Rows, string])[] = [
  ["none", "none"],
  ["train", "training"],
  ["test", "test"],
];

export function PointsChoice() {
  const { scene, view } = useWidget();
  const now = scene.rows.value;
  const onKeyDown = (event: KeyboardEvent & { currentTarget: Element }) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: 2, ArrowUp: 2 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = KINDS.findIndex(([kind]) => kind === now);
    const [next] = KINDS[(at + by) % 3] as (typeof KINDS)[number];
    view.points.value = next;
    event.currentTarget.querySelector<HTMLElement>(`[data-rows="${next}"]`)?.focus();
  };
  return (
    <div
      class="kw-choice"
      role="radiogroup"
      aria-label="Points over the output"
      onKeyDown={onKeyDown}
    >
      <span aria-hidden="true">points</span>
      {KINDS.map(([kind, label]) => (
        <button
          key={kind}
          type="button"
          class="kw-button"
          role="radio"
          aria-checked={kind === now}
          tabIndex={kind === now ? 0 : -1}
          data-rows={kind}
          onClick={() => {
            view.points.value = kind;
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** What was done, point after point: a press goes there, and nothing is lost by it. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { compareWith, partner, toggleComparison } from "../../comparing";
import type { HistoryEntry } from "../../protocol";
import { Button } from "../Button";
import { useWidget } from "../context";
import { indexAfter } from "../stepKeys";
import { Point } from "./Point";
import { Versus } from "./Versus";

/** Room kept on both sides of the present point when it is brought into view. */
const MARGIN = 48;

/** Only the list scrolls: the notebook around it stays where it is. */
function bringIntoView(list: HTMLElement): void {
  const point = list.querySelector<HTMLElement>('[aria-current="step"]');
  if (!point) return;
  const view = list.getBoundingClientRect();
  const box = point.getBoundingClientRect();
  const over = Math.max(0, box.right + MARGIN - view.right);
  const under = Math.max(0, view.left + MARGIN - box.left);
  list.scrollLeft += over - under;
}

function Points({ entries, position }: { entries: readonly HistoryEntry[]; position: number }) {
  const widget = useWidget();
  const { client, store, view } = widget;
  const list = useRef<HTMLOListElement>(null);
  const cursor = useSignal<number | null>(null);
  const at = entries.findIndex(entry => entry.key === cursor.value);
  const reached = at >= 0 ? at : position;
  useLayoutEffect(() => {
    if (list.current) bringIntoView(list.current);
  }, [entries, position, store.playing.value, view.width.value]);

  const press = (key: number) => {
    if (view.comparing.value) client.compare(key);
    else if (entries[position]?.key !== key) client.jump(key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const here = entries[reached];
    if (event.key === "c" && here) {
      event.preventDefault();
      compareWith(widget, here.key);
      return;
    }
    const to = indexAfter(event.key, reached, entries.length - 1, ["ArrowLeft", "ArrowRight"]);
    const next = to === null ? undefined : entries[to];
    if (!next) return;
    event.preventDefault();
    list.current?.querySelector<HTMLElement>(`[data-moment="${next.key}"]`)?.focus();
  };
  // Training takes the place of what was undone.
  const shown = store.playing.value ? entries.slice(0, position + 1) : entries;
  return (
    <ol ref={list} class="kw-moments" onKeyDown={onKeyDown}>
      {shown.map((entry, n) => (
        <Point
          key={entry.key}
          entry={entry}
          isNow={n === position && !store.playing.value}
          isUndone={n > position}
          isReached={n === reached}
          onPress={() => press(entry.key)}
          onReach={() => {
            cursor.value = entry.key;
          }}
        />
      ))}
      {store.playing.value && (
        <li class="kw-coming">
          <i class="kw-bead" />
          Training …
        </li>
      )}
    </ol>
  );
}

function Compare({ entries, position }: { entries: readonly HistoryEntry[]; position: number }) {
  const widget = useWidget();
  const { store, view } = widget;
  const other = partner(entries, position);
  const isOn = view.comparing.value;
  const off = isOn || other ? "" : "There is only one point so far";
  const gone = store.connection.value === "gone" ? store.offReason.value : "";
  return (
    <Button
      act="compare"
      icon="compare"
      title={isOn ? "Stop comparing (c)" : "Draw another point behind the curves (c)"}
      isOn={isOn}
      off={gone || off}
      onPress={() => toggleComparison(widget)}
    >
      Compare
    </Button>
  );
}

export function HistoryStrip() {
  const { store, view } = useWidget();
  const { entries, position } = store.history.value ?? { entries: [], position: 0 };
  return (
    <section class="kw-history" aria-label="History" data-comparing={view.comparing.value}>
      <Points entries={entries} position={position} />
      <Versus entries={entries} />
      {!store.hidden.value.has("compare") && <Compare entries={entries} position={position} />}
    </section>
  );
}

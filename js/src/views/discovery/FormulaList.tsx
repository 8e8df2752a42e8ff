/**
 * The formulas as a listbox: arrows move along it and the point in the plot follows, Enter makes one
 * the network.
 */

import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { Found } from "../../protocol";
import { useWidget } from "../context";
import { indexAfter } from "../stepKeys";
import { FormulaRow } from "./FormulaRow";

interface Props {
  readonly list: readonly Found[];
  readonly cursor: number | null;
  readonly shown: number | null;
  readonly onPick: (found: Found) => void;
}

/** Scrolls the list only, never the notebook around it. */
function keepVisible(row: HTMLElement, list: HTMLElement): void {
  list.scrollTop = Math.min(list.scrollTop, row.offsetTop);
  const over = row.offsetTop + row.offsetHeight - list.scrollTop - list.clientHeight;
  if (over > 0) list.scrollTop += over;
}

export function FormulaList({ list, cursor, shown, onPick }: Props) {
  const { view } = useWidget();
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const at = list.findIndex(({ key }) => key === cursor);
  useLayoutEffect(() => {
    const row = box.current?.querySelector<HTMLElement>(".kw-on");
    if (box.current && row) keepVisible(row, box.current);
  }, [cursor, list]);
  const onKeyDown = (event: KeyboardEvent) => {
    const here = list[at];
    const to = indexAfter(event.key, at, list.length - 1, ["ArrowUp", "ArrowDown"]);
    if ((event.key === "Enter" || event.key === " ") && here) onPick(here);
    else if (to !== null) view.formula.value = list[to]?.key ?? null;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="kw-found-list">
      <div class="kw-found-row kw-found-head" aria-hidden="true">
        <span>formula</span>
        <span />
        <span title="What its functions cost, and one for every constant that is no known number">
          size
        </span>
        <span title="Error on rows that were never fitted to, relative to the spread of the labels">
          rel. RMSE
        </span>
      </div>
      <div
        ref={box}
        class="kw-found-rows"
        role="listbox"
        tabIndex={0}
        aria-label="Formulas, simplest first"
        aria-activedescendant={at >= 0 ? `${id}-${cursor}` : undefined}
        onKeyDown={onKeyDown}
      >
        {list.map(found => (
          <FormulaRow
            key={found.key}
            id={`${id}-${found.key}`}
            found={found}
            isOn={found.key === cursor}
            isShown={found.key === shown}
            onPick={() => onPick(found)}
          />
        ))}
      </div>
    </div>
  );
}

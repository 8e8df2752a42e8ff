/**
 * The functions that an edge could become, as a listbox: arrows move the highlighted one and the
 * dashed curve follows, Enter fixes it, letters jump to a name, Escape goes back to the graph.
 */

import { useSignalEffect } from "@preact/signals";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { type EdgeId, edgeKey } from "../../protocol";
import { KEEP_SPLINE } from "../../view";
import { useWidget } from "../context";
import { CandidateHead, CandidateRow, KeepSpline } from "./CandidateRow";
import { type Choice, choiceFor } from "./listKeys";

/** Rows reach into the padding of the panel on both sides. */
const MARGIN = 16;

/** Names of functions hold signs that an id may not. */
const optionId = (list: string, n: number): string => `${list}-option-${n}`;

export interface CandidateListProps {
  readonly edge: EdgeId;
  readonly width: number;
  /** How many are seen at once. */
  readonly rows: number;
  readonly onFix: (name: string) => void;
  readonly onKeep: () => void;
}

export function CandidateList({ edge, width, rows, onFix, onKeep }: CandidateListProps) {
  const { scene, view, store } = useWidget();
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const candidates = scene.candidates.value;
  const keep = store.candidates.value.get(edgeKey(edge))?.keep ?? null;
  const withLoss = candidates.some(({ net_rmse }) => net_rmse !== null);
  const choices: Choice[] = [...candidates.map(({ name }) => name), KEEP_SPLINE];
  const current: Choice = scene.candidate.value?.name ?? KEEP_SPLINE;

  // The keyboard comes here when the graph sends it, not when the list is first shown.
  const heard = useRef(view.listFocus.peek());
  useSignalEffect(() => {
    if (view.listFocus.value === heard.current) return;
    heard.current = view.listFocus.value;
    list.current?.focus();
  });
  useLayoutEffect(() => {
    const option = list.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (list.current && option) keepVisible(option, list.current);
  }, [current, candidates]);

  const pick = (choice: Choice) => {
    view.highlight.value = choice;
  };
  const commit = () => (current === KEEP_SPLINE ? onKeep() : onFix(current));
  const onKeyDown = (event: KeyboardEvent) => {
    const at = choices.indexOf(current);
    const next = choiceFor(event, choices, at);
    if (event.key === "Enter") commit();
    else if (event.key === "Escape") focusEdge(list.current, edge);
    else if (next) pick(next);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  if (candidates.length === 0) {
    return (
      <div class="kw-candidates">
        <div class="kw-waiting">
          {store.isPending("suggest") ? "Trying functions …" : "No candidates yet."}
        </div>
      </div>
    );
  }
  return (
    <div
      class={withLoss ? "kw-candidates" : "kw-candidates kw-plain"}
      style={{ "--kw-row-width": `${width + MARGIN}px`, "--kw-rows": rows }}
    >
      <CandidateHead withLoss={withLoss} />
      <div
        ref={list}
        class="kw-listbox"
        role="listbox"
        tabIndex={0}
        aria-label="Functions for this edge"
        aria-activedescendant={optionId(id, choices.indexOf(current))}
        onKeyDown={onKeyDown}
      >
        {candidates.map((candidate, n) => (
          <CandidateRow
            key={candidate.name}
            id={optionId(id, n)}
            edge={edge}
            candidate={candidate}
            isOn={candidate.name === current}
            withLoss={withLoss}
            onPick={() => pick(candidate.name)}
            onFix={() => onFix(candidate.name)}
          />
        ))}
        <KeepSpline
          id={optionId(id, candidates.length)}
          isOn={current === KEEP_SPLINE}
          keep={keep}
          withLoss={withLoss}
          onPick={() => pick(KEEP_SPLINE)}
        />
      </div>
    </div>
  );
}

/** Scrolls the list only, never the notebook around it; its last row always stands at its foot. */
function keepVisible(option: HTMLElement, list: HTMLElement): void {
  const foot = list.lastElementChild as HTMLElement;
  if (option === foot) return;
  const above = option.offsetTop;
  if (above < list.scrollTop) list.scrollTop = above;
  const below = above + option.offsetHeight - (list.clientHeight - foot.offsetHeight);
  if (below > list.scrollTop) list.scrollTop = below;
}

function focusEdge(from: HTMLElement | null, edge: EdgeId): void {
  const root = from?.closest(".kanwidget");
  root?.querySelector<SVGElement>(`.kw-svg [data-edge="${edgeKey(edge)}"]`)?.focus();
}

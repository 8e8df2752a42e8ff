/** What a search for formulas has found, below the graph: a press on one makes it the network. */

import { useComputed } from "@preact/signals";
import type { Found } from "../../protocol";
import { useWidget } from "../context";
import { FormulaList } from "./FormulaList";
import { FrontPlot } from "./FrontPlot";
import { Head } from "./Head";
import { verdictOf } from "./words";

const PLOT = { width: 320, height: 180 };
const PLOT_NARROW = 170;
const PADDING = 32;

const NONE: readonly Found[] = [];

export function Drawer() {
  const { client, scene, store, view } = useWidget();
  const front = store.front.value;
  const list = front?.candidates ?? NONE;
  const shown = useComputed(() => {
    const now = store.moment.value;
    return store.front.value?.candidates.find(({ moments }) => moments.includes(now))?.key ?? null;
  }).value;
  const best = list.find(found => found.best)?.key ?? null;
  const isThere = list.some(({ key }) => key === view.formula.value);
  const cursor = isThere ? view.formula.value : (shown ?? best);
  const verdict = verdictOf(front);
  const { kind, graphWidth } = scene.screen.value;
  const size = kind === "narrow" ? { width: graphWidth - PADDING, height: PLOT_NARROW } : PLOT;
  const pick = (found: Found) => {
    view.formula.value = found.key;
    client.useFormula(found);
  };
  return (
    <section
      class="kw-drawer"
      aria-label="Discovery"
      data-panel="discovery"
      data-verdict={verdict.kind}
    >
      <Head front={front} verdict={verdict} />
      <p class="kw-note" role="status">
        <span class="kw-hidden">{verdict.head}</span> {verdict.text}
      </p>
      {list.length > 0 ? (
        <div class="kw-drawer-body">
          <FrontPlot list={list} {...size} cursor={cursor} shown={shown} onPick={pick} />
          <FormulaList list={list} cursor={cursor} shown={shown} onPick={pick} />
        </div>
      ) : (
        <div class="kw-waiting">
          {front?.searching ? "The first formulas come in a moment." : ""}
        </div>
      )}
    </section>
  );
}

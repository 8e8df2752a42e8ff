/** One sentence about what is going on. The first thing that is true is said. */

import { plural, threshold as thresholdText } from "./maths/format";
import type { LayoutNet } from "./maths/layout";
import { hiddenEdges, type Layout } from "./maths/layout";
import type { CommandName } from "./protocol";
import type { Connection, Store } from "./store";

export type Led = "off" | "on" | "error";

export interface Status {
  readonly text: string;
  /** What a screen reader hears: the same without numbers that change with every frame. */
  readonly spoken: string;
  readonly led: Led;
  /** For tests and styles: idle, playing, busy, gone, error or static. */
  readonly state: string;
}

const WORKING: Partial<Record<CommandName, string>> = {
  auto_symbolic: "Naming the open edges …",
  prune: "Pruning …",
  refine: "Refining the grid …",
  fix: "Fitting the function …",
  reset: "Going back to the first model …",
};

const CONNECTION: Partial<Record<Connection, string>> = {
  gone: "The kernel is gone. The picture stays; the inputs still move.",
  silent: "No answer: the kernel is busy or was restarted; run the cell again.",
  busy: "The kernel is busy.",
};

const NEVER_HEARD = "No kernel yet: run the cell to train. The inputs move all the same.";
const STATIC = "Saved picture: move the inputs, go through the history.";

const same = (text: string, led: Led, state: string): Status => ({
  text,
  spoken: text,
  led,
  state,
});

const sum = (layout: Layout, count: (column: Layout["columns"][number]) => number): number =>
  layout.columns.reduce((total, column) => total + count(column), 0);

/** What the picture leaves out, or what the threshold says. */
function aboutPicture(net: LayoutNet | null, layout: Layout | null, least: number): string {
  if (!net || !layout) return "";
  const edges = net.layers.flatMap(layer => layer.edges);
  const faint = edges.filter(edge => edge.importance < least).length;
  const hidden = sum(layout, hiddenEdges);
  if (hidden > 0) {
    const which = hidden > faint ? "" : " below the threshold";
    return `${plural(hidden, "edge")}${which} ${hidden === 1 ? "is" : "are"} hidden.`;
  }
  if (faint === 0) return "";
  const verb = faint === 1 ? "is" : "are";
  return `${faint} of ${plural(edges.length, "edge")} ${verb} below ${thresholdText(least)}.`;
}

function trainingText(step: number, layout: Layout | null): string {
  const head = `Training, step ${step}.`;
  if (!layout || sum(layout, hiddenEdges) === 0) return head;
  const plots = plural(
    sum(layout, column => column.plots),
    "curve",
  );
  const lines = sum(layout, column => column.lines);
  const shown = lines > 0 ? `${plots} and ${plural(lines, "line")}` : plots;
  return `${head} Showing ${shown} of ${sum(layout, column => column.edges)} edges.`;
}

export interface StatusContext {
  readonly store: Store;
  readonly net: LayoutNet | null;
  readonly layout: Layout | null;
  readonly threshold: number;
}

export function statusOf(context: StatusContext): Status {
  const status = presentStatus(context);
  const { past } = context.store;
  if (!past.value || status.led === "error") return status;
  const text = `Looking back at step ${past.value.step}; let go or press Esc to return.`;
  return { ...status, text, spoken: "Looking back." };
}

function presentStatus({ store, net, layout, threshold }: StatusContext): Status {
  const connection = store.connection.value;
  const frame = store.frame.value;
  const notice = store.notice.value;
  const error = store.error.value;
  if (connection === "static") return same(STATIC, "off", "static");
  if (connection === "gone") return same(CONNECTION.gone ?? "", "off", "gone");
  if (notice?.kind === "error") return same(notice.text, "error", "error");
  if (error) return same(error, "error", "error");
  const playing = store.playing.value;
  const work = Object.entries(WORKING).find(([name]) => store.isPending(name as CommandName));
  if (connection === "silent") {
    return same(store.heard.value ? (CONNECTION.silent ?? "") : NEVER_HEARD, "off", "busy");
  }
  if (work) return same(work[1], "on", playing ? "playing" : "busy");
  if (connection === "busy") return same(CONNECTION.busy ?? "", playing ? "on" : "off", "busy");
  if (playing) {
    const text = trainingText(frame?.step ?? 0, layout);
    return { text, spoken: "Training.", led: "on", state: "playing" };
  }
  if (notice) return same(notice.text, "off", "idle");
  const rest = [restText(store), aboutPicture(net, layout, threshold)].filter(Boolean).join(" ");
  return same(rest, "off", "idle");
}

function restText(store: Store): string {
  if (store.status.value) return store.status.value;
  const step = store.frame.value?.step ?? 0;
  return step > 0 ? `Paused at step ${step}.` : "Ready to train.";
}

/** What stands where for a given width of the notebook cell. */

export interface Screen {
  readonly kind: "narrow" | "medium" | "wide";
  /** Height of the whole widget; null where the page scrolls instead. */
  readonly height: number | null;
  readonly panelWidth: number;
  readonly graphWidth: number;
  readonly graphHeight: number;
}

const WIDE = 1200;
const MEDIUM = 760;
const LEAST = 320;
const BORDER = 2;
const TOOLBAR = 44;
const HISTORY = 37;
const FORMULA = 46;
const STATUS = 30;
/** Height of the drawer with formulas that were found. */
export const DRAWER = 264;
const WIDE_GRAPH = 478;
const MEDIUM_GRAPH = 430;
const NARROW_GRAPH = 400;

/** Heights of the bars, lines between them included, by the names under which a lesson hides them. */
const BARS: Readonly<Record<string, number>> = {
  toolbar: TOOLBAR,
  history: HISTORY,
  formula: FORMULA,
  status: STATUS,
};

const NOTHING: ReadonlySet<string> = new Set();

function sideBySide(
  width: number,
  graphHeight: number,
  panel: number,
  hidden: ReadonlySet<string>,
) {
  const bars = Object.entries(BARS).reduce((sum, [bar, h]) => sum + (hidden.has(bar) ? 0 : h), 0);
  const panelWidth = hidden.has("panel") ? 0 : panel;
  return {
    height: graphHeight + bars + BORDER,
    panelWidth,
    graphWidth: width - BORDER - panelWidth,
    graphHeight,
  };
}

export function screenFor(width: number, hidden: ReadonlySet<string> = NOTHING): Screen {
  if (width >= WIDE) return { kind: "wide", ...sideBySide(width, WIDE_GRAPH, 340, hidden) };
  if (width >= MEDIUM) return { kind: "medium", ...sideBySide(width, MEDIUM_GRAPH, 286, hidden) };
  const own = Math.max(LEAST, width) - BORDER;
  return {
    kind: "narrow",
    height: null,
    panelWidth: own,
    graphWidth: own,
    graphHeight: NARROW_GRAPH,
  };
}

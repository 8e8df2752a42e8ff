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
const NARROW_GRAPH = 400;

const sideBySide = (width: number, height: number, panelWidth: number) => ({
  height,
  panelWidth,
  graphWidth: width - BORDER - panelWidth,
  graphHeight: height - TOOLBAR - HISTORY - FORMULA - STATUS - BORDER,
});

export function screenFor(width: number): Screen {
  if (width >= WIDE) return { kind: "wide", ...sideBySide(width, 637, 340) };
  if (width >= MEDIUM) return { kind: "medium", ...sideBySide(width, 589, 286) };
  const own = Math.max(LEAST, width) - BORDER;
  return {
    kind: "narrow",
    height: null,
    panelWidth: own,
    graphWidth: own,
    graphHeight: NARROW_GRAPH,
  };
}

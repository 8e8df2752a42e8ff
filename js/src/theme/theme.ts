/**
 * Light or dark, in the colours of the host where they pass the contrast test, else in our own.
 */

import { type Colour, isDark, mix, parseColour, toHex } from "../maths/colour";
import { contrastFailures, type Palette, TOKENS } from "./contrast";
import { type HostColours, hostColours, wantsContrast } from "./host";

const OVERRIDES = ["bg", "panel", "raise", "hover", "hair", "ink", "line", "line2"] as const;

const variable = (token: string): string => `--kw-${token}`;

function readPalette(root: HTMLElement): Palette {
  const style = getComputedStyle(root);
  const palette = new Map<string, Colour>();
  for (const token of TOKENS) {
    const colour = parseColour(style.getPropertyValue(variable(token)));
    if (colour) palette.set(token, colour);
  }
  return palette;
}

/** Grounds a little off the host's own, by the steps that our own palettes have. */
function hostTokens({ bg, ink, line, frame }: HostColours): Map<string, Colour> {
  const tokens = new Map<string, Colour>([["bg", bg]]);
  if (!ink) return tokens;
  tokens.set("ink", ink);
  tokens.set("panel", mix(bg, ink, 0.025));
  tokens.set("raise", mix(bg, ink, isDark(bg) ? 0.04 : 0));
  tokens.set("hover", mix(bg, ink, 0.065));
  tokens.set("hair", mix(bg, ink, 0.08));
  if (line) tokens.set("line", line);
  if (frame) tokens.set("line2", frame);
  return tokens;
}

function clearOverrides(root: HTMLElement): void {
  for (const token of OVERRIDES) root.style.removeProperty(variable(token));
}

/** Whether the colours can be told apart; if not, they are not taken. */
function tryColours(root: HTMLElement, host: HostColours): boolean {
  for (const [token, colour] of hostTokens(host)) {
    root.style.setProperty(variable(token), toHex(colour));
  }
  const isReadable = contrastFailures(readPalette(root)).length === 0;
  if (!isReadable) clearOverrides(root);
  return isReadable;
}

/** All of the host's colours, or our ink on its ground, or our own. */
export function applyTheme(root: HTMLElement): void {
  clearOverrides(root);
  const host = hostColours(root);
  root.dataset.theme = isDark(host.bg) ? "dark" : "light";
  root.dataset.contrast = wantsContrast(root) ? "more" : "normal";
  const ink = readPalette(root).get("ink") ?? null;
  if (!host.ink || tryColours(root, host)) return;
  tryColours(root, { bg: host.bg, ink, line: null, frame: null });
}

/** A host changes its attributes first and its style sheet a little later. */
const SETTLE_MS = [0, 150, 600];

/** Applies the theme now and whenever the host's may have changed; returns how to stop. */
export function watchTheme(root: HTMLElement, changed: () => void): () => void {
  let timers: ReturnType<typeof setTimeout>[] = [];
  const apply = () => {
    applyTheme(root);
    changed();
  };
  const settle = () => {
    timers.forEach(clearTimeout);
    timers = SETTLE_MS.map(ms => setTimeout(apply, ms));
  };
  const page = root.ownerDocument;
  const observer = new MutationObserver(settle);
  const attributeFilter = [
    "class",
    "style",
    "data-theme",
    "data-jp-theme-name",
    "data-vscode-theme-id",
    "data-vscode-theme-kind",
  ];
  for (const element of [page.documentElement, page.body]) {
    observer.observe(element, { attributes: true, attributeFilter });
  }
  const wishes = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"].map(wish =>
    globalThis.matchMedia?.(wish),
  );
  for (const wish of wishes) wish?.addEventListener("change", settle);
  apply();
  return () => {
    timers.forEach(clearTimeout);
    observer.disconnect();
    for (const wish of wishes) wish?.removeEventListener("change", settle);
  };
}

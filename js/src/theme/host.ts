/** The colours that the page around the widget uses. */

import { type Colour, over, parseColour } from "../maths/colour";

export interface HostColours {
  readonly bg: Colour;
  readonly ink: Colour | null;
  readonly line: Colour | null;
  readonly frame: Colour | null;
}

/** Variables of JupyterLab and Notebook, then of VS Code; the first that holds a colour wins. */
const VARIABLES = {
  bg: ["--jp-layout-color0", "--vscode-editor-background"],
  ink: ["--jp-ui-font-color1", "--vscode-editor-foreground"],
  line: ["--jp-border-color2", "--vscode-panel-border"],
  frame: ["--jp-border-color1"],
} as const;

const WHITE: Colour = { r: 255, g: 255, b: 255, a: 1 };
const NEARLY_BLACK: Colour = { r: 17, g: 17, b: 17, a: 1 };

/** A variable may hold a name or a function: the browser knows what colour it is. */
function computedColour(root: HTMLElement, value: string): Colour | null {
  const direct = parseColour(value);
  if (direct) return direct;
  const sample = root.ownerDocument.createElement("i");
  sample.style.display = "none";
  sample.style.color = value;
  if (!sample.style.color) return null;
  root.append(sample);
  const colour = parseColour(getComputedStyle(sample).color);
  sample.remove();
  return colour;
}

function readVariable(root: HTMLElement, names: readonly string[]): Colour | null {
  const style = getComputedStyle(root);
  for (const name of names) {
    const value = style.getPropertyValue(name).trim();
    const colour = value ? computedColour(root, value) : null;
    if (colour) return colour;
  }
  return null;
}

const parentOf = (element: Element): Element | null => {
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
};

/** The nearest opaque ground behind the widget. */
function groundBehind(root: HTMLElement): Colour {
  for (let at = parentOf(root); at; at = parentOf(at)) {
    const colour = parseColour(getComputedStyle(at).backgroundColor);
    if (colour && colour.a > 0.5) return over(colour, WHITE);
  }
  const prefersDark = globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches;
  const scheme = getComputedStyle(root.ownerDocument.documentElement).colorScheme;
  return prefersDark && scheme.includes("dark") ? NEARLY_BLACK : WHITE;
}

export function hostColours(root: HTMLElement): HostColours {
  const named = readVariable(root, VARIABLES.bg);
  const bg = named ? over(named, WHITE) : groundBehind(root);
  const onGround = (names: readonly string[]) => {
    const colour = named && readVariable(root, names);
    return colour && over(colour, bg);
  };
  return {
    bg,
    ink: onGround(VARIABLES.ink),
    line: onGround(VARIABLES.line),
    frame: onGround(VARIABLES.frame),
  };
}

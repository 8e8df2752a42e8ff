/** The colours that the page around the widget uses. */

import { type Colour, over, parseColour } from "../maths/colour";

export interface HostColours {
  readonly bg: Colour;
  readonly ink: Colour | null;
  readonly line: Colour | null;
  readonly frame: Colour | null;
}

/**
 * Variables of VS Code, then of JupyterLab and Notebook; the first that holds a colour wins. VS Code
 * comes first because its notebooks define both, those of Jupyter light in every theme. The border
 * of contrast is there in its themes of high contrast only.
 */
const VARIABLES = {
  bg: ["--vscode-editor-background", "--jp-layout-color0"],
  ink: ["--vscode-editor-foreground", "--vscode-foreground", "--jp-ui-font-color1"],
  line: ["--vscode-contrastBorder", "--vscode-panel-border", "--jp-border-color2"],
  frame: ["--vscode-contrastBorder", "--vscode-input-border", "--jp-border-color1"],
} as const;

/** What VS Code calls its themes of high contrast, on the page's body. */
const HIGH_CONTRAST = ["vscode-high-contrast", "vscode-high-contrast-light"];

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

/** Whether the page, or the person by the system's settings, asks for strong contrasts. */
export function wantsContrast(root: HTMLElement): boolean {
  const { classList, dataset } = root.ownerDocument.body;
  return (
    HIGH_CONTRAST.some(name => classList.contains(name) || dataset.vscodeThemeKind === name) ||
    globalThis.matchMedia?.("(prefers-contrast: more)").matches === true
  );
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

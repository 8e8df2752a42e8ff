/** A page that widgets are put on: of a fixed size, and drawn without waiting for a screen. */

import { vi } from "vitest";
import widget from "../../src/index";
import type { TestHost } from "./host";

const HEIGHT = 552;

/** An empty element on a page so wide. */
export function openStage(width = 960): HTMLElement {
  vi.stubGlobal("requestAnimationFrame", (action: () => void) => setTimeout(action, 0));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => clearTimeout(id));
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue({
    ...{ width, height: HEIGHT, left: 0, top: 0, right: width, bottom: HEIGHT, x: 0, y: 0 },
    toJSON: () => ({}),
  });
  const el = document.createElement("div");
  document.body.append(el);
  return el;
}

export function clearStage(el: HTMLElement): void {
  el.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
}

/** Puts a widget on the stage; what takes it away again. */
export function put(host: TestHost, el: HTMLElement): () => void {
  const props = { model: host, el } as unknown as Parameters<typeof widget.render>[0];
  const uninitialize = widget.initialize(props) as () => void;
  const unrender = widget.render(props) as () => void;
  return () => {
    unrender();
    uninitialize();
  };
}

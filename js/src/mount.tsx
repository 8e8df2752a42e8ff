/** One view: everything it starts is ended by the function it returns. */

import { effect } from "@preact/signals";
import { render } from "preact";
import type { Client } from "./client";
import { handleKey } from "./keys";
import { DRAWER } from "./maths/screen";
import { makeScene } from "./scene";
import { watchTheme } from "./theme/theme";
import { ViewState } from "./view";
import { App } from "./views/App";
import { type Widget, WidgetContext } from "./views/context";

function makeRoot(el: HTMLElement): HTMLElement {
  const root = el.ownerDocument.createElement("div");
  root.className = "kanwidget";
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", "Kolmogorov-Arnold network");
  el.append(root);
  return root;
}

/**
 * Jupyter's hosts look at keys before any page inside can, and ask the element that has the focus, and those around it,
 * whether to keep out. Some of their shortcuts match that very element, so it has to answer itself.
 */
function keepKeys({ target }: Event): void {
  (target as Element).setAttribute("data-lm-suppress-shortcuts", "true");
}

function watchWidth(root: HTMLElement, view: ViewState): () => void {
  const measure = () => {
    const width = Math.round(root.getBoundingClientRect().width);
    if (width > 0) view.width.value = width;
  };
  const observer = new ResizeObserver(measure);
  observer.observe(root);
  measure();
  return () => observer.disconnect();
}

/** Size, state and progress as attributes: for styles, and for tests that wait on them. */
function reflect(root: HTMLElement, { scene, store, view }: Widget): (() => void)[] {
  let frames = 0;
  return [
    effect(() => {
      const { kind, height } = scene.screen.value;
      root.dataset.size = kind;
      const drawer = view.discovering.value && !store.hidden.value.has("discover") ? DRAWER : 0;
      const isFixed = height !== null && scene.hasFrame.value;
      root.style.height = isFixed ? `${height + drawer}px` : "";
    }),
    effect(() => {
      root.dataset.status = scene.status.value.state;
    }),
    effect(() => {
      const frame = store.frame.value;
      if (!frame || !scene.layout.value) return;
      root.dataset.step = String(frame.step);
      root.dataset.lamb = String(frame.lamb);
      root.dataset.structure = frame.structure;
      root.dataset.ready = "true";
    }),
    effect(() => {
      if (!store.frame.value) return;
      frames += 1;
      root.dataset.frames = String(frames);
    }),
  ];
}

export function mount(el: HTMLElement, client: Client): () => void {
  const view = new ViewState();
  const scene = makeScene(client.store, view);
  const widget: Widget = { client, store: client.store, view, scene };
  const root = makeRoot(el);
  const onKeyDown = (event: KeyboardEvent) => handleKey(event, widget);
  root.addEventListener("keydown", onKeyDown);
  root.addEventListener("focusin", keepKeys);
  const cleanups = [
    () => root.removeEventListener("keydown", onKeyDown),
    () => root.removeEventListener("focusin", keepKeys),
    watchTheme(root, () => {
      view.theme.value += 1;
    }),
    watchWidth(root, view),
  ];
  render(
    <WidgetContext.Provider value={widget}>
      <App />
    </WidgetContext.Provider>,
    root,
  );
  cleanups.push(...reflect(root, widget));
  return () => {
    for (const cleanup of cleanups) cleanup();
    render(null, root);
    scene.close();
    root.remove();
  };
}

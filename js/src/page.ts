/** The widget in a page without any kernel: a plain object of traits stands in for the model. */

import { Client } from "./client";
import type { Host } from "./host";
import { mount } from "./mount";
import type { Traits } from "./protocol";

function frozenModel(traits: Partial<Traits>): Host {
  const values = new Map<string, unknown>(Object.entries(traits));
  return {
    get: name => values.get(name),
    send: () => {},
    on: () => {},
    off: () => {},
  };
}

/** Draws a saved widget into `el`; returns how to take it away again. */
export function mountStatic(el: HTMLElement, traits: Partial<Traits>): () => void {
  const client = new Client(frozenModel(traits), true);
  const unmount = mount(el, client);
  return () => {
    unmount();
    client.close();
  };
}

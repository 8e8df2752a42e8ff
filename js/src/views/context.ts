import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "../client";
import type { Scene } from "../scene";
import type { Store } from "../store";
import type { ViewState } from "../view";

/** What every view of one widget reads, and the client through which it asks. */
export interface Widget {
  readonly client: Client;
  readonly store: Store;
  readonly view: ViewState;
  readonly scene: Scene;
}

export const WidgetContext = createContext<Widget | null>(null);

export function useWidget(): Widget {
  const widget = useContext(WidgetContext);
  if (!widget) throw new Error("a view was rendered outside its widget");
  return widget;
}

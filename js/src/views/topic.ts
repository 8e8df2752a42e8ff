/** What the panel is about. */

import type { Topic } from "../view";
import type { Widget } from "./context";

/** Whether the panel is about this now: help and a chosen edge come first. */
export const isAbout = ({ store, view }: Pick<Widget, "store" | "view">, topic: Topic): boolean =>
  view.topic.value === topic && !view.help.value && store.selected.value === null;

/** Opens a topic in the panel; the second time goes back to the network. */
export const toggleTopic =
  (topic: Topic) =>
  (widget: Widget): void => {
    const { client, view } = widget;
    const isOpen = isAbout(widget, topic);
    view.topic.value = isOpen ? "network" : topic;
    view.help.value = false;
    if (isOpen) return;
    client.select(null);
    if (topic === "data") void client.loadGallery();
  };

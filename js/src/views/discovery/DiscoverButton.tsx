import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Button } from "../Button";
import { useWidget } from "../context";
import { toggleDiscovery, whyNoSearch } from "./toggle";

export function DiscoverButton({ isBare }: { isBare: boolean }) {
  const widget = useWidget();
  const { store, view } = widget;
  const wasSearching = useRef(store.front.peek()?.searching ?? false);
  // A search that a cell has begun shows itself, too.
  useSignalEffect(() => {
    const isSearching = store.front.value?.searching ?? false;
    if (isSearching && !wasSearching.current) view.discovering.value = true;
    wasSearching.current = isSearching;
  });
  const hasFound = Boolean(store.front.value?.candidates.length);
  return (
    <Button
      act="discover"
      icon="discover"
      title="Discover the formula behind the data (Shift+D)"
      off={hasFound || view.discovering.value ? "" : whyNoSearch(widget)}
      isOn={view.discovering.value}
      onPress={() => toggleDiscovery(widget)}
    >
      {isBare ? undefined : "Discover"}
    </Button>
  );
}

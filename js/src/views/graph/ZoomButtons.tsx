import { Button } from "../Button";
import { useWidget } from "../context";
import { CLOSEST } from "./zoom";
import { showAll, zoomBy } from "./zooming";

export function ZoomButtons() {
  const widget = useWidget();
  const { scale } = widget.view.zoom.value;
  return (
    <div class="kw-zoom" role="group" aria-label="Zoom">
      <Button
        act="zoom-out"
        icon="minus"
        iconSize={14}
        kind="kw-small"
        title="Smaller (−)"
        off={scale <= 1 ? "This is the whole picture" : ""}
        onPress={() => zoomBy(widget, -1)}
      />
      <Button
        act="zoom-in"
        icon="plus"
        iconSize={14}
        kind="kw-small"
        title="Larger (+, Ctrl and wheel, two fingers)"
        off={scale >= CLOSEST ? "As large as it gets" : ""}
        onPress={() => zoomBy(widget, 1)}
      />
      <Button
        act="fit"
        icon="fit"
        iconSize={14}
        kind="kw-small"
        title="Whole picture (f)"
        off={scale <= 1 ? "This is the whole picture" : ""}
        onPress={() => showAll(widget)}
      />
    </div>
  );
}

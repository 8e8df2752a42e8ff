import { useRef } from "preact/hooks";
import { plural } from "../../maths/format";
import type { Layout } from "../../maths/layout";
import { allSlots } from "../../scene";
import { ClassLens } from "../classes/ClassLens";
import { useWidget } from "../context";
import { ProbeButton } from "../probe/ProbeButton";
import { FieldLayer } from "./FieldLayer";
import { Inputs } from "./Inputs";
import { slotBeside } from "./keys";
import { Lens } from "./Lens";
import { Links } from "./Links";
import { Nodes } from "./Nodes";
import { Plot } from "./Plot";
import { usePointer } from "./usePointer";
import { ZoomButtons } from "./ZoomButtons";
import { panWithKey } from "./zooming";

function Captions({ layout }: { layout: Layout }) {
  return (
    <g>
      {layout.columns.map(({ centre, edges, plots }, l) => (
        <text key={`layer ${l}`} class="kw-caption" x={centre} y={15} text-anchor="middle">
          {plots === edges ? plural(edges, "edge") : `${plots} of ${plural(edges, "edge")}`}
        </text>
      ))}
    </g>
  );
}

function Picture({ layout }: { layout: Layout }) {
  const widget = useWidget();
  const { client, scene, view } = widget;
  const svg = useRef<SVGSVGElement>(null);
  const { scale, x, y } = view.zoom.value;
  const pointer = usePointer(layout);

  const onKeyDown = (event: KeyboardEvent) => {
    const at = scene.cursorKey.value;
    const slot = allSlots(layout).find(({ key }) => key === at);
    if (event.shiftKey && panWithKey(widget, event.key)) event.preventDefault();
    else if (event.key.startsWith("Arrow")) {
      const next = slotBeside(layout, at, event.key);
      if (!next) return;
      event.preventDefault();
      view.cursor.value = next.key;
      svg.current?.querySelector<SVGElement>(`[data-edge="${next.key}"]`)?.focus();
    } else if ((event.key === "Enter" || event.key === " ") && slot) {
      event.preventDefault();
      const isSelected = scene.selectedKey.value === slot.key;
      if (isSelected) view.listFocus.value += 1;
      else client.select(slot.edge);
    }
  };

  return (
    <svg
      ref={svg}
      class={scale > 1 ? "kw-svg kw-zoomed" : "kw-svg"}
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="group"
      aria-label="Network"
      onKeyDown={onKeyDown}
      {...pointer}
    >
      <g transform={`translate(${x} ${y}) scale(${scale})`}>
        <Captions layout={layout} />
        <Links layout={layout} />
        {allSlots(layout)
          .filter(slot => slot.tier === "plot")
          .map(slot => (
            <Plot key={slot.key} slot={slot} />
          ))}
        <Inputs layout={layout} />
        <Nodes layout={layout} />
      </g>
    </svg>
  );
}

export function Graph() {
  const { scene, store } = useWidget();
  const layout = scene.layout.value;
  const { graphWidth, graphHeight } = scene.screen.value;
  const overflows = layout !== null && layout.width > graphWidth;
  const size = { width: `${graphWidth}px`, height: `${graphHeight}px` };
  return (
    <div class="kw-stage" style={size}>
      <div class={overflows ? "kw-graph kw-scrolls" : "kw-graph"} style={size}>
        <FieldLayer />
        {layout && <Picture layout={layout} />}
        <Lens />
        <ClassLens />
      </div>
      <ProbeButton />
      {!store.hidden.value.has("zoom") && <ZoomButtons />}
    </div>
  );
}

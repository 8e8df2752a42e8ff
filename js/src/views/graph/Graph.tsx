import { useRef } from "preact/hooks";
import { plural } from "../../maths/format";
import type { Layout, Slot } from "../../maths/layout";
import { nearestLink } from "../../maths/paths";
import { allSlots } from "../../scene";
import { useWidget } from "../context";
import { localPoint } from "../drag";
import { ProbeButton } from "../probe/ProbeButton";
import { FieldLayer } from "./FieldLayer";
import { Inputs } from "./Inputs";
import { slotBeside } from "./keys";
import { Links } from "./Links";
import { Nodes } from "./Nodes";
import { Plot } from "./Plot";
import { panBy, unzoom, zoomAbout } from "./zoom";

/** Half of the band in which a link is hit. */
const REACH = 4.5;
/** A pointer that moved further has dragged, not pressed. */
const STILL = 4;

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

/** What the pointer does on the ground of the picture: find links, move the picture, let go. */
function usePointer(layout: Layout) {
  const { client, view } = useWidget();
  const pressed = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const slotAt = (event: PointerEvent | MouseEvent, svg: Element): Slot | null => {
    const { x, y } = localPoint(event, svg, layout.width);
    const at = unzoom(view.zoom.value, x, y);
    return nearestLink(allSlots(layout), at.x, at.y, REACH / view.zoom.value.scale + 1);
  };
  const isGround = (event: Event) =>
    !(event.target as Element).closest(".kw-plot, .kw-input, .kw-field");
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button === 0)
        pressed.current = { x: event.clientX, y: event.clientY, moved: false };
    },
    onPointerMove(event: PointerEvent & { currentTarget: Element }) {
      const press = pressed.current;
      if (press && event.buttons === 1) {
        const dx = event.clientX - press.x;
        const dy = event.clientY - press.y;
        press.moved ||= Math.hypot(dx, dy) > STILL;
        if (press.moved && view.zoom.value.scale > 1) {
          view.zoom.value = panBy(view.zoom.value, dx, dy, layout.width, layout.height);
          pressed.current = { x: event.clientX, y: event.clientY, moved: true };
        }
      } else if (isGround(event)) {
        view.hover.value = slotAt(event, event.currentTarget)?.key ?? null;
      }
    },
    onPointerLeave() {
      view.hover.value = null;
    },
    onClick(event: MouseEvent & { currentTarget: Element }) {
      const hasMoved = pressed.current?.moved ?? false;
      pressed.current = null;
      if (hasMoved || !isGround(event)) return;
      const slot = slotAt(event, event.currentTarget);
      if (slot) view.cursor.value = slot.key;
      client.select(slot?.edge ?? null);
    },
    onWheel(event: WheelEvent & { currentTarget: Element }) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { x, y } = localPoint(event, event.currentTarget, layout.width);
      const factor = Math.exp(-event.deltaY / 300);
      view.zoom.value = zoomAbout(view.zoom.value, factor, x, y, layout.width, layout.height);
    },
  };
}

function Picture({ layout }: { layout: Layout }) {
  const { client, scene, view } = useWidget();
  const svg = useRef<SVGSVGElement>(null);
  const { scale, x, y } = view.zoom.value;
  const pointer = usePointer(layout);

  const onKeyDown = (event: KeyboardEvent) => {
    const at = scene.cursorKey.value;
    const slot = allSlots(layout).find(({ key }) => key === at);
    if (event.key.startsWith("Arrow")) {
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
  const { scene } = useWidget();
  const layout = scene.layout.value;
  const { graphWidth, graphHeight } = scene.screen.value;
  const overflows = layout !== null && layout.width > graphWidth;
  return (
    <div
      class={overflows ? "kw-graph kw-scrolls" : "kw-graph"}
      style={{ width: `${graphWidth}px`, height: `${graphHeight}px` }}
    >
      <FieldLayer />
      {layout && <Picture layout={layout} />}
      <ProbeButton />
    </div>
  );
}

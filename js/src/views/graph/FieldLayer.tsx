/** One canvas below the picture with the fields of all nodes: forty by forty numbers each. */

import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { jointPlace } from "../../columns";
import type { Layout, NodePlace } from "../../maths/layout";
import type { Zoom } from "../../view";
import { classColours, paintClasses } from "../classes/paintClasses";
import { useWidget } from "../context";
import { usePainting } from "../effects";
import { FIELD_GAP } from "./OutputField";
import { heatOf, paintField } from "./paintField";

function clipToNode(context: CanvasRenderingContext2D, place: NodePlace): void {
  const r = place.radius;
  context.beginPath();
  if (place.kind === "product") {
    context.roundRect(place.x + 1 - r, place.y + 1 - r, 2 * r - 2, 2 * r - 2, 2.5);
  } else context.arc(place.x, place.y, r, 0, 2 * Math.PI);
  context.clip();
}

function drawNode(context: CanvasRenderingContext2D, image: HTMLCanvasElement, place: NodePlace) {
  const r = place.radius;
  context.save();
  clipToNode(context, place);
  context.drawImage(image, place.x - r, place.y - r, 2 * r, 2 * r);
  context.restore();
}

/** Empties a canvas; its pixels are the costly part, so they are made anew only for another size. */
function clear(canvas: HTMLCanvasElement, width: number, height: number) {
  const context = canvas.getContext("2d");
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  } else {
    context?.resetTransform();
    context?.clearRect(0, 0, width, height);
  }
  return context;
}

function prepare(canvas: HTMLCanvasElement, layout: Layout, zoom: Zoom) {
  const density = globalThis.devicePixelRatio || 1;
  const context = clear(
    canvas,
    Math.round(layout.width * density),
    Math.round(layout.height * density),
  );
  const scale = density * zoom.scale;
  context?.setTransform(scale, 0, 0, scale, density * zoom.x, density * zoom.y);
  return context;
}

function Fields({ layout: { width, height } }: { layout: Layout }) {
  const { scene, view } = useWidget();
  const ref = useRef<HTMLCanvasElement>(null);
  const image = useRef<HTMLCanvasElement | null>(null);
  const heat = useComputed(() => {
    void view.theme.value;
    return ref.current && heatOf(ref.current);
  });

  usePainting(ref, canvas => {
    const layout = scene.layout.value;
    const fields = scene.fields.value;
    const zoom = view.zoom.value;
    const output = scene.output.value;
    const colours = heat.value;
    if (!layout || !fields || !output || !colours) return;
    const context = prepare(canvas, layout, zoom);
    image.current ??= canvas.ownerDocument.createElement("canvas");
    const size = output.field;
    if (!context) return;
    for (const [l, places] of layout.nodes.slice(1).entries()) {
      const isOutput = l === fields.layers.length - 1;
      for (const place of places) {
        const field = fields.layers[l]?.[place.index];
        if (!field) continue;
        paintField(field, fields.side, colours, image.current);
        drawNode(context, image.current, place);
        if (isOutput && size > 0) {
          const left = place.x + place.radius + FIELD_GAP;
          context.drawImage(image.current, left, place.y - size / 2, size, size);
        }
      }
    }
    const joint = scene.classField.value && jointPlace(layout, output);
    if (joint && scene.classField.value) {
      const hues = classColours(canvas, scene.classes.value?.length ?? 0);
      paintClasses(scene.classField.value, fields.side, hues, image.current);
      context.drawImage(image.current, joint.x, joint.y, joint.size, joint.size);
    }
  });

  return (
    <canvas ref={ref} class="kw-canvas" style={{ width: `${width}px`, height: `${height}px` }} />
  );
}

/** The canvas comes with the first layout: what paints it begins when it is there. */
export function FieldLayer() {
  const { scene } = useWidget();
  const layout = scene.layout.value;
  return layout && scene.side.value > 0 ? <Fields layout={layout} /> : null;
}

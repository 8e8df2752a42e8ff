/** The field of one node, enlarged where the node stands, while pointer or keyboard are at it. */

import { useRef } from "preact/hooks";
import type { Layout, NodePlace } from "../../maths/layout";
import { lensCorner } from "../../maths/lens";
import { nodeName } from "../../names";
import { useWidget } from "../context";
import { Points } from "../data/Points";
import { usePainting } from "../effects";
import { NameHtml } from "../NameText";
import { Cross } from "./FieldControl";
import { LensFrame } from "./LensFrame";
import { useNodeValue } from "./nodeText";
import { heatOf, paintField } from "./paintField";

const SIDE = 104;
const PADDING = 8;
const HEAD = 20;
const FOOT = 16;
const BOX = { width: SIDE + 2 * PADDING, height: SIDE + HEAD + FOOT + PADDING };

function Picture({ place }: { place: NodePlace }) {
  const { scene, view } = useWidget();
  const ref = useRef<HTMLCanvasElement>(null);
  usePainting(ref, canvas => {
    const fields = scene.fields.value;
    const field = fields?.layers[place.layer - 1]?.[place.index];
    void view.theme.value;
    if (fields && field) paintField(field, fields.side, heatOf(canvas), canvas);
  });
  return <canvas ref={ref} style={{ width: `${SIDE}px`, height: `${SIDE}px` }} />;
}

function Box({ place, layout }: { place: NodePlace; layout: Layout }) {
  const { store, view } = useWidget();
  const value = useNodeValue(place, 3);
  const frame = store.frame.value;
  if (!frame) return null;
  const zoom = view.zoom.value;
  const at = { x: zoom.x + place.x * zoom.scale, y: zoom.y + place.y * zoom.scale };
  return (
    <LensFrame
      of={`${place.layer},${place.index}`}
      at={lensCorner(at, BOX, layout)}
      width={BOX.width}
      head={
        <>
          <NameHtml name={nodeName(frame, place.layer, place.index)} />{" "}
          <b>{view.probing.value && value}</b>
        </>
      }
    >
      <Picture place={place} />
      <svg width={SIDE} height={SIDE} aria-hidden="true">
        {place.layer === frame.layers.length && <Points output={place.index} size={SIDE} />}
        {view.probing.value && <Cross size={SIDE} />}
        <rect class="kw-field-frame" width={SIDE} height={SIDE} />
      </svg>
    </LensFrame>
  );
}

export function Lens() {
  const { scene, view } = useWidget();
  const layout = scene.layout.value;
  const key = view.lens.value;
  if (!layout || !key || !scene.fields.value) return null;
  const place = layout.nodes[key.layer]?.find(({ index }) => index === key.index);
  return place ? <Box place={place} layout={layout} /> : null;
}

/** The field of all classes, enlarged beside it while pointer or keyboard are at it. */

import { jointPlace } from "../../columns";
import { clamp } from "../../maths/scales";
import { useWidget } from "../context";
import { Cross } from "../graph/FieldControl";
import { LensFrame } from "../graph/LensFrame";
import { ClassPicture } from "./ClassPicture";
import { ClassPoints } from "./ClassPoints";
import { useWinner } from "./useWinner";

const SIDE = 216;
const PADDING = 8;
const HEAD = 20;
const FOOT = 18;
const BOX = { width: SIDE + 2 * PADDING, height: SIDE + HEAD + FOOT };
const GAP = 10;

export function ClassLens() {
  const { scene, view } = useWidget();
  const winner = useWinner().value;
  const layout = scene.layout.value;
  const classes = scene.classes.value;
  const place = layout && scene.output.value && jointPlace(layout, scene.output.value);
  if (!view.classLens.value || !layout || !classes || !place) return null;
  const zoom = view.zoom.value;
  const middle = zoom.y + (place.y + place.size / 2) * zoom.scale;
  const x = zoom.x + place.x * zoom.scale - BOX.width - GAP;
  const y = clamp(middle - BOX.height / 2, 0, Math.max(0, layout.height - BOX.height));
  return (
    <LensFrame
      of="classes"
      at={{ x: Math.max(0, Math.round(x)), y: Math.round(y) }}
      width={BOX.width}
      head={
        <>
          {winner ? winner.name : "Classes"} <b>{winner?.share}</b>
        </>
      }
    >
      <ClassPicture size={SIDE} />
      <svg width={SIDE} height={SIDE} aria-hidden="true">
        <ClassPoints classes={classes.length} size={SIDE} />
        <rect class="kw-field-frame" width={SIDE} height={SIDE} />
        {view.probing.value && <Cross size={SIDE} />}
      </svg>
    </LensFrame>
  );
}

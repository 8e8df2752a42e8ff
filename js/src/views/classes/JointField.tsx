/** One field for all classes beside the outputs, coloured by the class that wins. Its colours are canvas. */

import { useComputed } from "@preact/signals";
import { jointPlace } from "../../columns";
import { shorten } from "../../maths/format";
import type { Layout } from "../../maths/layout";
import { useWidget } from "../context";
import { FieldControl } from "../graph/FieldControl";
import { ClassPoints } from "./ClassPoints";
import { ClassSign } from "./ClassSign";
import { useWinner } from "./useWinner";

const SIGN = 16;
const LETTER = 6.4;
/** The ends of the upright axis leave room above them. */
const BESIDE = 28;

/** The class that wins at the probe, above the field. */
function Winner({ size }: { size: number }) {
  const winner = useWinner().value;
  if (!winner) return null;
  const { index, name, share } = winner;
  const room = Math.floor((size + BESIDE - SIGN) / LETTER) - share.length - 2;
  return (
    <>
      <ClassSign index={index} x={6} y={-13} />
      <text class="kw-class-name" x={SIGN} y={-9}>
        {shorten(name, Math.max(3, room))}
        <tspan class="kw-class-share" dx={6}>
          {share}
        </tspan>
      </text>
    </>
  );
}

export function JointField({ layout }: { layout: Layout }) {
  const { scene, view } = useWidget();
  const winner = useWinner();
  const said = useComputed(() =>
    winner.value ? `${winner.value.name} ${winner.value.share}` : "",
  );
  const classes = scene.classes.value;
  const place = scene.output.value && jointPlace(layout, scene.output.value);
  if (!classes || !place) return null;
  return (
    <g transform={`translate(${place.x} ${place.y})`}>
      <Winner size={place.size} />
      <FieldControl
        key={place.size}
        name="classes"
        size={place.size}
        label="Field of the classes"
        said={said}
        onLook={isNear => {
          view.classLens.value = isNear;
        }}
      >
        <ClassPoints classes={classes.length} size={place.size} />
      </FieldControl>
    </g>
  );
}

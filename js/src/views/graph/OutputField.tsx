/** The output over the whole input square, with a cross that can be dragged. Its colours are canvas. */

import { useComputed } from "@preact/signals";
import type { NodePlace } from "../../maths/layout";
import { nodeName, plainName } from "../../names";
import { useWidget } from "../context";
import { Points } from "../data/Points";
import { NameSvg } from "../NameText";
import { FieldControl } from "./FieldControl";
import { useNodeValue } from "./nodeText";

/** Between the node and its field. */
export const FIELD_GAP = 14;

/** About how wide a letter of a name above the field is: name and value stand side by side there. */
const LETTER = 7.2;

export function OutputField({ place, size }: { place: NodePlace; size: number }) {
  const { store, view } = useWidget();
  const value = useNodeValue(place, 3);
  const said = useComputed(() => {
    const now = store.frame.value;
    return now ? `${plainName(nodeName(now, place.layer, place.index))} ${value.value}` : "";
  });
  const frame = store.frame.value;
  if (!frame) return null;
  const output = nodeName(frame, place.layer, place.index);
  const left = place.radius + FIELD_GAP;
  return (
    <>
      <path class="kw-axis" d={`M${place.radius} 0H${left}`} />
      <g transform={`translate(${left} ${-size / 2})`}>
        <NameSvg
          name={output}
          x={0}
          y={-9}
          longest={Math.floor(size / LETTER)}
          value={view.probing.value ? value : undefined}
        />
        <FieldControl
          name={place.index}
          size={size}
          label={`Field of ${plainName(output)}`}
          said={said}
        >
          <Points output={place.index} size={size} />
        </FieldControl>
      </g>
    </>
  );
}

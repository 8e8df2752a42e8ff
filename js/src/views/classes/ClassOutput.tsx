/** An output that stands for a class: its sign and name, and its probability at the probe. */

import { useComputed } from "@preact/signals";
import { longestClass, SIGN_ROOM } from "../../columns";
import { percent, shorten } from "../../maths/format";
import type { NodePlace } from "../../maths/layout";
import { useWidget } from "../context";
import { ClassSign } from "./ClassSign";

export function ClassOutput({ place, name }: { place: NodePlace; name: string }) {
  const { scene } = useWidget();
  const share = useComputed(() => {
    const value = scene.probabilities.value?.[place.index];
    return value === undefined ? "" : percent(value);
  });
  const shown = shorten(name, longestClass(scene.screen.value));
  return (
    <g transform={`translate(${place.radius} 0)`}>
      <ClassSign index={place.index} x={SIGN_ROOM / 2 + 1} />
      <text class="kw-class-name" x={SIGN_ROOM} y={scene.probabilities.value ? 0 : 4}>
        {shown !== name && <title>{name}</title>}
        {shown}
      </text>
      <text class="kw-value" x={SIGN_ROOM} y={13}>
        {share}
      </text>
    </g>
  );
}

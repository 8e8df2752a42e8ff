/** An input that is made of others: it follows them and cannot be moved by itself. */

import { useComputed } from "@preact/signals";
import { axisLeft } from "../../columns";
import { type Feature, featureValue } from "../../maths/features";
import type { NodePlace } from "../../maths/layout";
import { nodeName, plainName } from "../../names";
import { useWidget } from "../context";
import { useInputValue } from "../probe/useInput";
import { Axis, type AxisStyle, Label, Value } from "./InputAxis";

interface Props extends AxisStyle {
  readonly place: NodePlace;
  readonly feature: Feature;
}

export function MadeInput({ place, isDense, isTight, feature }: Props) {
  const { store } = useWidget();
  const { lo, hi, share, text } = useInputValue(place.index, probe => featureValue(feature, probe));
  const said = useComputed(() => {
    const frame = store.frame.value;
    return frame ? `Input ${plainName(nodeName(frame, 0, place.index))}: ${text.value}` : "";
  });
  const told = { role: "img" as const, "aria-label": said, "data-made": place.index };
  return (
    <g transform={`translate(${axisLeft(place.x)} ${place.y})`}>
      <Label place={place} isTight={isTight} />
      <g class={isDense ? "kw-dense" : ""} {...told}>
        <Axis lo={lo} hi={hi} isDense={isDense} />
        <Value share={share} text={text} radius={isDense ? 3 : 3.5} kind="kw-following" />
      </g>
    </g>
  );
}

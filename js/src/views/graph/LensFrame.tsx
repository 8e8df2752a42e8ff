/** The frame of an enlarged field: what it is above, the first input along its foot. */

import type { ComponentChildren } from "preact";
import { bound } from "../../maths/format";
import { nodeName } from "../../names";
import { useWidget } from "../context";
import { NameHtml } from "../NameText";
import { useInput } from "../probe/useInput";

interface Props {
  /** What is enlarged. */
  of: string;
  /** The left upper corner on the graph, and how wide the frame is. */
  at: { readonly x: number; readonly y: number };
  width: number;
  head: ComponentChildren;
  children: ComponentChildren;
}

export function LensFrame({ of, at, width, head, children }: Props) {
  const frame = useWidget().store.frame.value;
  const across = useInput(0);
  return (
    <div
      class="kw-lens"
      data-lens={of}
      style={{ transform: `translate(${at.x}px, ${at.y}px)`, width: `${width}px` }}
    >
      <div class="kw-lens-head">{head}</div>
      <div class="kw-lens-field">{children}</div>
      <div class="kw-lens-foot">
        <span>{bound(across.lo)}</span>
        {frame && <NameHtml name={nodeName(frame, 0, 0)} />}
        <span>{bound(across.hi)}</span>
      </div>
    </div>
  );
}

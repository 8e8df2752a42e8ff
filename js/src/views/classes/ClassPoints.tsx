/** Rows of the data over the field of all classes, each with the sign of its class. */

import { useMemo } from "preact/hooks";
import { signs } from "../../maths/points";
import { useWidget } from "../context";
import { useInput } from "../probe/useInput";

interface Props {
  readonly classes: number;
  readonly size: number;
}

const radiusFor = (size: number): number => (size > 160 ? 3.2 : size > 110 ? 2.4 : 2);

export function ClassPoints({ classes, size }: Props) {
  const { scene, store } = useWidget();
  const { lo: left, hi: right } = useInput(0);
  const { lo: bottom, hi: top } = useInput(1);
  const data = store.data.value;
  const which = scene.rows.value;
  const paths = useMemo(() => {
    if (!data || which === "none") return null;
    const across = { lo: left, hi: right };
    const up = { lo: bottom, hi: top };
    return signs(data.points[which], across, up, size, classes, radiusFor(size));
  }, [data, which, left, right, bottom, top, size, classes]);
  if (!paths) return null;
  return (
    <svg class="kw-class-points" data-points={which} width={size} height={size} aria-hidden="true">
      {paths.map((d, index) => d && <path key={d} class={`kw-class kw-class${index + 1}`} d={d} />)}
    </svg>
  );
}

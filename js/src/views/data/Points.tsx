/** Rows of the data over the field of an output: filled and hollow, so that colour is not the only sign. */

import { useMemo } from "preact/hooks";
import { dots, side } from "../../maths/points";
import { useWidget } from "../context";
import { useInput } from "../probe/useInput";

export function Points({ output, size }: { output: number; size: number }) {
  const { scene, store } = useWidget();
  const across = useInput(0);
  const up = useInput(1);
  const data = store.data.value;
  const which = scene.rows.value;
  const outputs = store.frame.value?.outputs.length ?? 1;
  const { lo: left, hi: right } = across;
  const { lo: bottom, hi: top } = up;
  const paths = useMemo(() => {
    if (!data || which === "none") return null;
    const label = data.classes.length > 0 ? 2 : 2 + output;
    return dots(data.points[which], { lo: left, hi: right }, { lo: bottom, hi: top }, size, point =>
      side(point[label] ?? 0, output, data.classes.length, outputs),
    );
  }, [data, which, left, right, bottom, top, size, output, outputs]);
  if (!paths) return null;
  const { positive, negative } = paths;
  return (
    <g class="kw-points" data-points={which}>
      <path class="kw-points-halo" d={positive + negative} />
      <path class="kw-points-positive" d={positive} />
      <path class="kw-points-negative" d={negative} />
      <path class="kw-points-hollow" d={negative} />
    </g>
  );
}

import { candidateCurve } from "../../candidateCurve";
import { linePath } from "../../maths/curve";
import { clamp, extentWithoutPoles, linear } from "../../maths/scales";
import { edgeNumbers } from "../../names";
import type { EdgeId, Suggestion } from "../../protocol";
import { useWidget } from "../context";

const WIDTH = 40;
const HEIGHT = 18;
const POINTS = 31;
const WINDOW = { left: 1, right: WIDTH - 1, top: 2, bottom: HEIGHT - 2 };

function miniPath(values: Float64Array): string {
  const { lo, hi } = extentWithoutPoles(values);
  const isFlat = hi - lo < 1e-9 * (1 + Math.abs(hi));
  const scale = linear(lo, hi, WINDOW.bottom, WINDOW.top);
  return linePath(values, WINDOW, value =>
    isFlat ? HEIGHT / 2 : clamp(scale(value), 1, HEIGHT - 1),
  );
}

/** A little picture of a candidate over the range of its edge. It shows shape, so it has no axes. */
export function Mini({ edge, candidate }: { edge: EdgeId; candidate: Suggestion }) {
  const network = useWidget().store.network.peek();
  if (!network) return <span />;
  const { lo, hi } = edgeNumbers(network.frame, edge);
  const values = candidateCurve(network, candidate, lo, hi, POINTS);
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path class="kw-mini" d={values ? miniPath(values) : ""} />
    </svg>
  );
}

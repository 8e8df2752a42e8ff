import { linePath } from "../../maths/curve";
import { extentWithoutPoles, linear } from "../../maths/scales";
import { edgeNumbers } from "../../names";
import type { EdgeId, Suggestion } from "../../protocol";
import { useWidget } from "../context";

const WIDTH = 40;
const HEIGHT = 18;
const POINTS = 31;

/** A little picture of a candidate over the range of its edge. It shows shape, so it has no axes. */
export function Mini({ edge, candidate }: { edge: EdgeId; candidate: Suggestion }) {
  const { store } = useWidget();
  const network = store.network.peek();
  const f = network?.functionNamed(candidate.name);
  if (!network || !f) return <span />;
  const { lo, hi } = edgeNumbers(network.frame, edge);
  const [a, b, c, d] = candidate.affine;
  const xOf = linear(0, POINTS - 1, lo, hi);
  const values = Float64Array.from({ length: POINTS }, (_, n) => c * f(a * xOf(n) + b) + d);
  const extent = extentWithoutPoles(values);
  const isFlat = extent.hi - extent.lo < 1e-9 * (1 + Math.abs(extent.hi));
  const scale = isFlat ? () => HEIGHT / 2 : linear(extent.lo, extent.hi, HEIGHT - 2, 2);
  const yOf = (value: number) => Math.min(HEIGHT - 1, Math.max(1, scale(value)));
  const window = { left: 1, right: WIDTH - 1, top: 2, bottom: HEIGHT - 2 };
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path class="kw-mini" d={linePath(values, window, yOf)} />
    </svg>
  );
}

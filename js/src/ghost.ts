/** The curve that an edge had, or will have, at the moment that is compared with. */

import { counterpart } from "./counterpart";
import type { Network } from "./maths/network";
import { type Extent, extentOf, extentWithoutPoles } from "./maths/scales";
import { symbolicOf } from "./names";
import type { EdgeId } from "./protocol";

export interface Ghost {
  readonly values: Float64Array;
  readonly extent: Extent;
}

/** At evenly spaced points of [lo, hi]; null where the other network has no such edge. */
export function ghostOf(
  network: Network,
  edge: EdgeId,
  compared: Network | null,
  [lo, hi]: readonly [number, number],
  points: number,
): Ghost | null {
  const there = compared && counterpart(network.frame, edge, compared.frame);
  if (!there) return null;
  const values = new Float64Array(points);
  compared.sampleEdge(...there, lo, hi, values);
  const isNamed = symbolicOf(compared.frame, there) !== null;
  return { values, extent: isNamed ? extentWithoutPoles(values) : extentOf(values) };
}

/** What every node makes of the whole square of two columns. */

import { columnCount } from "../frame";
import type { Network } from "./network";

export interface NodeField {
  /** `side * side` values, rows from the largest second input down. */
  readonly values: Float32Array;
  /** Largest finite magnitude, never zero. */
  readonly peak: number;
}

export interface Fields {
  readonly side: number;
  /** Per layer of nodes above the inputs. */
  readonly layers: readonly (readonly NodeField[])[];
}

const FINE = 40;
const COARSE = 20;

/** Multiply-adds that may be spent on the fields of one frame. */
const AFFORDABLE = 2.5e6;

/** Points along an edge of the fields; 0 where there are not two columns, or the network is too large for it. */
export function fieldSide(network: Network): number {
  if (columnCount(network.frame) !== 2) return 0;
  return [FINE, COARSE].find(side => side * side * network.cost <= AFFORDABLE) ?? 0;
}

function peakOf(values: Float32Array): number {
  let peak = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > peak && size < Number.POSITIVE_INFINITY) peak = size;
  }
  return peak || 1;
}

export function computeFields(network: Network, side: number): Fields {
  const range = network.frame.layers[0]?.range ?? new Float32Array(4);
  const [lo0 = 0, hi0 = 0, lo1 = 0, hi1 = 0] = range;
  const space = network.workspace();
  const above = space.nodes.slice(1);
  const values = above.map(nodes => Array.from(nodes, () => new Float32Array(side * side)));
  const at = new Float64Array(2);
  for (let row = 0; row < side; row++) {
    at[1] = hi1 - ((row + 0.5) / side) * (hi1 - lo1);
    for (let column = 0; column < side; column++) {
      at[0] = lo0 + ((column + 0.5) / side) * (hi0 - lo0);
      network.evaluate(at, space);
      above.forEach((nodes, l) => {
        for (let n = 0; n < nodes.length; n++) {
          (values[l]?.[n] as Float32Array)[row * side + column] = nodes[n] as number;
        }
      });
    }
  }
  return {
    side,
    layers: values.map(nodes => nodes.map(field => ({ values: field, peak: peakOf(field) }))),
  };
}

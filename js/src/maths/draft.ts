/** A change that is not made yet: the frame as it would be with it. */

import type { EdgeLayer, Frame } from "../frame";
import type { Affine, EdgeId } from "../protocol";

/** A spline coefficient moved by some amount, or a function with other constants. */
export type Draft =
  | { readonly kind: "coef"; readonly edge: EdgeId; readonly m: number; readonly by: number }
  | { readonly kind: "affine"; readonly edge: EdgeId; readonly affine: Affine };

function withCoef(layer: EdgeLayer, index: number, m: number, by: number): EdgeLayer {
  const size = layer.grid + layer.k;
  if (m < 0 || m >= size || layer.symbolic.has(index)) return layer;
  const coef = layer.coef.slice();
  coef[index * size + m] = (coef[index * size + m] as number) + by;
  return { ...layer, coef };
}

function withAffine(layer: EdgeLayer, index: number, [a, b, c, d]: Affine): EdgeLayer {
  const named = layer.symbolic.get(index);
  if (!named) return layer;
  return { ...layer, symbolic: new Map(layer.symbolic).set(index, { ...named, a, b, c, d }) };
}

/** The frame with the draft in it; the frame itself where it has no such edge any more. */
export function withDraft(frame: Frame, draft: Draft): Frame {
  const [l, i, j] = draft.edge;
  const layer = frame.layers[l];
  if (!layer || i >= layer.inputs || j >= layer.outputs) return frame;
  const index = i * layer.outputs + j;
  const changed =
    draft.kind === "coef"
      ? withCoef(layer, index, draft.m, draft.by)
      : withAffine(layer, index, draft.affine);
  return { ...frame, layers: frame.layers.map((other, n) => (n === l ? changed : other)) };
}

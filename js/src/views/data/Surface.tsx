/** The one output over the square of two inputs, large enough to see on which side every row lies. */

import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { percent } from "../../maths/format";
import { useWidget } from "../context";
import { heatOf, paintField } from "../graph/paintField";
import { Points } from "./Points";
import { PointsChoice } from "./PointsChoice";

const SIDE = 124;

function Picture() {
  const { scene, view } = useWidget();
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    const fields = scene.fields.value;
    const field = fields?.layers.at(-1)?.[0];
    void view.theme.value;
    if (canvas.current && fields && field) {
      paintField(field, fields.side, heatOf(canvas.current), canvas.current);
    }
  });
  return <canvas ref={canvas} style={{ width: `${SIDE}px`, height: `${SIDE}px` }} />;
}

function Right() {
  const { store } = useWidget();
  const share = store.testAccuracy.value;
  if (share === null) return null;
  return (
    <p class="kw-right">
      <b>{percent(share)}</b> of the test rows right
    </p>
  );
}

export function Surface() {
  const { scene, store } = useWidget();
  const hasPicture = scene.side.value > 0 && store.frame.value?.outputs.length === 1;
  const hasRows = (store.data.value?.points.train.length ?? 0) > 0;
  if (!hasPicture && !hasRows) return null;
  return (
    <div class="kw-surface">
      {hasPicture && (
        <div class="kw-surface-picture">
          <Picture />
          <svg width={SIDE} height={SIDE} role="img" aria-label="Output and rows over the inputs">
            <Points output={0} size={SIDE} />
            <rect class="kw-field-frame" width={SIDE} height={SIDE} />
          </svg>
        </div>
      )}
      <div class="kw-surface-side">
        {hasRows && <PointsChoice />}
        <Right />
      </div>
    </div>
  );
}

/** The one output, or all classes, over the square of two inputs, large enough to see on which side every row lies. */

import { useRef } from "preact/hooks";
import { percent } from "../../maths/format";
import { ClassLegend } from "../classes/ClassLegend";
import { ClassPicture } from "../classes/ClassPicture";
import { ClassPoints } from "../classes/ClassPoints";
import { useWidget } from "../context";
import { usePainting } from "../effects";
import { heatOf, paintField } from "../graph/paintField";
import { Points } from "./Points";
import { PointsChoice } from "./PointsChoice";

const SIDE = 124;

function Picture() {
  const { scene, view } = useWidget();
  const ref = useRef<HTMLCanvasElement>(null);
  usePainting(ref, canvas => {
    const fields = scene.fields.value;
    const field = fields?.layers.at(-1)?.[0];
    void view.theme.value;
    if (fields && field) paintField(field, fields.side, heatOf(canvas), canvas);
  });
  return <canvas ref={ref} style={{ width: `${SIDE}px`, height: `${SIDE}px` }} />;
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

/** The one output, or all classes together. */
function Field({ classes }: { classes: readonly string[] | null }) {
  return (
    <div class="kw-surface-picture">
      {classes ? <ClassPicture size={SIDE} /> : <Picture />}
      <svg width={SIDE} height={SIDE} role="img" aria-label="Output and rows over the inputs">
        {classes ? (
          <ClassPoints classes={classes.length} size={SIDE} />
        ) : (
          <Points output={0} size={SIDE} />
        )}
        <rect class="kw-field-frame" width={SIDE} height={SIDE} />
      </svg>
    </div>
  );
}

export function Surface() {
  const { scene, store } = useWidget();
  const classes = scene.classes.value;
  const hasOne = scene.side.value > 0 && store.frame.value?.outputs.length === 1;
  const hasPicture = hasOne || classes !== null;
  const hasRows = (store.data.value?.points.train.length ?? 0) > 0;
  if (!hasPicture && !hasRows) return null;
  return (
    <div>
      <div class="kw-surface">
        {hasPicture && <Field classes={classes} />}
        <div class="kw-surface-side">
          {hasRows && <PointsChoice />}
          <Right />
        </div>
      </div>
      {classes && <ClassLegend classes={classes} />}
    </div>
  );
}

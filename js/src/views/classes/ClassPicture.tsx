/** The field of all classes on a canvas of its own. */

import { useRef } from "preact/hooks";
import { useWidget } from "../context";
import { usePainting } from "../effects";
import { classColours, paintClasses } from "./paintClasses";

export function ClassPicture({ size }: { size: number }) {
  const { scene, view } = useWidget();
  const ref = useRef<HTMLCanvasElement>(null);
  usePainting(ref, canvas => {
    const field = scene.classField.value;
    const classes = scene.classes.value;
    const side = scene.side.value;
    void view.theme.value;
    if (field && classes) {
      paintClasses(field, side, classColours(canvas, classes.length), canvas);
    }
  });
  return <canvas ref={ref} style={{ width: `${size}px`, height: `${size}px` }} />;
}

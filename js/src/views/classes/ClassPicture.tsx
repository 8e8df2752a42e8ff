/** The field of all classes on a canvas of its own. */

import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useWidget } from "../context";
import { classColours, paintClasses } from "./paintClasses";

export function ClassPicture({ size }: { size: number }) {
  const { scene, view } = useWidget();
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    const field = scene.classField.value;
    const classes = scene.classes.value;
    const side = scene.side.value;
    void view.theme.value;
    if (canvas.current && field && classes) {
      paintClasses(field, side, classColours(canvas.current, classes.length), canvas.current);
    }
  });
  return <canvas ref={canvas} style={{ width: `${size}px`, height: `${size}px` }} />;
}

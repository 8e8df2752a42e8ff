/** A square of pixels on a canvas. */

/** `fill` gets red, green, blue and opacity of one pixel after the other, row by row, all 0. */
export function paintPixels(
  canvas: HTMLCanvasElement,
  side: number,
  fill: (pixels: Uint8ClampedArray) => void,
): void {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(side, side);
  fill(image.data);
  context.putImageData(image, 0, 0);
}

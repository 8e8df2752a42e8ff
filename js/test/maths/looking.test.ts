import { describe, expect, it } from "vitest";
import { lensCorner } from "../../src/maths/lens";
import { pinch } from "../../src/maths/pinch";
import { FIT } from "../../src/view";
import { panBy, unzoom, zoomAbout } from "../../src/views/graph/zoom";

describe("two fingers", () => {
  it("that part enlarge about their middle", () => {
    const found = pinch(
      [
        { x: 90, y: 50 },
        { x: 110, y: 50 },
      ],
      [
        { x: 80, y: 50 },
        { x: 120, y: 50 },
      ],
    );
    expect(found).toEqual({ factor: 2, about: { x: 100, y: 50 }, dx: 0, dy: 0 });
  });

  it("that stay as far apart move", () => {
    const found = pinch(
      [
        { x: 0, y: 0 },
        { x: 30, y: 40 },
      ],
      [
        { x: 5, y: -7 },
        { x: 35, y: 33 },
      ],
    );
    expect([found.factor, found.dx, found.dy]).toEqual([1, 5, -7]);
  });

  it("at one place do no harm", () => {
    const here = { x: 4, y: 4 };
    expect(Number.isFinite(pinch([here, here], [here, here]).factor)).toBe(true);
  });
});

describe("a zoomed picture", () => {
  it("keeps the point under the pointer", () => {
    const before = zoomAbout(FIT, 2, 300, 200, 600, 400);
    const after = zoomAbout(before, 1.5, 310, 190, 600, 400);
    const was = unzoom(before, 310, 190);
    const is = unzoom(after, 310, 190);
    expect(is.x).toBeCloseTo(was.x);
    expect(is.y).toBeCloseTo(was.y);
  });

  it("never leaves its frame, and is never smaller than it", () => {
    const zoom = panBy(zoomAbout(FIT, 3, 0, 0, 600, 400), 900, -9000, 600, 400);
    expect(zoom).toEqual({ scale: 3, x: 0, y: -800 });
    expect(zoomAbout(zoom, 1e-3, 100, 100, 600, 400)).toEqual(FIT);
  });
});

describe("a lens", () => {
  const box = { width: 120, height: 150 };

  it("stands around its node", () => {
    expect(lensCorner({ x: 300, y: 200 }, box, { width: 600, height: 400 })).toEqual({
      x: 240,
      y: 125,
    });
  });

  it.each([
    [
      { x: 5, y: 5 },
      { x: 0, y: 0 },
    ],
    [
      { x: 595, y: 395 },
      { x: 480, y: 250 },
    ],
    [
      { x: -900, y: 4000 },
      { x: 0, y: 250 },
    ],
  ])("stays inside at %j", (at, corner) => {
    expect(lensCorner(at, box, { width: 600, height: 400 })).toEqual(corner);
  });
});

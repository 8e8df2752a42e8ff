import { describe, expect, it } from "vitest";
import { percent, typed } from "../../src/maths/format";
import { dots, side } from "../../src/maths/points";
import { evenScale, stepFrom } from "../../src/maths/sliderScale";

describe("points over a field", () => {
  const unit = { lo: -1, hi: 1 };

  it("stand where the row is, upwards", () => {
    const { positive, negative } = dots(
      [
        [0.5, 1, 1],
        [-1, -1, 0],
      ],
      unit,
      unit,
      100,
      p => side(p[2] as number, 0, 2, 1),
    );
    expect(positive).toBe("M75 0h0");
    expect(negative).toBe("M0 100h0");
  });

  it("are left out where they lie outside, or nowhere", () => {
    const rows = [
      [1.01, 0],
      [0, Number.NaN],
      [0, 0],
    ];
    expect(dots(rows, unit, unit, 10, () => 1)).toEqual({ positive: "M5 5h0", negative: "" });
  });

  it("take the side of their class, or of their sign", () => {
    expect([0, 1].map(label => side(label, 0, 2, 1))).toEqual([-1, 1]);
    expect([0, 1, 2].map(label => side(label, 2, 3, 3))).toEqual([-1, -1, 1]);
    expect([-0.1, 0, 3].map(label => side(label, 0, 0, 1))).toEqual([-1, 1, 1]);
  });
});

describe("shares and numbers as text", () => {
  it("never round a share to all or nothing", () => {
    expect([0, 0.0001, 0.875, 0.9999, 1].map(percent)).toEqual([
      "0 %",
      "0.1 %",
      "87.5 %",
      "99.9 %",
      "100 %",
    ]);
  });

  it("write a number as one types it", () => {
    expect([0, 5, 0.02, -1.5, 1000, 1e-5].map(typed)).toEqual([
      "0",
      "5",
      "0.02",
      "−1.5",
      "1000",
      "1e−5",
    ]);
  });
});

describe("a slider of even steps", () => {
  const scale = evenScale(0.1, 0.9, 0.05);

  it("stops at whole steps", () => {
    expect([0, 0.49, 1].map(scale.fromShare)).toEqual([0.1, 0.5, 0.9]);
    expect(scale.toShare(0.5)).toBeCloseTo(0.5);
  });

  it("steps by keys, also from a value between", () => {
    expect(stepFrom(scale, 0.2, 1)).toBe(0.25);
    expect(stepFrom(scale, 0.22, -1)).toBe(0.2);
    expect(stepFrom(scale, 0.9, 1)).toBe(0.9);
  });
});

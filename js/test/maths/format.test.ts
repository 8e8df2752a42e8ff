import { describe, expect, it } from "vitest";
import * as format from "../../src/maths/format";

describe("numbers", () => {
  it("have a true minus and no minus zero", () => {
    expect(format.decimal(-0.6)).toBe("−0.60");
    expect(format.decimal(-0.001)).toBe("0.00");
    expect(format.decimal(3.4739, 3)).toBe("3.474");
    expect(format.decimal(-123456)).toBe("−1.2e5");
    expect(format.decimal(Number.NaN)).toBe("–");
    expect(format.decimal(Number.NEGATIVE_INFINITY)).toBe("−∞");
  });

  it("of a node have the figures that its scale needs", () => {
    expect([3.4739, 0.031, -0.6].map(v => format.nodeValue(v, 4))).toEqual([
      "3.47",
      "0.03",
      "−0.60",
    ]);
    expect(format.nodeValue(3.4739, 4, 3)).toBe("3.474");
    expect(format.nodeValue(0.0312, 0.05)).toBe("0.0312".slice(0, 6));
    expect(format.nodeValue(512.34, 900)).toBe("512");
    expect(format.nodeValue(51234.5, 90000)).toBe("51235");
    expect(format.nodeValue(2.3e-4, 5e-4)).toBe("2.3e−4");
    expect(format.nodeValue(1.5, 0)).toBe("1.50");
    expect(format.nodeValue(Number.NaN, 3)).toBe("–");
  });

  it("of a loss have three figures, with an exponent where they would be zeros", () => {
    expect([0.0203, 0.00873, 1.5, 12.345, 1234].map(format.loss)).toEqual([
      "0.0203",
      "0.00873",
      "1.50",
      "12.3",
      "1230",
    ]);
    expect(format.loss(2.34e-15)).toBe("2.3e−15");
    expect(format.loss(9.97e-4)).toBe("1.0e−3");
    expect(format.loss(0.00099999)).toBe("0.00100");
    expect(format.loss(45678)).toBe("4.6e4");
    expect(format.loss(0)).toBe("0");
    expect(format.loss(null)).toBe("–");
    expect(format.loss(Number.NaN)).toBe("–");
    expect(format.loss(Number.POSITIVE_INFINITY)).toBe("∞");
  });

  it("of r² tell how far from one they are", () => {
    expect(format.r2(0.951921)).toBe("0.952");
    expect(format.r2(1 - 4e-7)).toBe("1 − 4e−7");
    expect(format.r2(1)).toBe("1");
    expect(format.r2(-0.2)).toBe("−0.200");
    expect(format.r2(Number.NaN)).toBe("–");
  });

  it("of settings stay short", () => {
    expect([0, 1e-3, 2e-3, 2.5e-3, 1].map(format.setting)).toEqual([
      "0",
      "1e−3",
      "2e−3",
      "2.5e−3",
      "1e0",
    ]);
    expect([0.02, 0.005, 1, 0.3, 2e-4].map(format.threshold)).toEqual([
      "0.02",
      "0.005",
      "1",
      "0.3",
      "2e−4",
    ]);
  });

  it("of axes are as long as they must be", () => {
    expect([-0.5, 0, 1].map(v => format.tick(v, 0.5))).toEqual(["−0.5", "0.0", "1.0"]);
    expect(format.tick(20, 10)).toBe("20");
    expect(format.tick(0.0004, 0.0002)).toBe("4e−4");
    expect([-0.9987, 0.9978, Math.PI, 120, 0, 0.0051].map(format.bound)).toEqual([
      "−1",
      "1",
      "3.1",
      "120",
      "0",
      "5.1e−3",
    ]);
    expect([0, -5, 3].map(format.powerOfTen)).toEqual(["1", "10⁻⁵", "10³"]);
  });
});

describe("names", () => {
  it("carry their index as a subscript, however it was written", () => {
    for (const name of ["x1", "x_1", "x₁"]) {
      expect(format.splitName(name)).toEqual({ stem: "x", sub: "1" });
    }
    expect(format.splitName("theta_12")).toEqual({ stem: "theta", sub: "12" });
    expect(format.splitName("age")).toEqual({ stem: "age", sub: "" });
    expect(format.splitName("<b>x</b>")).toEqual({ stem: "<b>x</b>", sub: "" });
  });

  it("are cut with an ellipsis, never inside a letter", () => {
    expect(format.shorten("temperature", 7)).toBe("tempe…");
    expect(format.shorten("𝛼𝛽𝛾", 3)).toBe("𝛼𝛽𝛾");
  });

  it("of functions are written as in mathematics", () => {
    expect(["x^2", "abs", "sin", "toString"].map(format.functionSign)).toEqual([
      "x²",
      "|x|",
      "sin",
      "toString",
    ]);
  });
});

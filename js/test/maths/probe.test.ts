import { describe, expect, it } from "vitest";
import { barsPath } from "../../src/maths/bars";
import { readNumber } from "../../src/maths/readNumber";
import { shareAfterKey } from "../../src/maths/shareKeys";

describe("numbers as people type them", () => {
  it.each([
    ["0.5", 0.5],
    [" −1.5e-3 ", -1.5e-3],
    ["-.25", -0.25],
    ["2.", 2],
    ["π", Math.PI],
    ["-pi/2", -Math.PI / 2],
    ["3π/4", (3 * Math.PI) / 4],
    ["2*PI", 2 * Math.PI],
    ["1/3", 1 / 3],
  ])("reads %s", (text, value) => {
    expect(readNumber(text)).toBeCloseTo(value, 12);
  });

  it.each(["", "-", "abc", "1,5", "1e", "1/0", "NaN", "Infinity", "1e999", "1+1", "0x10", "/2"])(
    "refuses %j",
    text => {
      expect(readNumber(text)).toBeNull();
    },
  );
});

describe("keys on a track", () => {
  it("step a twentieth, with Shift a two hundredth, and stop at the ends", () => {
    expect(shareAfterKey("ArrowRight", 0.5, false)).toBeCloseTo(0.55);
    expect(shareAfterKey("ArrowLeft", 0.5, true)).toBeCloseTo(0.495);
    expect(shareAfterKey("ArrowRight", 0.99, false)).toBe(1);
    expect(shareAfterKey("ArrowLeft", 0, false)).toBe(0);
    expect(shareAfterKey("Home", 0.3, false)).toBe(0);
    expect(shareAfterKey("End", 0.3, true)).toBe(1);
  });

  it("leave other keys to others", () => {
    expect(shareAfterKey("ArrowUp", 0.5, false)).toBeNull();
    expect(shareAfterKey("a", 0.5, false)).toBeNull();
  });
});

describe("bars of a histogram", () => {
  it("stand on the floor, the tallest as high as there is room", () => {
    expect(barsPath([1, 0, 2], 0, 30, 20, 10)).toBe(
      "M0.5 20v-5.0h9.0v5.0zM20.5 20v-10.0h9.0v10.0z",
    );
  });

  it("are none without counts", () => {
    expect(barsPath([0, 0], 0, 30, 20, 10)).toBe("");
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findFunction, interpolate, SYMBOLIC_NAMES } from "../../src/maths/functions";

const at = (name: string, x: number) => findFunction(name)?.(x);

describe("the table", () => {
  it("has the names of the engine's table, in its order", () => {
    const source = readFileSync(
      new URL("../../../kanwidget/model/functions.py", import.meta.url),
      "utf8",
    );
    const names = [...source.matchAll(/^ {4}\("([^"]+)", \d+,/gm)].map(match => match[1]);
    expect(SYMBOLIC_NAMES).toEqual(names);
  });

  it("is NaN outside a domain, never clipped", () => {
    for (const [name, x] of [
      ["sqrt", -1],
      ["1/sqrt(x)", -1],
      ["x^1.5", -0.5],
      ["log", -2],
      ["arcsin", 1.01],
      ["arccos", -1.01],
      ["arctanh", 1.5],
    ] as const) {
      expect(at(name, x)).toBeNaN();
    }
  });

  it("lets NaN through every function", () => {
    for (const name of SYMBOLIC_NAMES) expect(at(name, Number.NaN)).toBeNaN();
  });

  it("has the values of the mathematics", () => {
    expect(at("gaussian", 0.5)).toBeCloseTo(Math.exp(-0.25), 15);
    expect(at("sigmoid", 0)).toBe(0.5);
    expect(at("x^1.5", 4)).toBe(8);
    expect(at("1/x^3", 2)).toBe(0.125);
    expect(at("relu", -3)).toBe(0);
    expect(at("sgn", -3)).toBe(-1);
    expect(at("silu", 2)).toBeCloseTo(2 / (1 + Math.exp(-2)), 15);
  });

  it("does not answer to names of the object prototype", () => {
    expect(findFunction("constructor")).toBeUndefined();
    expect(findFunction("toString")).toBeUndefined();
  });
});

describe("a sampled function", () => {
  const table = { x: Float32Array.of(0, 1, 3), y: Float32Array.of(5, 7, 3) };

  it("is linear between its points and NaN beyond them", () => {
    expect([0, 0.5, 1, 2, 3].map(x => interpolate(table, x))).toEqual([5, 6, 7, 5, 3]);
    expect(interpolate(table, -0.1)).toBeNaN();
    expect(interpolate(table, 3.1)).toBeNaN();
    expect(interpolate(table, Number.NaN)).toBeNaN();
  });

  it("is found by name, after the built-in ones", () => {
    const sampled = new Map([
      ["mine", table],
      ["x", table],
    ]);
    expect(findFunction("mine", sampled)?.(0.5)).toBe(6);
    expect(findFunction("x", sampled)?.(0.5)).toBe(0.5);
    expect(findFunction("other", sampled)).toBeUndefined();
  });
});

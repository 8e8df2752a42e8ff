import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contrast, isDark, mix, over, parseColour, toHex } from "../src/maths/colour";
import { CLASS_RULES, contrastFailures, TOKENS } from "../src/theme/contrast";

const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");

function paletteOf(theme: string) {
  const block = new RegExp(`data-theme="${theme}"\\]\\s*\\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  const entries = [...block.matchAll(/--kw-(\w+):\s*([^;]+);/g)];
  return new Map(
    entries.flatMap(([, name = "", value = ""]) => {
      const colour = parseColour(value);
      return colour ? [[name, colour] as const] : [];
    }),
  );
}

describe("every colour can be told from every ground it stands on", () => {
  for (const theme of ["light", "dark"]) {
    it(theme, () => {
      const palette = paletteOf(theme);
      expect(TOKENS.filter(token => !palette.has(token))).toEqual([]);
      expect(contrastFailures(palette)).toEqual([]);
      expect(contrastFailures(palette, CLASS_RULES)).toEqual([]);
    });
  }

  it("and a palette that fails is found out", () => {
    const palette = new Map(paletteOf("light"));
    palette.set("ink2", { r: 200, g: 200, b: 200, a: 1 });
    expect(contrastFailures(palette).map(({ mark }) => mark)).toContain("ink2");
  });
});

describe("colours", () => {
  it("are read in every form that a style can have", () => {
    const violet = { r: 106, g: 63, b: 209, a: 1 };
    expect(parseColour("#6a3fd1")).toEqual(violet);
    expect(parseColour(" #6A3FD1FF ")).toEqual(violet);
    expect(parseColour("rgb(106, 63, 209)")).toEqual(violet);
    expect(parseColour("rgb(106 63 209 / 50%)")).toEqual({ ...violet, a: 0.5 });
    expect(parseColour("#fff")).toEqual({ r: 255, g: 255, b: 255, a: 1 });
    for (const bad of ["", "red", "#12345", "rgb(1,2)", "rgba(a,b,c,1)", "var(--x)"]) {
      expect(parseColour(bad)).toBeNull();
    }
  });

  it("mix, cover and contrast", () => {
    const white = { r: 255, g: 255, b: 255, a: 1 };
    const black = { r: 0, g: 0, b: 0, a: 1 };
    expect(contrast(white, black)).toBeCloseTo(21, 5);
    expect(toHex(mix(white, black, 0.5))).toBe("#808080");
    expect(toHex(over({ ...black, a: 0.87 }, white))).toBe("#212121");
    expect([white, black].map(isDark)).toEqual([false, true]);
  });
});

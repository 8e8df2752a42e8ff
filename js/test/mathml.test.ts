// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { parseMathml } from "../src/mathml";

const rebuild = (text: string): string | null => parseMathml(text, document)?.outerHTML ?? null;

describe("mathematics", () => {
  it("is rebuilt with or without its root", () => {
    for (const text of ["<math><mi>x</mi></math>", "<mi>x</mi>"]) {
      expect(parseMathml(text, document)?.querySelector("mi")?.textContent).toBe("x");
    }
  });

  it("gets plain letters and a true minus", () => {
    const math = parseMathml("<mrow><mi>ⅇ</mi><mo>-</mo><mn>-2</mn></mrow>", document);
    expect(math?.textContent).toBe("e−−2");
  });

  it("keeps attributes of mathematics and turns fences into brackets", () => {
    expect(rebuild('<mi mathvariant="normal">d</mi>')).toContain('mathvariant="normal"');
    const math = parseMathml("<mfenced><mi>x</mi><mi>y</mi></mfenced>", document);
    expect(math?.textContent).toBe("(x,y)");
  });
});

describe("anything else", () => {
  const hostile = [
    "<mi onclick='alert(1)'>x</mi>",
    "<mi><script>alert(1)</script>x</mi>",
    "<mtext><img src='x' onerror='alert(1)'/>x</mtext>",
    "<maction actiontype='statusline#http://e.vil'><mi>x</mi></maction>",
    "<mi href='javascript:alert(1)' xlink:href='javascript:alert(1)'>x</mi>",
    "<semantics><mi>x</mi><annotation-xml encoding='text/html'><b>x</b></annotation-xml></semantics>",
    "<mi style='background:url(http://e.vil)'>x</mi>",
    "<math><mglyph src='http://e.vil'/><mi>x</mi></math>",
    "<mi>x</mi><iframe srcdoc='x'/>",
  ];
  for (const text of hostile) {
    it(`is left out: ${text.slice(0, 40)}`, () => {
      const html = rebuild(text) ?? "";
      expect(html).not.toMatch(
        /script|img|onerror|onclick|href|javascript|annotation|style|src|iframe|maction/i,
      );
    });
  }

  it("is no mathematics at all", () => {
    for (const text of [
      "<svg/>",
      "not <closed",
      "",
      "<math",
      "<!DOCTYPE x [<!ENTITY a 'b'>]><b/>",
    ]) {
      expect(rebuild(text)?.includes("<mi") ?? false).toBe(false);
    }
  });

  it("is too large", () => {
    expect(rebuild("<mi>x</mi>".repeat(6000))).toBeNull();
  });
});

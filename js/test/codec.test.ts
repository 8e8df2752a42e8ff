import { describe, expect, it } from "vitest";
import { decodeFrame, decodeMessage, decodeSnapshot, FrameError } from "../src/codec";
import { encodeData, encodeFrame, encodeSnapshot, fakeNet } from "./support/fakeNet";
import { generator } from "./support/nets";

const net = () => {
  const made = fakeNet({
    width: [
      [2, 0],
      [2, 1],
      [1, 0],
    ],
    curve: (l, i, j) => x => Math.sin(x + l + i + j),
    inputs: ["x", "y"],
  });
  made.layers[0]?.symbolic.set(5, { name: "sin", affine: [1, 2, 3, 4] });
  made.loss = [[0, 0.5, 0.6, 0.1]];
  made.marks = [[3, "prune"]];
  made.step = 7;
  return encodeFrame(made);
};

type Header = Record<string, unknown>;
const changed = (change: (header: Header) => void): Header => {
  const header = structuredClone(net().header);
  change(header);
  return header;
};

describe("a good frame", () => {
  it("becomes layers with views of the numbers", () => {
    const { header, floats } = net();
    const frame = decodeFrame(header, floats);
    expect(frame.step).toBe(7);
    expect(frame.structure).toBe("1");
    expect(frame.layers.map(layer => [layer.inputs, layer.outputs])).toEqual([
      [2, 4],
      [3, 1],
    ]);
    expect(frame.layers[0]?.symbolic.get(5)).toEqual({ name: "sin", a: 1, b: 2, c: 3, d: 4 });
    expect([...frame.loss]).toEqual([0, 0.5, 0.6, 0.1].map(Math.fround));
    expect(frame.marks).toEqual([[3, "prune"]]);
  });

  it("is the same from a binary buffer at an odd place, an ArrayBuffer, base64 and a snapshot", () => {
    const encoded = net();
    const bytes = new Uint8Array(encoded.floats.buffer);
    const padded = new Uint8Array(bytes.length + 3);
    padded.set(bytes, 3);
    const expected = decodeFrame(encoded.header, encoded.floats);
    const view = new DataView(padded.buffer, 3);
    expect(decodeMessage(encoded.header, [view], undefined)).toEqual(expected);
    expect(decodeMessage(encoded.header, [bytes.buffer], undefined)).toEqual(expected);
    expect(decodeMessage(encoded.header, [], encodeData(encoded))).toEqual(expected);
    expect(decodeSnapshot(encodeSnapshot(encoded))).toEqual(expected);
  });

  it("may leave histograms out and bring functions along", () => {
    const made = fakeNet({
      width: [
        [1, 0],
        [1, 0],
      ],
      curve: () => x => x,
    });
    made.layers[0]?.symbolic.set(0, { name: "bump", affine: [1, 0, 1, 0] });
    const table = { name: "fn/bump", shape: [2, 3], data: [0, 1, 2, 5, 6, 7] };
    const { header, floats } = encodeFrame(made, [table]);
    expect([...(decodeFrame(header, floats).functions.get("bump")?.y ?? [])]).toEqual([5, 6, 7]);
  });
});

describe("constants of named edges", () => {
  it("get back what a float32 cannot hold, where the kernel sends it", () => {
    const made = fakeNet({
      width: [
        [1, 0],
        [1, 0],
      ],
      curve: () => x => x,
    });
    const exact = 31146186.1234;
    made.layers[0]?.symbolic.set(0, { name: "sin", affine: [1, 0, exact, -exact] });
    const left = exact - Math.fround(exact);
    const low = { name: "0/affine_low", shape: [1, 4], data: [0, 0, left, -left] };
    const { header, floats } = encodeFrame(made, [low]);
    const edge = decodeFrame(header, floats).layers[0]?.symbolic.get(0);
    expect(edge?.c).toBeCloseTo(exact, 6);
    expect(edge?.d).toBeCloseTo(-exact, 6);
  });
});

describe("a bad frame is an error in words", () => {
  const cases: [string, (header: Header) => void, RegExp][] = [
    [
      "version",
      h => {
        h.v = 2;
      },
      /version 2/,
    ],
    [
      "width",
      h => {
        h.width = [[2, 0]];
      },
      /fewer than two/,
    ],
    [
      "negative width",
      h => {
        h.width = [
          [2, 0],
          [-1, 0],
          [1, 0],
        ];
      },
      /whole number/,
    ],
    [
      "empty layer",
      h => {
        h.width = [
          [2, 0],
          [0, 0],
          [1, 0],
        ];
      },
      /empty layer/,
    ],
    [
      "names",
      h => {
        h.inputs = ["x"];
      },
      /inputs has 1 names/,
    ],
    [
      "name of a wrong type",
      h => {
        h.inputs = ["x", 3];
      },
      /not text/,
    ],
    [
      "k",
      h => {
        h.k = [3, 99];
      },
      /k is 99/,
    ],
    [
      "grid",
      h => {
        h.grid = [5, 0];
      },
      /grid is 0/,
    ],
    [
      "another grid",
      h => {
        h.grid = [6, 5];
      },
      /array 0\/knots has the shape/,
    ],
    [
      "arrays",
      h => {
        h.arrays = "all";
      },
      /arrays is not a list/,
    ],
    [
      "a missing array",
      h => {
        (h.arrays as unknown[])[0] = ["0/other", [2, 12]];
      },
      /0\/knots is missing/,
    ],
    [
      "too few numbers",
      h => {
        (h.arrays as unknown[]).push(["more", [1]]);
      },
      /speaks of/,
    ],
    [
      "a function",
      h => {
        (h.symbolic as unknown[][])[0] = [0, 1, 1, "wiggle"];
      },
      /"wiggle"/,
    ],
    [
      "an edge",
      h => {
        (h.symbolic as unknown[][])[0] = [0, 9, 1, "sin"];
      },
      /edge of symbolic/,
    ],
    [
      "a mark",
      h => {
        h.marks = [[1]];
      },
      /a mark is not text/,
    ],
    [
      "base",
      h => {
        h.base = [null, "silu"];
      },
      /base is not text/,
    ],
  ];
  for (const [what, change, message] of cases) {
    it(what, () => {
      const { floats } = net();
      expect(() => decodeFrame(changed(change), floats)).toThrow(FrameError);
      expect(() => decodeFrame(changed(change), floats)).toThrow(message);
    });
  }

  it("knots that fall, headers that are none, numbers that did not arrive", () => {
    const { header, floats } = net();
    floats[3] = -99;
    expect(() => decodeFrame(header, floats)).toThrow(/knots of layer 0 do not increase/);
    expect(() => decodeFrame(null, floats)).toThrow(FrameError);
    expect(() => decodeFrame([], floats)).toThrow(FrameError);
    expect(() => decodeMessage(header, [], undefined)).toThrow(/did not arrive/);
    expect(() => decodeSnapshot("?.?")).toThrow(/base64/);
    expect(() => decodeSnapshot("e30")).toThrow(FrameError);
    expect(() => decodeSnapshot(`${btoa("{")}.`)).toThrow(/JSON/);
  });

  it("whatever is done to the header, nothing but a FrameError comes out", () => {
    const random = generator(3);
    const junk = [null, -1, 1e9, "x", [], {}, [[1]], true, Number.NaN];
    const { header, floats } = net();
    for (let round = 0; round < 2000; round++) {
      const copy: Header = structuredClone(header);
      const keys = Object.keys(copy);
      const key = keys[Math.floor(random() * keys.length)] as string;
      const value = copy[key];
      const bad = junk[Math.floor(random() * junk.length)];
      if (Array.isArray(value) && value.length > 0 && random() < 0.6) {
        value[Math.floor(random() * value.length)] = bad;
      } else copy[key] = bad;
      try {
        decodeFrame(copy, floats);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }
  });
});

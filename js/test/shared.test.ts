import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeSnapshot } from "../src/codec";
import { findFunction, SYMBOLIC_NAMES } from "../src/maths/functions";
import { Network } from "../src/maths/network";

interface StoredNetwork {
  readonly name: string;
  readonly snapshot: string;
  readonly rows: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
}

interface StoredFunction {
  readonly x: readonly number[];
  /** Null where the function is not finite. */
  readonly y: readonly (number | null)[];
}

interface Vectors {
  readonly networks: readonly StoredNetwork[];
  readonly functions: Readonly<Record<string, StoredFunction>>;
}

/** What the engine computed; absent where only the front end was checked out. */
const file = new URL("../../tests/shared/vectors.json", import.meta.url);
const none: Vectors = { networks: [], functions: {} };
const vectors: Vectors = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : none;

const distance = (found: number, expected: number): number =>
  Math.abs(found - expected) / (1 + Math.abs(expected));

describe.skipIf(vectors === none)("the engine and the page agree", () => {
  it.each(vectors.networks)("on the network $name", ({ snapshot, rows, outputs }) => {
    const network = new Network(decodeSnapshot(snapshot));
    rows.forEach((row, n) => {
      const found = network.evaluate(row).nodes.at(-1) ?? [];
      outputs[n]?.forEach((expected, j) => {
        expect(distance(found[j] as number, expected), `row ${n}`).toBeLessThan(1e-5);
      });
    });
  });

  it("on every function of the table", () => {
    expect(Object.keys(vectors.functions)).toEqual(SYMBOLIC_NAMES);
    for (const [name, { x, y }] of Object.entries(vectors.functions)) {
      const f = findFunction(name);
      x.forEach((at, n) => {
        const found = f?.(at) as number;
        const expected = y[n];
        if (typeof expected !== "number")
          expect(Number.isFinite(found), `${name}(${at})`).toBe(false);
        else expect(distance(found, expected), `${name}(${at})`).toBeLessThan(1e-12);
      });
    }
  });
});

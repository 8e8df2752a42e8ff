import { describe, expect, it } from "vitest";
import { decodeFrame } from "../../src/codec";
import { drawCurve, linePath, windowScale } from "../../src/maths/curve";
import { computeFields, fieldSide } from "../../src/maths/field";
import { type Layout, layoutNetwork, type Slot } from "../../src/maths/layout";
import { easeOut, tweenLayout } from "../../src/maths/layout/tween";
import { lossChart } from "../../src/maths/lossChart";
import { Network, nodeScales } from "../../src/maths/network";
import { linkDistance, linkHeight, linkPath, nearestLink } from "../../src/maths/paths";
import { screenFor } from "../../src/maths/screen";
import { encodeFrame, fakeNet } from "../support/fakeNet";
import { randomNet } from "../support/nets";

const window = { left: 0, right: 40, top: 5, bottom: 45 };

describe("a curve", () => {
  it("slides its window so that it and the zero line are inside", () => {
    const yOf = windowScale({ lo: 1, hi: 3 }, 10, window);
    expect([0, 3].map(yOf)).toEqual([40, 10]);
    expect(yOf(99)).toBe(5);
    expect(yOf(-99)).toBe(45);
  });

  it("lifts the pen where it is not a number", () => {
    const path = linePath([0, 1, Number.NaN, 1, 0], window, v => 20 - v);
    expect(path).toBe("M0 20L10 19M30 19L40 20");
  });

  it("has areas only on the sides of zero where it is", () => {
    const yOf = windowScale({ lo: 0, hi: 2 }, 10, window);
    const curve = drawCurve([0, 1, 2], { lo: 0, hi: 2 }, yOf, window);
    expect(curve.above).toMatch(/^M0 35L0 35L20 25L40 15L40 35Z$/);
    expect(curve.below).toBe("");
  });
});

describe("links", () => {
  const solve = (): Layout =>
    layoutNetwork(randomNet([3, 4, 2], 1), {
      ...{ width: 672, height: 430, threshold: 0.02, inputWidth: 92, outputWidth: 76 },
      ...{ outputHeight: 30, nodeRadius: 10 },
    });

  it("start at their source, end at their target and leave room for the plot", () => {
    const slot = solve().columns[0]?.slots[0] as Slot;
    const numbers =
      linkPath(slot)
        .match(/-?[\d.]+/g)
        ?.map(Number) ?? [];
    expect(numbers[0]).toBeCloseTo(slot.sourceX, 0);
    expect(numbers.at(-1)).toBeCloseTo(slot.targetY, 0);
    expect(linkPath(slot).match(/M/g)).toHaveLength(slot.tier === "plot" ? 2 : 1);
  });

  it("are found by the pointer, the nearest first", () => {
    const slots = solve().columns.flatMap(column => [...column.slots]);
    for (const slot of slots) {
      const x = (slot.zoneLeft + slot.zoneRight) / 2;
      expect(nearestLink(slots, x, slot.y + 0.4, 4.5)).toBe(slot);
    }
    expect(nearestLink(slots, 5, 5, 4.5)).toBeNull();
  });

  it("have a height everywhere between their ends, and none beside them", () => {
    const slot = solve().columns[0]?.slots[0] as Slot;
    expect(linkHeight(slot, slot.sourceX)).toBeCloseTo(slot.sourceY, 1);
    expect(linkHeight(slot, slot.targetX)).toBeCloseTo(slot.targetY, 1);
    expect(linkHeight(slot, slot.sourceX - 1)).toBeNull();
    expect(linkDistance(slot, slot.sourceX - 1, slot.sourceY)).toBe(Number.POSITIVE_INFINITY);
  });

  it("move straight from one layout to the next, and end exactly there", () => {
    const from = solve();
    const to = layoutNetwork(randomNet([3, 4, 2], 3), {
      ...{ width: 800, height: 430, threshold: 0.02, inputWidth: 92, outputWidth: 76 },
      ...{ outputHeight: 30, nodeRadius: 10 },
    });
    expect(tweenLayout(from, to, 1)).toBe(to);
    const half = tweenLayout(from, to, 0.5);
    const nodeY = (layout: Layout) => layout.nodes[1]?.find(node => node.index === 0)?.y ?? 0;
    expect(nodeY(half)).toBeCloseTo((nodeY(from) + nodeY(to)) / 2, 6);
    expect([0, 0.5, 1].map(easeOut)).toEqual([0, 0.875, 1]);
  });
});

describe("fields", () => {
  const frameOf = (...counts: number[]) => {
    const width = counts.map((n): [number, number] => [n, 0]);
    const { header, floats } = encodeFrame(
      fakeNet({ width, curve: (_l, i) => x => (i === 0 ? x : 3 * x) }),
    );
    return decodeFrame(header, floats);
  };

  it("of a linear network rise to the right and to the top", () => {
    const network = new Network(frameOf(2, 1));
    const { layers, side } = computeFields(network, fieldSide(network));
    const field = layers[0]?.[0];
    const at = (row: number, column: number) => field?.values[row * side + column] ?? 0;
    expect(side).toBe(40);
    expect(at(20, 39)).toBeGreaterThan(at(20, 0));
    expect(at(0, 20)).toBeGreaterThan(at(39, 20));
    expect(field?.peak).toBeCloseTo(4 * (39 / 40), 1);
  });

  it("are left out without two inputs, and where they would cost too much", () => {
    expect(fieldSide(new Network(frameOf(3, 1)))).toBe(0);
    expect(fieldSide(new Network(frameOf(2, 80, 80, 1)))).toBe(0);
  });

  it("know how large values become", () => {
    const scale = nodeScales(frameOf(2, 1))[0]?.[0] ?? 0;
    expect(scale).toBeGreaterThan(2);
    expect(scale).toBeLessThanOrEqual(4.001);
  });
});

describe("the loss chart", () => {
  const rows = (...losses: [number, number, number][]) =>
    Float32Array.from(losses.flatMap(([step, train, test]) => [step, train, test, 0]));

  it("keeps its end labels apart and inside", () => {
    const chart = lossChart(rows([0, 0.7, 0.7], [10, 0.02, 0.021]), [], 253, 66);
    const gap = Math.abs((chart.trainLabelY ?? 0) - (chart.testLabelY ?? 0));
    expect(gap).toBeGreaterThanOrEqual(11.9);
    expect(Math.max(chart.trainLabelY ?? 0, chart.testLabelY ?? 0)).toBeLessThanOrEqual(45.1);
  });

  it("leaves out the test line when there are no test rows", () => {
    const chart = lossChart(rows([0, 0.7, Number.NaN], [1, 0.5, Number.NaN]), [], 253, 66);
    expect(chart.test).toBe("");
    expect(chart.testLabelY).toBeNull();
    expect(chart.train).toContain("L");
  });

  it("draws one point as a dot", () => {
    const chart = lossChart(rows([3, 0.5, 0.5]), [], 253, 66);
    expect(chart.train).toMatch(/^M34 [\d.]+h0.01$/);
    expect(chart.isPoint).toBe(true);
  });

  it("gives losses of exactly zero an axis of their own", () => {
    const chart = lossChart(rows([0, 0, 0]), [], 253, 66);
    expect(chart.ticks.map(({ text }) => text)).toEqual(["0"]);
    expect(chart.train).toBe(`M34 ${chart.ticks[0]?.y}h0.01`);
    const lin = lossChart(rows([0, 0, 0]), [], 253, 66, false);
    expect(lin.train).toBe("M34 48h0.01");
  });

  it("puts zero below the decades", () => {
    const chart = lossChart(rows([0, 1, 1], [1, 0.01, 0.01], [2, 0, 0]), [], 253, 90);
    const ys = chart.ticks.map(({ y }) => y);
    expect(chart.ticks.at(-1)).toEqual({ y: chart.box.bottom, text: "0" });
    expect(ys).toEqual([...ys].sort((a, b) => a - b));
    expect(chart.train).toContain(`L219 ${chart.box.bottom}`);
  });

  it("can begin at zero and go on in even steps", () => {
    const chart = lossChart(rows([0, 0.9, 0.8], [10, 0.3, 0.2]), [], 253, 66, false);
    expect(chart.ticks.map(({ text }) => text)).toEqual(["1.0", "0.5", "0.0"]);
    expect(chart.ticks.at(-1)?.y).toBe(chart.box.bottom);
  });

  it("finds the step at a place along the axis, and the place of a step", () => {
    const chart = lossChart(rows([4, 1, 1], [24, 0.1, 0.1]), [], 253, 66);
    expect(chart.stepAt(chart.xOf(14))).toBeCloseTo(14, 9);
    expect(chart.xOf(4)).toBe(chart.box.left);
  });

  it("marks moved grids without a label, and crowds of them once", () => {
    const marks: [number, string][] = [
      ...Array.from({ length: 40 }, (_, n): [number, string] => [n, ""]),
      [50, "prune"],
    ];
    const chart = lossChart(rows([0, 1, 1], [400, 0.1, 0.1]), marks, 253, 66);
    const minor = chart.marks.filter(({ isMinor }) => isMinor);
    expect(minor.length).toBeLessThan(8);
    expect(chart.marks.at(-1)?.label).toBe("prune");
  });

  it("lets labels of marks give way to one another, never the marks", () => {
    const marks: [number, string][] = [
      [50, "prune"],
      [51, "fix sin"],
      [90, "auto"],
    ];
    const chart = lossChart(rows([0, 1, 1], [100, 0.1, 0.1]), marks, 253, 66);
    expect(chart.marks.map(mark => mark.label !== "")).toEqual([true, false, true]);
  });

  it("survives an empty history", () => {
    expect(lossChart(new Float32Array(), [], 253, 66).train).toBe("");
  });
});

it("the screen has three sizes", () => {
  expect([320, 600, 760, 1199, 1200, 1900].map(width => screenFor(width).kind)).toEqual([
    ...["narrow", "narrow", "medium", "medium", "wide", "wide"],
  ]);
  expect(screenFor(960)).toMatchObject({ graphWidth: 672, graphHeight: 430, panelWidth: 286 });
});

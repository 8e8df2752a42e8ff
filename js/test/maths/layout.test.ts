import { describe, expect, it } from "vitest";
import {
  hiddenEdges,
  type Layout,
  type LayoutNet,
  type LayoutOptions,
  layoutNetwork,
  type Slot,
} from "../../src/maths/layout";
import { makeLayer, nineNets, randomNet, trained } from "../support/nets";

const HEIGHT = 430;
const WIDTHS = [600, 672, 1060];

function options(net: LayoutNet, width: number, more: Partial<LayoutOptions> = {}): LayoutOptions {
  const field = net.layers[0]?.inputs === 2;
  return {
    width,
    height: HEIGHT,
    threshold: 0.02,
    inputWidth: width === 600 ? 82 : 92,
    outputWidth: field ? 116 : 76,
    outputHeight: 30,
    nodeRadius: 10,
    ...more,
  };
}

const solve = (net: LayoutNet, width = 672, more: Partial<LayoutOptions> = {}) =>
  layoutNetwork(net, options(net, width, more));

const slotsOf = (layout: Layout): Slot[] => layout.columns.flatMap(column => [...column.slots]);
const plotsOf = (layout: Layout): Slot[] => slotsOf(layout).filter(slot => slot.tier === "plot");

const overlap = (a: Slot, b: Slot, margin: number) =>
  a.x < b.x + b.width &&
  b.x < a.x + a.width &&
  Math.abs(a.y - b.y) < (a.height + b.height) / 2 + margin;

function faults(layout: Layout) {
  const found = { linkUnderPlot: 0, plotsOverlap: 0, outside: 0, crossings: 0, tangled: 0 };
  for (const { slots } of layout.columns) {
    const plots = slots.filter(slot => slot.tier === "plot");
    for (const plot of plots) {
      const half = plot.height / 2;
      const isOutside =
        plot.y - half < 26 - 1.5 ||
        plot.y + half > HEIGHT - 14 + 1.5 ||
        plot.x < 0 ||
        plot.x + plot.width > layout.width;
      if (isOutside) found.outside++;
      for (const other of slots) {
        if (other !== plot && Math.abs(other.y - plot.y) < half + 2.5) found.linkUnderPlot++;
      }
      for (const other of plots) {
        if (other !== plot && overlap(plot, other, 4)) found.plotsOverlap++;
      }
    }
    slots.forEach((slot, n) => {
      if (slot.zoneLeft - slot.sourceX < 9 || slot.targetX - slot.zoneRight < 9) found.tangled++;
      for (const later of slots.slice(n + 1)) {
        if (slot.targetY > later.targetY + 1e-6) found.crossings++;
      }
    });
  }
  return found;
}

const clean = { linkUnderPlot: 0, plotsOverlap: 0, outside: 0, crossings: 0, tangled: 0 };

function expectSound(layout: Layout): void {
  expect(faults(layout)).toEqual(clean);
  for (const nodes of layout.nodes) {
    nodes.forEach((node, n) => {
      expect(node.y).toBeGreaterThanOrEqual(20);
      expect(node.y).toBeLessThanOrEqual(HEIGHT - 10);
      const before = nodes[n - 1];
      if (before && node.kind !== "input") {
        expect(node.y - before.y).toBeGreaterThanOrEqual(node.radius + before.radius);
      }
    });
  }
  for (const value of slotsOf(layout).flatMap(slot => [
    slot.x,
    slot.y,
    slot.sourceY,
    slot.targetY,
  ])) {
    expect(Number.isFinite(value)).toBe(true);
  }
}

describe("curves never overlap and links do not tangle", () => {
  for (const [name, net] of Object.entries(nineNets)) {
    for (const width of WIDTHS) {
      it(`${name} in ${width} px`, () => expectSound(solve(net, width)));
    }
  }
});

describe("what one sees", () => {
  it("of a small network is every curve, faint or not", () => {
    for (const name of ["2-5-1", "2-1-1"]) {
      const net = trained[name] as LayoutNet;
      const layout = solve(net);
      expect(plotsOf(layout)).toHaveLength(net.layers.flatMap(layer => layer.edges).length);
    }
    expect(solve(trained["2-5-1"] as LayoutNet).plotHeight).toBeGreaterThanOrEqual(56);
  });

  it("of a large network is what lies above the threshold", () => {
    const layout = solve(trained["10-20-5"] as LayoutNet);
    expect(plotsOf(layout).length).toBeGreaterThanOrEqual(20);
    expect(slotsOf(layout).every(slot => slot.importance >= 0.02)).toBe(true);
    expect(layout.columns.reduce((sum, column) => sum + hiddenEdges(column), 0)).toBeGreaterThan(
      250,
    );
  });

  it("becomes more with a lower threshold, first lines", () => {
    const layout = solve(trained["10-20-5"] as LayoutNet, 672, { threshold: 0.005 });
    expect(layout.columns.reduce((sum, column) => sum + column.lines, 0)).toBeGreaterThan(0);
  });

  it("stays readable when every edge is important", () => {
    const layout = solve(randomNet([10, 20, 5], 0.01));
    expect(layout.plotHeight).toBeGreaterThanOrEqual(30);
    expect(plotsOf(layout).length).toBeGreaterThan(8);
    expectSound(layout);
  });
});

describe("position is a function of rank and structure only", () => {
  it("so equal input gives equal output", () => {
    expect(solve(trained["10-20-5"] as LayoutNet)).toEqual(solve(trained["10-20-5"] as LayoutNet));
  });

  it("so importances that keep their rank move no slot of a small net", () => {
    const net = randomNet([2, 5, 1], 1);
    const scaled = {
      layers: net.layers.map(layer => ({
        ...layer,
        edges: layer.edges.map(edge => ({ ...edge, importance: edge.importance * 0.5 })),
      })),
    };
    const positions = (layout: Layout) => slotsOf(layout).map(slot => [slot.key, slot.x, slot.y]);
    expect(positions(solve(scaled))).toEqual(positions(solve(net)));
  });

  it("so inputs and outputs keep the order of the user", () => {
    const layout = solve(trained["10-20-5"] as LayoutNet);
    for (const nodes of [layout.nodes[0], layout.nodes.at(-1)]) {
      const order = (nodes ?? []).map(node => node.index);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });
});

describe("networks at the edge of what there is", () => {
  it("1-1: one straight link", () => {
    const layout = solve(randomNet([1, 1], 1));
    const slot = plotsOf(layout)[0] as Slot;
    expectSound(layout);
    expect(slot.sourceY).toBeCloseTo(slot.y, 6);
    expect(slot.targetY).toBeCloseTo(slot.y, 6);
  });

  for (const width of [
    [1, 4, 1],
    [3, 3, 3, 3, 1],
    [2, 6, 6, 6, 6, 2],
    [5, 1],
    [1, 12],
    [30, 2],
  ]) {
    for (const px of WIDTHS) {
      it(`${width.join("-")} in ${px} px`, () => expectSound(solve(randomNet(width, 2), px)));
    }
  }

  it("64-64-10: faint inputs and nodes fold into one count each", () => {
    const layout = solve(randomNet([64, 64, 10], 40));
    expectSound(layout);
    for (const n of [0, 1]) {
      const live = layout.nodes[n]?.length ?? 0;
      expect((layout.folded[n]?.count ?? 0) + live).toBe(64);
      expect(layout.folded[n]?.dots).toEqual([]);
    }
    expect(layout.nodes[2]).toHaveLength(10);
  });

  it("64-64-10 with every edge important has only as many nodes as there is room for", () => {
    const layout = solve(randomNet([64, 64, 10], 0.01));
    expectSound(layout);
    expect(layout.nodes[0]?.length).toBeLessThan(40);
    expect(slotsOf(layout).length).toBeLessThan(160);
  });

  it("784-64-10 with a few important edges is as sound", () => {
    expectSound(solve(randomNet([784, 64, 10], 60)));
  });

  it("a node whose edges are all masked folds, and the rest stands", () => {
    const edges = [
      [0, 0, 0.5],
      [1, 0, 0.4],
      [0, 2, 0.3],
    ];
    const net = {
      layers: [
        makeLayer({ inputs: 2, sums: 3, products: 0, edges }),
        makeLayer({ inputs: 3, sums: 1, products: 0, edges: [[0, 0, 0.9]] }),
      ],
    };
    const layout = solve(net);
    expectSound(layout);
    expect(layout.nodes[1]?.map(node => node.index).sort()).toEqual([0, 2]);
    expect(layout.folded[1]?.count).toBe(1);
  });

  it("a network without any edge keeps its inputs and outputs", () => {
    const empty = makeLayer({ inputs: 2, sums: 1, products: 0, edges: [] });
    const layout = solve({ layers: [empty] });
    expect(layout.nodes.map(nodes => nodes.length)).toEqual([2, 1]);
    expect(slotsOf(layout)).toEqual([]);
  });

  it("a threshold above everything folds nothing away", () => {
    const layout = solve(trained["10-20-5"] as LayoutNet, 672, { threshold: 1.1 });
    expect(slotsOf(layout)).toEqual([]);
    expect(layout.nodes[0]).toHaveLength(10);
  });

  it("a product node has two ports", () => {
    const layout = solve(trained["4-9-1 with two product nodes"] as LayoutNet, 672, {
      threshold: 0,
    });
    const ports = slotsOf(layout).filter(
      slot => slot.edge[0] === 0 && [7, 8].includes(slot.edge[2]),
    );
    expect(new Set(ports.map(slot => slot.targetY)).size).toBe(2);
  });
});

/** From tiers and widths to coordinates. */

import { edgeKey } from "../../protocol";
import { spread } from "../spread";
import type { Fold } from "./fold";
import { hairsOf } from "./hairs";
import { type Band, even, liveBand, type NodeColumn, placeNodes } from "./nodes";
import { portOffset } from "./ports";
import { type Draft, type DraftColumn, gapsOf, reachOf } from "./tiers";
import type { Column, Hairs, Layout, LayoutLayer, LayoutNet, LayoutOptions, Slot } from "./types";
import { BOTTOM, TOP } from "./types";
import { SUB_COLUMN_GAP, type Widths, zoneWidth } from "./widths";

const NODE_HEIGHT = 26;

export interface Plan {
  readonly net: LayoutNet;
  readonly options: LayoutOptions;
  readonly fold: Fold;
  readonly orders: readonly number[][];
  readonly columns: readonly DraftColumn[];
  readonly plotHeight: number;
  readonly widths: Widths;
}

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

interface Across {
  readonly sourceX: number;
  readonly zoneLeft: number;
  readonly zoneRight: number;
  readonly targetX: number;
  readonly nodeX: number;
}

/** Where each column begins and ends from left to right. */
function placeAcross({ columns, widths, options }: Plan): Across[] {
  let x = widths.start + options.inputWidth;
  return columns.map((column, l) => {
    const [left = 0, right = 0] = widths.fans[l] ?? [];
    const sourceX = x;
    const zoneLeft = sourceX + left;
    const zoneRight = zoneLeft + zoneWidth(column.subColumns, widths.plotWidth);
    const targetX = zoneRight + right;
    const nodeX = targetX + options.nodeRadius;
    x = nodeX + options.nodeRadius;
    return { sourceX, zoneLeft, zoneRight, targetX, nodeX };
  });
}

/** Where each slot would like to stand: near the straight path between its nodes. */
function wantedHeights(
  plan: Plan,
  l: number,
  gaps: readonly number[],
  sourceY: ReadonlyMap<number, number>,
  targetY: ReadonlyMap<number, number>,
  band: Band,
): number[] {
  const { drafts } = plan.columns[l] as DraftColumn;
  const from = (draft: Draft) => sourceY.get(draft.edge.from) ?? band.lo;
  if (targetY.size === 1) return drafts.map(from);
  if (sourceY.size > targetY.size) {
    return drafts.map(d => 0.35 * from(d) + 0.65 * (targetY.get(d.edge.to) ?? band.lo));
  }
  const total = gaps.reduce((a, b) => a + b, 0);
  const half = plan.plotHeight / 2;
  let passed = 0;
  return drafts.map((_, n) => {
    const share = total > 0 ? passed / total : 0.5;
    passed += gaps[n] ?? 0;
    return band.lo + half + share * (band.hi - band.lo - 2 * half);
  });
}

interface Placed {
  readonly draft: Draft;
  readonly y: number;
}

function placeDrafts(
  plan: Plan,
  l: number,
  sourceY: ReadonlyMap<number, number>,
  band: Band,
): Placed[] {
  const column = plan.columns[l] as DraftColumn;
  const { drafts } = column;
  const folded = plan.fold.folded[l + 1] as ReadonlySet<number>;
  const targets = (plan.orders[l + 1] as number[]).filter(node => !folded.has(node));
  const evenly = even(targets.length, liveBand(band, folded.size));
  const targetY = new Map(targets.map((node, n) => [node, evenly[n] as number]));
  const gaps = gapsOf(column, plan.plotHeight);
  const ys = spread(
    wantedHeights(plan, l, gaps, sourceY, targetY, band),
    gaps,
    band.lo + reachOf(drafts[0], plan.plotHeight),
    band.hi - reachOf(drafts.at(-1), plan.plotHeight),
  );
  return drafts.map((draft, n) => ({ draft, y: ys[n] as number }));
}

/** A node stands at the mean height of what leads to it, or evenly where nothing does. */
function wantedNodes(plan: Plan, l: number, placed: readonly Placed[], band: Band) {
  const folded = plan.fold.folded[l + 1] as ReadonlySet<number>;
  const live = (plan.orders[l + 1] as number[]).filter(node => !folded.has(node));
  const evenly = even(live.length, liveBand(band, folded.size));
  const wanted = new Map<number, number>();
  live.forEach((node, n) => {
    const own = placed.filter(({ draft }) => draft.edge.to === node).map(({ y }) => y);
    wanted.set(node, own.length > 0 ? mean(own) : (evenly[n] as number));
  });
  return wanted;
}

function slotsOf(
  plan: Plan,
  l: number,
  placed: readonly Placed[],
  across: Across,
  below: NodeColumn,
  above: NodeColumn,
): Slot[] {
  const layer = plan.net.layers[l] as LayoutLayer;
  const { subColumns } = plan.columns[l] as DraftColumn;
  const { plotWidth } = plan.widths;
  const small = (n: number) => above.places.find(place => place.index === n)?.radius ?? 0;
  let plots = 0;
  return placed.map(({ draft, y }) => {
    const { edge, tier } = draft;
    const isPlot = tier === "plot";
    const turn = isPlot && subColumns === 2 ? plots++ % 2 : 0;
    const source = below.places.find(place => place.index === edge.from);
    const radius = small(edge.to);
    return {
      key: edgeKey([l, edge.from, edge.sub]),
      edge: [l, edge.from, edge.sub],
      importance: edge.importance,
      tier,
      y,
      x: isPlot ? across.zoneLeft + turn * (plotWidth + SUB_COLUMN_GAP) : across.zoneLeft,
      width: isPlot ? plotWidth : across.zoneRight - across.zoneLeft,
      height: isPlot ? plan.plotHeight : 0,
      sourceX: l === 0 ? across.sourceX : (source?.x ?? 0) + (source?.radius ?? 0),
      sourceY: source?.y ?? y,
      targetX: across.nodeX - radius,
      targetY: (above.yOf.get(edge.to) ?? y) + portOffset(layer, edge.sub, radius),
      zoneLeft: across.zoneLeft,
      zoneRight: across.zoneRight,
    };
  });
}

function columnOf(plan: Plan, l: number, slots: Slot[], hairs: Hairs[], across: Across): Column {
  const plots = slots.filter(slot => slot.tier === "plot").length;
  return {
    slots,
    hairs,
    centre: (across.zoneLeft + across.zoneRight) / 2,
    edges: plan.net.layers[l]?.edges.length ?? 0,
    plots,
    lines: slots.length - plots,
  };
}

export function placeAll(plan: Plan): Layout {
  const { net, options, fold, orders } = plan;
  const band: Band = { lo: TOP, hi: options.height - BOTTOM };
  const across = placeAcross(plan);
  const inputs = orders[0] as number[];
  const foldedInputs = fold.folded[0] as ReadonlySet<number>;
  const inputBand = liveBand(band, foldedInputs.size);
  const liveInputs = inputs.filter(node => !foldedInputs.has(node));
  const inputY = even(liveInputs.length, inputBand);
  let below = placeNodes({
    layer: 0,
    order: inputs,
    folded: foldedInputs,
    kindOf: () => "input",
    x: plan.widths.start + options.inputWidth,
    band,
    radius: 0,
    height: (inputBand.hi - inputBand.lo) / Math.max(1, liveInputs.length),
    wanted: new Map(liveInputs.map((node, n) => [node, inputY[n] as number])),
  });
  const nodes = [below.places];
  const folded = [below.folded];
  const columns = net.layers.map((layer, l) => {
    const isLast = l === net.layers.length - 1;
    const here = across[l] as Across;
    const placed = placeDrafts(plan, l, below.yOf, band);
    const above = placeNodes({
      layer: l + 1,
      order: orders[l + 1] as number[],
      folded: fold.folded[l + 1] as ReadonlySet<number>,
      kindOf: node => (node < layer.sums ? "sum" : "product"),
      x: here.nodeX,
      band,
      radius: options.nodeRadius,
      height: isLast ? options.outputHeight : 2 * options.nodeRadius + NODE_HEIGHT,
      wanted: wantedNodes(plan, l, placed, band),
    });
    const shown = new Set(placed.map(({ draft }) => draft.edge));
    const slots = slotsOf(plan, l, placed, here, below, above);
    const hidden = layer.edges.filter(edge => !shown.has(edge));
    const hairs = hairsOf(layer, hidden, below, above, here.sourceX);
    below = above;
    nodes.push(above.places);
    folded.push(above.folded);
    return columnOf(plan, l, slots, hairs, here);
  });
  return {
    width: plan.widths.total,
    height: options.height,
    plotWidth: plan.widths.plotWidth,
    plotHeight: plan.plotHeight,
    columns,
    nodes,
    folded,
  };
}

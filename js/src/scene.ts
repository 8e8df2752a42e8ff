/** What follows from store and view: layout, curves, values. Computed once per frame, read by many. */

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { inputColumnWidth, outputColumn } from "./columns";
import { type EdgeLayer, type Frame, nodeCount, nodeOfSub } from "./frame";
import { nextFrame } from "./host";
import { computeFields, type Fields, fieldSide } from "./maths/field";
import { type Layout, type LayoutNet, type LayoutOptions, layoutNetwork } from "./maths/layout";
import { easeOut, tweenLayout } from "./maths/layout/tween";
import { type Evaluation, nodeScales } from "./maths/network";
import { type Extent, extentOf, extentWithoutPoles, steadySpan, withZero } from "./maths/scales";
import { type Screen, screenFor } from "./maths/screen";
import { edgeNumbers, hasEdge } from "./names";
import { type EdgeKey, edgeKey, type Suggestion } from "./protocol";
import { type Status, statusOf } from "./statusText";
import type { Store } from "./store";
import { KEEP_SPLINE, type ViewState } from "./view";

const MOTION_MS = 200;
const POINTS = 49;

export interface EdgeCurve {
  readonly values: Float64Array;
  readonly extent: Extent;
  readonly lo: number;
  readonly hi: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Curves {
  readonly edges: ReadonlyMap<EdgeKey, EdgeCurve>;
  /** Per layer, the span of values that the height of a plot stands for. */
  readonly spans: readonly number[];
}

const liveEdges = (layer: EdgeLayer): LayoutNet["layers"][number]["edges"] => {
  const edges = [];
  for (let from = 0; from < layer.inputs; from++) {
    for (let sub = 0; sub < layer.outputs; sub++) {
      const index = from * layer.outputs + sub;
      if ((layer.mask[index] as number) === 0) continue;
      const importance = layer.importance[index] as number;
      edges.push({ from, sub, to: nodeOfSub(layer, sub), importance: importance || 0 });
    }
  }
  return edges;
};

const layoutNet = (frame: Frame): LayoutNet => ({
  layers: frame.layers.map(layer => ({
    inputs: layer.inputs,
    sums: layer.sums,
    products: layer.products,
    edges: liveEdges(layer),
  })),
});

const isNamedThroughout = ({ mask, symbolic }: EdgeLayer): boolean =>
  mask.every((value, index) => value === 0 || symbolic.has(index));

const prefersStillness = (): boolean =>
  globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;

export class Scene {
  readonly store: Store;
  readonly view: ViewState;
  readonly screen: ReadonlySignal<Screen>;
  /** Points along an edge of the node fields, 0 where there are none. */
  readonly side: ReadonlySignal<number>;
  readonly net: ReadonlySignal<LayoutNet | null>;
  readonly target: ReadonlySignal<Layout | null>;
  /** The layout on the screen: the target, or on its way there. */
  readonly layout = signal<Layout | null>(null);
  /** All plots have one size. */
  readonly plotSize: ReadonlySignal<Size>;
  readonly curves: ReadonlySignal<Curves>;
  readonly evaluation: ReadonlySignal<Evaluation | null>;
  /** How large the values of every node become, per layer of nodes above the inputs. */
  readonly scales: ReadonlySignal<readonly Float64Array[]>;
  readonly fields: ReadonlySignal<Fields | null>;
  /** Per layer, the largest importance: what full ink stands for. */
  readonly mostImportant: ReadonlySignal<readonly number[]>;
  readonly selectedKey: ReadonlySignal<EdgeKey | null>;
  /** The edge that pointer or keyboard point at. */
  readonly pointedKey: ReadonlySignal<EdgeKey | null>;
  /** The slot that the tab key reaches. */
  readonly cursorKey: ReadonlySignal<EdgeKey | null>;
  readonly status: ReadonlySignal<Status>;
  readonly hasFrame: ReadonlySignal<boolean>;
  /** Said in place of the picture while there is none. */
  readonly emptyText: ReadonlySignal<string>;
  /** Every edge that is there has a name. */
  readonly isClosed: ReadonlySignal<boolean>;
  readonly candidates: ReadonlySignal<readonly Suggestion[]>;
  /** The function that the selected edge has, if it has one. */
  readonly selectedName: ReadonlySignal<string | null>;
  /** The highlighted candidate: at first the edge's own function, else the best one. */
  readonly candidate: ReadonlySignal<Suggestion | null>;
  /** The candidate whose dashed curve is shown: none where it would repeat the edge's own. */
  readonly dashed: ReadonlySignal<Suggestion | null>;

  /** The frame whose importances decide the layout: not the newest while training runs. */
  readonly #resting = signal<Frame | null>(null);
  readonly #cleanups: (() => void)[];
  #spans: number[] = [];
  #spansOf: unknown = null;
  #cancelMotion: (() => void) | null = null;

  constructor(store: Store, view: ViewState) {
    this.store = store;
    this.view = view;
    this.screen = computed(() => screenFor(view.width.value));
    this.side = computed(() => (store.network.value ? fieldSide(store.network.value) : 0));
    this.net = computed(() => this.#resting.value && layoutNet(this.#resting.value));
    this.target = computed(() => this.#solve());
    this.plotSize = computed(() => ({
      width: this.target.value?.plotWidth ?? 0,
      height: this.target.value?.plotHeight ?? 0,
    }));
    this.curves = computed(() => this.#sample());
    this.evaluation = computed(() => {
      const network = store.network.value;
      const probe = view.probe.value;
      return network && probe.length === network.frame.inputs.length
        ? network.evaluate(probe)
        : null;
    });
    this.scales = computed(() => (this.#resting.value ? nodeScales(this.#resting.value) : []));
    this.fields = computed(() => {
      const network = store.network.value;
      return network && this.side.value > 0 ? computeFields(network, this.side.value) : null;
    });
    this.mostImportant = computed(
      () => store.frame.value?.layers.map(({ importance }) => extentOf(importance).hi || 1) ?? [],
    );
    this.selectedKey = computed(() => store.selected.value && edgeKey(store.selected.value));
    this.pointedKey = computed(() => view.hover.value ?? view.focus.value);
    this.cursorKey = computed(() => this.#reachable());
    this.isClosed = computed(() => store.frame.value?.layers.every(isNamedThroughout) ?? false);
    this.hasFrame = computed(() => store.frame.value !== null);
    this.emptyText = computed(() => {
      if (store.notice.value) return store.notice.value.text;
      return store.live.value ? "Waiting for the kernel …" : "There is no picture in this page.";
    });
    this.status = computed(() =>
      statusOf({
        store,
        net: this.net.value,
        layout: this.target.value,
        threshold: view.threshold.value,
      }),
    );
    this.selectedName = computed(() => {
      const [l, i, j] = store.selected.value ?? [-1, 0, 0];
      const layer = store.frame.value?.layers[l];
      return layer?.symbolic.get(i * layer.outputs + j)?.name ?? null;
    });
    this.candidates = computed(() => {
      const edge = store.selected.value;
      const known = edge && store.candidates.value.get(edgeKey(edge));
      return known?.list ?? [];
    });
    this.candidate = computed(() => {
      const name = view.highlight.value;
      if (name === KEEP_SPLINE) return null;
      const list = this.candidates.value;
      const wanted = name ?? this.selectedName.value;
      return list.find(candidate => candidate.name === wanted) ?? list[0] ?? null;
    });
    this.dashed = computed(() => {
      const candidate = this.candidate.value;
      return candidate?.name === this.selectedName.value ? null : candidate;
    });
    this.#cleanups = [
      effect(() => this.#rest()),
      effect(() => this.#placeProbe()),
      effect(() => this.#dropLostEdges()),
      effect(() => this.#move(this.target.value)),
      effect(() => {
        void store.selected.value;
        view.highlight.value = null;
      }),
    ];
  }

  close(): void {
    this.#cancelMotion?.();
    for (const cleanup of this.#cleanups) cleanup();
  }

  /** Order and tiers change with the structure, or with any frame while nothing is trained. */
  #rest(): void {
    const frame = this.store.frame.value;
    const moves = !this.store.playing.value || frame?.structure !== this.#resting.peek()?.structure;
    if (moves) this.#resting.value = frame;
  }

  /** A new number of inputs gets new probe values: spread over the ranges, never all alike. */
  #placeProbe(): void {
    const frame = this.store.frame.value;
    if (!frame || frame.inputs.length === this.view.probe.peek().length) return;
    this.view.probe.value = frame.inputs.map((_, i) => {
      const { lo, hi } = edgeNumbers(frame, [0, i, 0]);
      const share = (0.72 + 0.525 * i + 0.19 * Math.floor(i / 2)) % 1;
      return lo + (0.1 + 0.8 * share) * (hi - lo);
    });
  }

  #dropLostEdges(): void {
    const frame = this.store.frame.value;
    const edge = this.store.selected.peek();
    batch(() => {
      if (frame && edge && !hasEdge(frame, edge)) this.store.selected.value = null;
      if (frame?.structure !== this.#hoverOf) this.view.hover.value = null;
      this.#hoverOf = frame?.structure;
    });
  }

  #hoverOf: string | undefined;

  /** The cursor, or the first slot when the cursor's own is not on the screen. */
  #reachable(): EdgeKey | null {
    const slots = this.target.value?.columns.flatMap(column => [...column.slots]) ?? [];
    const cursor = this.view.cursor.value;
    return (slots.find(slot => slot.key === cursor) ?? slots[0])?.key ?? null;
  }

  #solve(): Layout | null {
    const frame = this.#resting.value;
    const net = this.net.value;
    const screen = this.screen.value;
    if (!frame || !net || this.view.width.value === 0) return null;
    const isNarrow = screen.kind === "narrow";
    const output = outputColumn(frame, this.side.value > 0, screen);
    const widest = Math.max(...frame.layers.map(nodeCount));
    const options: LayoutOptions = {
      width: screen.graphWidth,
      height: screen.graphHeight,
      threshold: this.view.threshold.value,
      inputWidth: inputColumnWidth(frame, isNarrow),
      outputWidth: output.width,
      outputHeight: output.height,
      nodeRadius: this.side.value > 0 ? 13 : widest > 12 ? 7 : 10,
    };
    return layoutNetwork(net, options);
  }

  #move(target: Layout | null): void {
    this.#cancelMotion?.();
    this.#cancelMotion = null;
    const from = this.layout.peek();
    if (!from || !target || from.height !== target.height || prefersStillness()) {
      this.layout.value = target;
      return;
    }
    const start = performance.now();
    const tick = () => {
      const share = Math.min(1, (performance.now() - start) / MOTION_MS);
      this.layout.value = tweenLayout(from, target, easeOut(share));
      this.#cancelMotion = share < 1 ? nextFrame(tick) : null;
    };
    tick();
  }

  #sample(): Curves {
    const network = this.store.network.value;
    const target = this.target.value;
    const edges = new Map<EdgeKey, EdgeCurve>();
    if (!network || !target) return { edges, spans: [] };
    const { frame } = network;
    const needed = target.columns.map((column, l) => {
      let span = 0;
      for (const slot of column.slots) {
        if (slot.tier !== "plot" || !hasEdge(frame, slot.edge)) continue;
        const [, i, j] = slot.edge;
        const { lo, hi } = edgeNumbers(frame, slot.edge);
        const values = new Float64Array(POINTS);
        network.sampleEdge(l, i, j, lo, hi, values);
        const layer = frame.layers[l] as EdgeLayer;
        const isNamed = layer.symbolic.has(i * layer.outputs + j);
        const extent = isNamed ? extentWithoutPoles(values) : extentOf(values);
        edges.set(slot.key, { values, extent, lo, hi });
        const whole = withZero(extent);
        span = Math.max(span, whole.hi - whole.lo);
      }
      return span;
    });
    // Spans remember the frame before, or every curve would be rescaled at every frame.
    const isSame = this.#spansOf === target && this.store.playing.peek();
    this.#spans = needed.map((span, l) =>
      isSame ? steadySpan(this.#spans[l] ?? 0, span) : span || 1,
    );
    this.#spansOf = target;
    return { edges, spans: this.#spans };
  }
}

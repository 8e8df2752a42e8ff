/**
 * A kernel inside the page that answers the protocol without training anything: coefficients sway,
 * losses fall, structure changes when asked. Only for looking at the widget.
 */

import { decodeFrame } from "../src/codec";
import type { Host } from "../src/host";
import { Network } from "../src/maths/network";
import { edgeNumbers } from "../src/names";
import type { Answer, EdgeId, Formula, Request } from "../src/protocol";
import { encodeFrame, encodeSnapshot, type FakeLayer, type FakeNet } from "../test/support/fakeNet";
import { suggestFor } from "./fit";

type Listener = (...args: never[]) => void;

const ANSWER_MS = 4;
/** What a kernel cannot train between two frames. */
const BETWEEN_MS = 6;

export class FakeKernel implements Host {
  readonly net: FakeNet;
  readonly #traits = new Map<string, unknown>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #rest: Float32Array[];
  #undo: string[] = [];
  #budget = 0;
  #left = 0;
  #pushed = 0;
  comm_live = true;
  /** Set to let the page feel a busy kernel. */
  deaf = false;

  constructor(net: FakeNet, traits: Record<string, unknown> = {}) {
    this.net = net;
    this.#rest = net.layers.map(layer => layer.coef.slice());
    const state = {
      uid: Math.random().toString(36).slice(2),
      lamb: 0.001,
      grid: 5,
      playing: false,
      status: "",
      error: "",
      limits: { lamb: [1e-5, 1e-1], grid: [1, 200], opts: ["auto"] },
      selected_edge: null,
      ...traits,
    };
    for (const [name, value] of Object.entries(state)) this.#traits.set(name, value);
    if (net.loss.length === 0 && net.step > 0) this.#fillLoss();
    this.#tell();
  }

  get(name: string): unknown {
    return this.#traits.get(name);
  }

  set(name: string, value: unknown): void {
    this.#traits.set(name, value);
    this.#emit(`change:${name}`);
  }

  on(event: string, listener: Listener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  off(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener);
  }

  send(message: unknown): void {
    if (this.deaf || !this.comm_live) return;
    const request = message as Request;
    const budget = request.name === "advance" ? (request as Request<"advance">).args.budget_ms : 0;
    setTimeout(() => this.#answer(request), ANSWER_MS + budget);
  }

  die(): void {
    this.comm_live = false;
    this.#emit("comm_live_update");
  }

  #emit(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      (listener as (...args: unknown[]) => void)(...args);
    }
  }

  #answer(request: Request): void {
    const more = this.#apply(request);
    this.#say({ id: request.id, client: request.client, ok: true, ...more });
  }

  #say(message: Partial<Answer>): void {
    const encoded = encodeFrame(this.net);
    const whole = { v: 1, playing: this.net.playing, frame: encoded.header, ...message };
    this.#tell();
    this.#emit("msg:custom", whole, [new DataView(encoded.floats.buffer)]);
  }

  #pushSoon(): void {
    setTimeout(() => this.#push(), this.#budget + BETWEEN_MS);
  }

  /** A frame without a request; stops where nobody hears it. */
  #push(): void {
    if (!this.net.playing || this.deaf || !this.comm_live) {
      this.#left = 0;
      return;
    }
    this.#train();
    this.#left -= 1;
    this.#pushed += 1;
    this.#say({ push: true, left: this.#left, trained_ms: this.#budget });
    if (this.#left > 0) this.#pushSoon();
  }

  #apply(request: Request): Partial<Answer> {
    const { net } = this;
    switch (request.name) {
      case "play":
      case "stop":
        net.playing = request.name === "play";
        break;
      case "advance":
        if (!net.playing) return { stopped: true, why: "" };
        this.#train();
        break;
      case "run":
        if (!net.playing) return { stopped: true, why: "" };
        return this.#run((request as Request<"run">).args);
      case "step":
        this.#train();
        break;
      case "set_option": {
        const { name, value } = (request as Request<"set_option">).args;
        this.set(name, value);
        break;
      }
      case "suggest":
        return {
          suggestions: this.#suggest((request as Request<"suggest">).args.edge),
          keep: 0.0218,
        };
      case "fix": {
        const { edge, name } = (request as Request<"fix">).args;
        this.#fix(edge, name);
        break;
      }
      case "fix_affine": {
        const { edge, name, affine } = (request as Request<"fix_affine">).args;
        this.#layer(edge).symbolic.set(this.#index(edge), { name, affine: [...affine] });
        this.#changed(`constants of ${name}`);
        break;
      }
      case "move_coef": {
        const { edge, m, by } = (request as Request<"move_coef">).args;
        const { coef, grid, k } = this.#layer(edge);
        const at = this.#index(edge) * (grid + k) + m;
        coef[at] = (coef[at] ?? 0) + by;
        this.#changed("drag curve");
        break;
      }
      case "pin": {
        const { edge, pinned } = (request as Request<"pin">).args;
        const others = (this.net.pinned ?? []).filter(other => String(other) !== String(edge));
        this.net.pinned = pinned ? [...others, edge] : others;
        break;
      }
      case "unfix":
        this.#symbolic((request as Request<"unfix">).args.edge)?.clear();
        this.#changed("unfix");
        break;
      case "remove_edge":
        this.#remove((request as Request<"remove_edge">).args.edge);
        break;
      case "prune":
        this.#prune((request as Request<"prune">).args.edge_th);
        break;
      case "undo":
        this.#undo.pop();
        break;
      case "select":
        this.set("selected_edge", (request as Request<"select">).args.edge);
        break;
      default:
        break;
    }
    return {};
  }

  #run({ frames, budget_ms }: Request<"run">["args"]): Partial<Answer> {
    const isDue = this.#left > 0;
    this.#left = frames;
    this.#budget = budget_ms;
    if (!isDue) this.#pushSoon();
    return { frame: null, left: this.#left, pushed: this.#pushed };
  }

  #train(): void {
    const { net } = this;
    net.step += 1;
    net.layers.forEach((layer, l) => {
      const rest = this.#rest[l] as Float32Array;
      rest.forEach((value, n) => {
        layer.coef[n] = value * (1 + 0.15 * Math.sin(net.step / 20 + n));
      });
    });
    this.#addLoss(net.step);
  }

  #addLoss(step: number): void {
    const train = 0.02 + 0.7 * Math.exp(-step / 6) + 0.002 * Math.sin(step);
    this.net.loss = [...this.net.loss, [step, train, 1.06 * train, 0.1]].slice(-400);
  }

  #fillLoss(): void {
    for (let step = 0; step <= this.net.step; step++) this.#addLoss(step);
  }

  #layer([l]: EdgeId): FakeLayer {
    return this.net.layers[l] as FakeLayer;
  }

  #index([l, i, j]: EdgeId): number {
    return i * (this.net.layers[l] as FakeLayer).outputs + j;
  }

  #symbolic(edge: EdgeId) {
    const { symbolic } = this.#layer(edge);
    const index = this.#index(edge);
    return { clear: () => symbolic.delete(index) };
  }

  #suggest(edge: EdgeId) {
    const { header, floats } = encodeFrame(this.net);
    const frame = decodeFrame(header, floats);
    const { lo, hi } = edgeNumbers(frame, edge);
    const y = new Float64Array(61);
    new Network(frame).sampleEdge(...edge, lo, hi, y);
    const x = Array.from(y, (_, n) => lo + (n / 60) * (hi - lo));
    return suggestFor(x, [...y]);
  }

  #fix(edge: EdgeId, name: string): void {
    const found = this.#suggest(edge).find(candidate => candidate.name === name);
    if (!found) return;
    this.#layer(edge).symbolic.set(this.#index(edge), { name, affine: [...found.affine] });
    this.net.marks = [...this.net.marks, [this.net.step, "fix"]];
    this.#changed(`fix ${name}`);
  }

  #remove(edge: EdgeId): void {
    this.#layer(edge).mask[this.#index(edge)] = 0;
    this.#layer(edge).importance[this.#index(edge)] = 0;
    this.#changed("remove edge");
  }

  #prune(threshold: number): void {
    for (const layer of this.net.layers) {
      layer.importance.forEach((value, n) => {
        if (value < threshold) layer.mask[n] = 0;
      });
    }
    this.net.marks = [...this.net.marks, [this.net.step, "prune"]];
    this.#changed("prune");
  }

  #changed(label: string): void {
    this.net.structure += 1;
    this.#undo = [...this.#undo, label];
  }

  /** Traits that follow from the network, written before every answer as the kernel does. */
  #tell(): void {
    this.net.seq += 1;
    this.set("playing", this.net.playing);
    this.set("history", { entries: [], position: 0, undo: this.#undo.at(-1) ?? null, redo: null });
    this.set("formula", this.#formula());
    if (!this.net.playing) this.#traits.set("snapshot", encodeSnapshot(encodeFrame(this.net)));
  }

  #formula(): Formula {
    const total = this.net.layers.reduce((sum, layer) => sum + layer.mask.length, 0);
    const named = this.net.layers.reduce(
      (sum, { mask, symbolic }) =>
        sum + mask.filter((value, n) => value === 0 || symbolic.has(n)).length,
      0,
    );
    const given = this.#traits.get("formula") as Formula | undefined;
    const isClosed = named === total;
    return {
      step: this.net.step,
      named,
      total,
      open: [],
      hint: isClosed ? "" : "Prune the faint edges, then name the rest.",
      mathml: isClosed ? (given?.mathml ?? "<math><mi>f</mi><mo>=</mo><mi>?</mi></math>") : null,
      latex: isClosed ? (given?.latex ?? "f") : null,
      python: isClosed ? (given?.python ?? "f") : null,
      sympy: isClosed ? (given?.sympy ?? "f") : null,
      rmse: null,
    };
  }
}

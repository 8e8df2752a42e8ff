/**
 * From header and numbers to a frame.
 *
 * Nothing that arrives is trusted: every shape is derived from `width`, `k` and `grid` and compared
 * with what the header claims, and the sizes must add up to the buffer. What does not fit raises a
 * FrameError in words, and the picture that was there stays.
 */

import { type EdgeLayer, type Frame, HIST_BINS, LOSS_COLUMNS, type SymbolicEdge } from "./frame";
import { FEATURE_KINDS, type Feature } from "./maths/features";
import { type FunctionTable, findFunction } from "./maths/functions";
import { MAX_DEGREE } from "./maths/spline";
import { VERSION } from "./protocol";
import { bytesOf, floatsOf, fromBase64 } from "./wire";

export class FrameError extends Error {
  override name = "FrameError";
}

type Json = Readonly<Record<string, unknown>>;
type Arrays = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

const fail = (message: string): never => {
  throw new FrameError(`unreadable frame: ${message}`);
};

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function list(header: Json, key: string): readonly unknown[] {
  const value = header[key];
  return Array.isArray(value) ? value : fail(`${key} is not a list`);
}

function count(value: unknown, what: string, least: number, most = 1e6): number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
    ? value
    : fail(`${what} is ${String(value)}, not a whole number from ${least} to ${most}`);
}

const text = (value: unknown, what: string): string =>
  typeof value === "string" ? value : fail(`${what} is not text`);

/** The structure key only has to be equal or different; numbers and text both serve. */
const label = (value: unknown, what: string): string =>
  typeof value === "number" ? String(value) : text(value, what);

function splitArrays(header: Json, floats: Float32Array): Arrays {
  const arrays = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  let position = 0;
  for (const entry of list(header, "arrays")) {
    if (!Array.isArray(entry) || !Array.isArray(entry[1])) return fail("arrays has a bad entry");
    const name = text(entry[0], "the name of an array");
    const shape = entry[1].map(size => count(size, `a size of ${name}`, 0));
    const size = shape.reduce((product, n) => product * n, 1);
    arrays.set(name, { shape, data: floats.subarray(position, position + size) });
    position += size;
  }
  if (position !== floats.length) {
    fail(`the header speaks of ${position} numbers, the buffer has ${floats.length}`);
  }
  return arrays;
}

function take(arrays: Arrays, name: string, ...shape: number[]): Float32Array {
  return takeOptional(arrays, name, ...shape) ?? fail(`array ${name} is missing`);
}

function takeOptional(arrays: Arrays, name: string, ...shape: number[]): Float32Array | null {
  const found = arrays.get(name);
  if (!found) return null;
  if (found.shape.length !== shape.length || found.shape.some((n, d) => n !== shape[d])) {
    fail(`array ${name} has the shape (${found.shape}), expected (${shape})`);
  }
  return found.data;
}

function checkKnots(knots: Float32Array, row: number, what: string): void {
  for (let m = 1; m < knots.length; m++) {
    if (m % row !== 0 && !((knots[m] as number) >= (knots[m - 1] as number))) {
      fail(`${what} do not increase`);
    }
  }
}

function sampledFunctions(arrays: Arrays): Map<string, FunctionTable> {
  const tables = new Map<string, FunctionTable>();
  for (const [name, { shape, data }] of arrays) {
    if (!name.startsWith("fn/")) continue;
    const points = shape[1] ?? 0;
    if (shape.length !== 2 || shape[0] !== 2 || points < 2) fail(`array ${name} has a bad shape`);
    tables.set(name.slice(3), { x: data.subarray(0, points), y: data.subarray(points) });
  }
  return tables;
}

interface Named {
  readonly index: number;
  readonly name: string;
}

function namedEdges(header: Json, l: number, inputs: number, outputs: number): Named[] {
  return list(header, "symbolic").flatMap(row => {
    if (!Array.isArray(row) || row[0] !== l) return [];
    const i = count(row[1], "an edge of symbolic", 0, inputs - 1);
    const j = count(row[2], "an edge of symbolic", 0, outputs - 1);
    return [{ index: i * outputs + j, name: text(row[3], "the name of a function") }];
  });
}

/**
 * The constants of named edges. A float32 cannot hold those of a function that is a difference of
 * two large numbers, so a kernel may send what is left of each as a second array.
 */
function symbolicEdges(
  arrays: Arrays,
  l: number,
  named: readonly Named[],
): Map<number, SymbolicEdge> {
  if (named.length === 0) return new Map();
  const high = take(arrays, `${l}/affine`, named.length, 4);
  const low = takeOptional(arrays, `${l}/affine_low`, named.length, 4);
  const at = (row: number, column: number) => {
    const index = 4 * row + column;
    return (high[index] as number) + (low?.[index] ?? 0);
  };
  return new Map(
    named.map(({ index, name }, row) => [
      index,
      { name, a: at(row, 0), b: at(row, 1), c: at(row, 2), d: at(row, 3) },
    ]),
  );
}

function decodeLayer(header: Json, arrays: Arrays, widths: Width[], l: number): EdgeLayer {
  const below = widths[l] as Width;
  const above = widths[l + 1] as Width;
  const inputs = sizeOf(below);
  const outputs = above.sums + 2 * above.products;
  const k = count(list(header, "k")[l], "k", 0, MAX_DEGREE);
  const grid = count(list(header, "grid")[l], "grid", 1);
  const own = (name: string, ...shape: number[]) => take(arrays, `${l}/${name}`, ...shape);
  const knots = own("knots", inputs, grid + 2 * k + 1);
  checkKnots(knots, grid + 2 * k + 1, `the knots of layer ${l}`);
  return {
    inputs,
    outputs,
    sums: above.sums,
    products: above.products,
    k,
    grid,
    base: text(list(header, "base")[l], "base"),
    knots,
    coef: own("coef", inputs, outputs, grid + k),
    scaleBase: own("scale_base", inputs, outputs),
    scaleSpline: own("scale_sp", inputs, outputs),
    mask: own("mask", inputs, outputs),
    importance: own("importance", inputs, outputs),
    range: own("range", inputs, 2),
    hist: takeOptional(arrays, `${l}/hist`, inputs, HIST_BINS),
    symbolic: symbolicEdges(arrays, l, namedEdges(header, l, inputs, outputs)),
    pinned: pinnedEdges(header, l, inputs, outputs),
  };
}

function pinnedEdges(header: Json, layer: number, inputs: number, outputs: number): Set<number> {
  const pinned = Array.isArray(header.pinned) ? header.pinned : [];
  const own = pinned.map(edge => indices(edge, "pinned")).filter(([l]) => l === layer);
  return new Set(
    own.map(([, i = 0, j = 0]) =>
      i < inputs && j < outputs ? i * outputs + j : fail("pinned has no such edge"),
    ),
  );
}

interface Width {
  readonly sums: number;
  readonly products: number;
}

const sizeOf = ({ sums, products }: Width): number => sums + products;

function decodeWidths(header: Json): Width[] {
  const widths = list(header, "width").map(entry => {
    const [sums, products] = Array.isArray(entry) ? entry : [entry, 0];
    return { sums: count(sums, "width", 0), products: count(products, "width", 0) };
  });
  if (widths.length < 2) fail("width has fewer than two layers");
  if (widths.some(({ sums, products }) => sums + products === 0)) fail("width has an empty layer");
  return widths;
}

function names(header: Json, key: string, length: number): string[] {
  const found = list(header, key).map(name => text(name, key));
  return found.length === length ? found : fail(`${key} has ${found.length} names, not ${length}`);
}

function decodeFeatures(header: Json, inputs: number): Feature[] {
  if (!Array.isArray(header.features)) return [];
  const columns = inputs - header.features.length;
  return header.features.map(entry => {
    const [name, ...rest] = Array.isArray(entry) ? entry : [];
    const kind = FEATURE_KINDS.find(known => known === name) ?? fail("features has a bad entry");
    const own = rest.map(column => count(column, "a column of features", 0, columns - 1));
    return own.length === (kind === "product" ? 2 : 1)
      ? { kind, columns: own }
      : fail("features has a bad entry");
  });
}

function decodeMarks(header: Json): [number, string][] {
  return list(header, "marks").map(mark => {
    if (!Array.isArray(mark)) return fail("marks has a bad entry");
    return [count(mark[0], "the step of a mark", 0, 1e12), text(mark[1], "a mark")];
  });
}

function indices(value: unknown, what: string): number[] {
  if (!Array.isArray(value)) return fail(`${what} is not a list`);
  return value.map(index => count(index, what, 0, Number.MAX_SAFE_INTEGER));
}

function decodeNodes(header: Json, widths: readonly Width[]): number[][] | null {
  if (!Array.isArray(header.nodes)) return null;
  const layers = header.nodes.map(layer => indices(layer, "nodes"));
  const fits = layers.length === widths.length;
  return fits && layers.every((layer, l) => layer.length === sizeOf(widths[l] as Width))
    ? layers
    : fail("nodes has another shape than width");
}

function checkFunctions(frame: Frame): void {
  const names = frame.layers.flatMap(layer => [
    layer.base,
    ...[...layer.symbolic.values()].map(edge => edge.name),
  ]);
  for (const name of new Set(names)) {
    if (!findFunction(name, frame.functions)) fail(`no function is called ${JSON.stringify(name)}`);
  }
}

export function decodeFrame(header: unknown, floats: Float32Array): Frame {
  if (!isObject(header)) return fail("the header is not an object");
  if (header.v !== VERSION) return fail(`version ${String(header.v)} is not known`);
  const arrays = splitArrays(header, floats);
  const widths = decodeWidths(header);
  const first = widths[0] as Width;
  const last = widths[widths.length - 1] as Width;
  const loss = arrays.get("loss");
  const frame: Frame = {
    seq: count(header.seq, "seq", 0, Number.MAX_SAFE_INTEGER),
    structure: label(header.structure, "structure"),
    step: count(header.step, "step", 0, Number.MAX_SAFE_INTEGER),
    lamb: typeof header.lamb === "number" ? header.lamb : null,
    playing: header.playing === true,
    status: typeof header.status === "string" ? header.status : "",
    inputs: names(header, "inputs", first.sums + first.products),
    features: decodeFeatures(header, first.sums + first.products),
    outputs: names(header, "outputs", last.sums + last.products),
    layers: widths.slice(1).map((_, l) => decodeLayer(header, arrays, widths, l)),
    marks: decodeMarks(header),
    loss: loss ? take(arrays, "loss", loss.shape[0] ?? 0, LOSS_COLUMNS) : new Float32Array(),
    functions: sampledFunctions(arrays),
    trail: indices(header.trail ?? [], "trail"),
    nodes: decodeNodes(header, widths),
  };
  checkFunctions(frame);
  return frame;
}

/** A frame from an answer: its header, and its numbers in the first buffer or as base64 text. */
export function decodeMessage(header: unknown, buffers: readonly unknown[], data: unknown): Frame {
  const bytes = bytesOf(buffers[0] ?? data);
  return decodeFrame(header, floatsOf(bytes ?? fail("its numbers did not arrive")));
}

/** A frame from the snapshot that a saved notebook carries: `base64(header) + "." + base64(numbers)`. */
export function decodeSnapshot(snapshot: string): Frame {
  const [head = "", body = ""] = snapshot.split(".");
  const headBytes = fromBase64(head) ?? fail("its header is not base64");
  const bodyBytes = fromBase64(body) ?? fail("its numbers are not base64");
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(headBytes));
  } catch {
    return fail("its header is not JSON");
  }
  return decodeFrame(header, floatsOf(bodyBytes));
}

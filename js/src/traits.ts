/** Traits as they may really arrive: anything but the right type is read as absent. */

import type { Host } from "./host";
import type { EdgeId, SavedMoment, Traits } from "./protocol";

const NAMES = [
  "limits",
  "lamb",
  "grid",
  "status",
  "error",
  "formula",
  "history",
  "selected_edge",
  "snapshot",
  "suggestions",
  "playing",
  "moments",
  "hide",
  "front",
  "data",
  "training",
  "test_accuracy",
] as const satisfies readonly (keyof Traits)[];

export class TraitReader {
  static readonly names = NAMES;
  readonly #model: Host;

  constructor(model: Host) {
    this.#model = model;
  }

  get(name: keyof Traits): unknown {
    return this.#model.get(name);
  }

  number(name: "lamb" | "grid" | "lr" | "steps" | "step", otherwise: number): number {
    const value = this.get(name);
    return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
  }

  text(name: "status" | "error" | "snapshot" | "uid" | "script"): string {
    const value = this.get(name);
    return typeof value === "string" ? value : "";
  }

  /** Objects are written by the kernel only, and refused from the page: their fields are believed. */
  object<
    N extends "formula" | "history" | "limits" | "suggestions" | "front" | "data" | "training",
  >(name: N): Traits[N] | null {
    const value = this.get(name);
    return typeof value === "object" && value !== null ? (value as Traits[N]) : null;
  }

  hidden(): ReadonlySet<string> {
    const value = this.get("hide");
    return new Set(Array.isArray(value) ? value : []);
  }

  moments(): readonly SavedMoment[] {
    const value = this.get("moments");
    return Array.isArray(value) ? value : [];
  }

  edge(name: "selected_edge"): EdgeId | null {
    const value = this.get(name);
    if (!Array.isArray(value) || value.length !== 3) return null;
    const [l, i, j] = value as unknown[];
    const isIndex = (n: unknown): n is number => typeof n === "number" && Number.isInteger(n);
    return isIndex(l) && isIndex(i) && isIndex(j) ? [l, i, j] : null;
  }
}

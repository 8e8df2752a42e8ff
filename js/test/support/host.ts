import type { Host } from "../../src/host";
import type { Answer, CommandName, Request } from "../../src/protocol";

type Listener = (...args: never[]) => void;

/** A model that remembers what was sent, and speaks when told. */
export class TestHost implements Host {
  readonly sent: Request[] = [];
  readonly values: Map<string, unknown>;
  readonly listeners = new Map<string, Set<Listener>>();

  constructor(values: Record<string, unknown> = {}) {
    this.values = new Map(Object.entries(values));
  }

  get(name: string): unknown {
    return this.values.get(name);
  }

  send(message: unknown): void {
    this.sent.push(message as Request);
  }

  on(event: string, listener: Listener): void {
    const found = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, found.add(listener));
  }

  off(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }

  get listening(): number {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }

  emit(event: string, ...args: unknown[]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      (listener as (...args: unknown[]) => void)(...args);
    }
  }

  set(name: string, value: unknown): void {
    this.values.set(name, value);
    this.emit(`change:${name}`);
  }

  named(name: CommandName): Request[] {
    return this.sent.filter(request => request.name === name);
  }

  /** Answers the newest request of a name. */
  answer(name: CommandName, more: Partial<Answer> = {}, buffers: unknown[] = []): void {
    const request = this.named(name).at(-1);
    const base = { v: 1, id: request?.id, client: request?.client, ok: true, playing: false };
    this.emit("msg:custom", { ...base, ...more }, buffers);
  }
}

/** Lets promises settle. */
export const settled = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

/**
 * The browser asks, the kernel answers: requests with ids, retries, and the loop that trains.
 *
 * Pure: sending, the clock and timers come from outside, and state is told through one callback.
 * The rules are those of docs/protocol.md. The kernel is the authority on `playing`; the page never
 * trains on its own account, it only keeps asking while the kernel says so.
 */

import { type Answer, type CommandArgs, type CommandName, type Request, VERSION } from "./protocol";
import { Slice } from "./slice";

export interface Clock {
  now(): number;
  /** Runs `action` once after `ms`; returns how to cancel it. */
  after(ms: number, action: () => void): () => void;
}

/**
 * fresh: nothing was ever heard. live: answers come. busy: silent for 1.5 s. silent: silent for 8 s.
 * gone: the host says that the kernel is gone.
 */
export type Health = "fresh" | "live" | "busy" | "silent" | "gone";

export interface PumpPort {
  readonly client: string;
  readonly clock: Clock;
  send(request: Request): void;
  /** An answer that the page waited for. */
  onAnswer(answer: Answer, request: Request, buffers: readonly unknown[]): void;
  /** A frame that came without being asked for, or for another page of the same kernel. */
  onOther(message: Answer, buffers: readonly unknown[]): void;
  onChange(): void;
}

interface Waiting {
  readonly request: Request;
  readonly sentAt: number;
  readonly resolve: (answer: Answer | null) => void;
  pause: number;
  cancelRetry: () => void;
}

const FIRST_RETRY = 3000;
const LONGEST_RETRY = 60_000;
const BUSY_AFTER = 1500;
const SILENT_AFTER = 8000;
const FOLLOW_AFTER = 1000;
const IN_FLIGHT = 2;

const isMessage = (value: unknown): value is Answer =>
  typeof value === "object" && value !== null && (value as { v?: unknown }).v === VERSION;

export class Pump {
  readonly #port: PumpPort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #slice = new Slice();
  #nextId = 1;
  #playing = false;
  #health: Health = "fresh";
  #heardAt = Number.NEGATIVE_INFINITY;
  #depth = IN_FLIGHT;
  #cancelFollow: (() => void) | null = null;
  #cancelWatch: () => void = () => {};
  #closed = false;

  constructor(port: PumpPort) {
    this.#port = port;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get health(): Health {
    return this.#health;
  }

  /** Whether this page has ever heard from a kernel. */
  get heard(): boolean {
    return this.#heardAt > Number.NEGATIVE_INFINITY;
  }

  isPending(name: CommandName): boolean {
    return this.#count(name) > 0;
  }

  pendingNames(): Set<CommandName> {
    return new Set([...this.#waiting.values()].map(({ request }) => request.name));
  }

  /** Sends a command; resolves with its answer, or with null when none can come any more. */
  command<N extends CommandName>(name: N, args: CommandArgs[N]): Promise<Answer | null> {
    if (this.#closed) return Promise.resolve(null);
    return new Promise(resolve => {
      const request: Request = {
        v: VERSION,
        id: this.#nextId++,
        client: this.#port.client,
        name,
        args,
      };
      const waiting: Waiting = {
        request,
        sentAt: this.#port.clock.now(),
        resolve,
        pause: FIRST_RETRY,
        cancelRetry: () => {},
      };
      this.#waiting.set(request.id, waiting);
      this.#transmit(waiting);
      this.#watch();
      this.#port.onChange();
    });
  }

  /** What the kernel says about training. Our own play or stop, still on its way, is newer. */
  hearPlaying(playing: boolean): void {
    if (this.#closed || this.isPending("play") || this.isPending("stop")) return;
    this.#setPlaying(playing);
  }

  receive(message: unknown, buffers: readonly unknown[]): void {
    if (this.#closed || !isMessage(message)) return;
    this.#heardAt = this.#port.clock.now();
    const waiting =
      message.client === this.#port.client && typeof message.id === "number"
        ? this.#waiting.get(message.id)
        : undefined;
    if (waiting) this.#settle(waiting, message, buffers);
    else {
      this.#port.onOther(message, buffers);
      if (message.push === true && typeof message.playing === "boolean") {
        this.hearPlaying(message.playing);
      }
    }
    this.#watch();
    this.#fill();
    this.#port.onChange();
  }

  /** The host says that the kernel is gone: nothing will be answered any more. */
  lose(): void {
    if (this.#closed) return;
    this.close();
    this.#playing = false;
    this.#health = "gone";
    this.#port.onChange();
  }

  close(): void {
    this.#closed = true;
    this.#cancelWatch();
    this.#cancelFollow?.();
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { cancelRetry, resolve } of left) {
      cancelRetry();
      resolve(null);
    }
  }

  #count(name: CommandName): number {
    let count = 0;
    for (const { request } of this.#waiting.values()) if (request.name === name) count++;
    return count;
  }

  #transmit(waiting: Waiting): void {
    this.#port.send(waiting.request);
    waiting.cancelRetry = this.#port.clock.after(waiting.pause, () => {
      waiting.pause = Math.min(2 * waiting.pause, LONGEST_RETRY);
      this.#transmit(waiting);
    });
  }

  #settle(waiting: Waiting, answer: Answer, buffers: readonly unknown[]): void {
    const { request } = waiting;
    const advancesBefore = this.#count("advance");
    this.#waiting.delete(request.id);
    waiting.cancelRetry();
    if (request.name === "advance") this.#settleAdvance(request, answer, advancesBefore);
    if (typeof answer.playing === "boolean") this.hearPlaying(answer.playing);
    // The kernel gets its next request before the page looks at the answer.
    this.#fill();
    this.#port.onAnswer(answer, request, buffers);
    waiting.resolve(answer);
  }

  #settleAdvance(request: Request, answer: Answer, inFlight: number): void {
    if (answer.follow === true) {
      this.#depth = 1;
      this.#cancelFollow ??= this.#port.clock.after(FOLLOW_AFTER, () => {
        this.#cancelFollow = null;
        this.#fill();
      });
      return;
    }
    this.#depth = IN_FLIGHT;
    if (answer.stopped === true) {
      this.hearPlaying(false);
      return;
    }
    const { budget_ms } = request.args as CommandArgs["advance"];
    const { trained_ms } = answer;
    const trained = typeof trained_ms === "number" && trained_ms >= 0 ? trained_ms : budget_ms;
    this.#slice.measure(this.#port.clock.now(), budget_ms, inFlight >= IN_FLIGHT, trained);
  }

  #setPlaying(playing: boolean): void {
    if (playing === this.#playing) return;
    this.#playing = playing;
    if (!playing) {
      this.#cancelFollow?.();
      this.#cancelFollow = null;
      this.#depth = IN_FLIGHT;
      this.#slice.rest();
    }
    this.#fill();
    this.#port.onChange();
  }

  /** Keeps two requests in flight: the kernel trains on one while the other travels. */
  #fill(): void {
    const may = () =>
      !this.#closed &&
      this.#playing &&
      this.#cancelFollow === null &&
      !this.isPending("stop") &&
      this.#count("advance") < this.#depth;
    while (may()) void this.command("advance", { budget_ms: this.#slice.budget });
  }

  /** Silence counts only while something is waited for. */
  #watch(): void {
    this.#cancelWatch();
    this.#cancelWatch = () => {};
    const oldest = this.#waiting.values().next().value;
    if (!oldest) {
      if (this.heard) this.#setHealth("live");
      return;
    }
    const silence = this.#port.clock.now() - Math.max(this.#heardAt, oldest.sentAt);
    if (silence >= SILENT_AFTER) {
      this.#setHealth("silent");
      return;
    }
    if (silence >= BUSY_AFTER) this.#setHealth("busy");
    else if (this.heard) this.#setHealth("live");
    const next = silence >= BUSY_AFTER ? SILENT_AFTER : BUSY_AFTER;
    this.#cancelWatch = this.#port.clock.after(next - silence, () => this.#watch());
  }

  #setHealth(health: Health): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#port.onChange();
  }
}

/**
 * The browser asks, the kernel answers: requests with ids, retries, and the loop that trains.
 *
 * Pure: sending, the clock and timers come from outside, and state is told through one callback.
 * The rules are those of docs/protocol.md. The kernel is the authority on `playing`; the page never
 * trains on its own account, it only keeps asking while the kernel says so.
 *
 * A page asks for several frames at a time (`run`) and for more when half of them came. Where the
 * kernel cannot go on by itself, or its frames do not arrive unasked, every frame is asked for
 * (`advance`).
 */

import { nudge } from "./nudge";
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
  cancelNudges: () => void;
}

const FIRST_RETRY = 3000;
const LONGEST_RETRY = 60_000;
const BUSY_AFTER = 1500;
const SILENT_AFTER = 8000;
const FOLLOW_AFTER = 1000;
const IN_FLIGHT = 2;
const FRAMES = 24;
/** No frame for so long: ask again, in case that they got lost. */
const RUN_AGAIN_AFTER = 500;
/** Longest time for which nothing is drawn because an answer with a picture is on its way. */
const PICTURE_WITHIN = 200;
/** Their answers carry no picture, or nobody waits for it. */
const WITHOUT_PICTURE: ReadonlySet<CommandName> = new Set([
  "advance",
  "run",
  "suggest",
  "select",
  "seek",
  "end_seek",
]);
/** So many pushed frames of which none arrived are no accident. */
const SURELY_LOST = 3;

const isMessage = (value: unknown): value is Answer =>
  typeof value === "object" && value !== null && (value as { v?: unknown }).v === VERSION;

export class Pump {
  readonly #port: PumpPort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #slice = new Slice();
  /** What the kernel trains by when it goes on by itself. */
  #budget = this.#slice.budget;
  #nextId = 1;
  #playing = false;
  #health: Health = "fresh";
  #heardAt = Number.NEGATIVE_INFINITY;
  #depth = IN_FLIGHT;
  /** Whether frames come unasked, as far as is known; every play tries anew. */
  #runs = true;
  #left = 0;
  #arrived = 0;
  #pushedBefore: number | null = null;
  #cancelRunAgain: () => void = () => {};
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

  /** Whether a person did something that will show in a picture any moment. */
  get awaitsPicture(): boolean {
    const now = this.#port.clock.now();
    return [...this.#waiting.values()].some(
      ({ request, sentAt }) => !WITHOUT_PICTURE.has(request.name) && now - sentAt < PICTURE_WITHIN,
    );
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
        cancelNudges: () => {},
      };
      this.#waiting.set(request.id, waiting);
      this.#transmit(waiting);
      if (this.#playing && this.#runs && !WITHOUT_PICTURE.has(name)) this.#nudge(waiting);
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
      if (message.push === true) this.#takePush(message);
      this.#port.onOther(message, buffers);
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
    this.#cancelRunAgain();
    this.#cancelFollow?.();
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { cancelRetry, cancelNudges, resolve } of left) {
      cancelRetry();
      cancelNudges();
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

  #nudge(waiting: Waiting): void {
    waiting.cancelNudges = nudge(this.#port.clock, () => {
      if (this.#mayAsk && this.#runs) this.#run();
    });
  }

  #settle(waiting: Waiting, answer: Answer, buffers: readonly unknown[]): void {
    const { request } = waiting;
    const advancesBefore = this.#count("advance");
    this.#waiting.delete(request.id);
    waiting.cancelRetry();
    waiting.cancelNudges();
    // Also while our own play is on its way: what the kernel was to train before is dropped.
    if (answer.playing === false) this.#left = 0;
    if (answer.follow === true) this.#follow();
    else if (request.name === "advance") this.#settleAdvance(request, answer, advancesBefore);
    else if (request.name === "run") this.#settleRun(request, answer);
    if (typeof answer.playing === "boolean") this.hearPlaying(answer.playing);
    // The kernel gets its next request before the page looks at the answer.
    this.#fill();
    this.#port.onAnswer(answer, request, buffers);
    waiting.resolve(answer);
  }

  /** Another page trains. */
  #follow(): void {
    this.#depth = 1;
    this.#cancelFollow ??= this.#port.clock.after(FOLLOW_AFTER, () => {
      this.#cancelFollow = null;
      this.#fill();
    });
  }

  #settleAdvance(request: Request, answer: Answer, inFlight: number): void {
    this.#depth = IN_FLIGHT;
    if (answer.stopped === true) {
      this.hearPlaying(false);
      return;
    }
    const { budget_ms } = request.args as CommandArgs["advance"];
    this.#measure(answer, budget_ms, inFlight >= IN_FLIGHT);
  }

  #settleRun(request: Request, answer: Answer): void {
    if (answer.stopped === true) {
      this.hearPlaying(false);
      return;
    }
    this.#left = answer.left ?? 0;
    const { pushed = 0 } = answer;
    const isLost = pushed - (this.#pushedBefore ?? pushed) >= SURELY_LOST && this.#arrived === 0;
    // Answers still on their way when pushing was given up do not bring it back.
    this.#runs &&= this.#left > 0 && !isLost;
    this.#budget = (request.args as CommandArgs["run"]).budget_ms;
    this.#pushedBefore = pushed;
    this.#arrived = 0;
    this.#expectPush();
  }

  #takePush(message: Answer): void {
    this.#arrived += 1;
    if (typeof message.left === "number") {
      this.#left = message.left;
      this.#measure(message, this.#budget, true);
      this.#expectPush();
    }
    if (typeof message.playing === "boolean") this.hearPlaying(message.playing);
  }

  #expectPush(): void {
    this.#cancelRunAgain();
    if (!this.#playing || !this.#runs) return;
    this.#cancelRunAgain = this.#port.clock.after(RUN_AGAIN_AFTER, () => {
      this.#left = 0;
      this.#fill();
    });
  }

  #measure({ trained_ms }: Answer, budget: number, saturated: boolean): void {
    const trained = typeof trained_ms === "number" && trained_ms >= 0 ? trained_ms : budget;
    this.#slice.measure(this.#port.clock.now(), budget, saturated, trained);
  }

  #setPlaying(playing: boolean): void {
    if (playing === this.#playing) return;
    this.#playing = playing;
    if (!playing) {
      this.#cancelFollow?.();
      this.#cancelFollow = null;
      this.#cancelRunAgain();
      this.#runs = true;
      this.#left = 0;
      this.#pushedBefore = null;
      this.#depth = IN_FLIGHT;
      this.#slice.rest();
    }
    this.#fill();
    this.#port.onChange();
  }

  get #mayAsk(): boolean {
    return !this.#closed && this.#playing && this.#cancelFollow === null && !this.isPending("stop");
  }

  /** Sees to it that the kernel always knows what to train next. */
  #fill(): void {
    if (this.#runs) this.#runOn();
    else this.#advance();
  }

  #runOn(): void {
    if (this.#mayAsk && !this.isPending("run") && this.#left <= FRAMES / 2) this.#run();
  }

  #run(): void {
    void this.command("run", { frames: FRAMES, budget_ms: this.#slice.budget });
  }

  /** Keeps two requests in flight: the kernel trains on one while the other travels. */
  #advance(): void {
    while (this.#mayAsk && this.#count("advance") < this.#depth) {
      void this.command("advance", { budget_ms: this.#slice.budget });
    }
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

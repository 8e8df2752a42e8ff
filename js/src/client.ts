/**
 * One per widget model: listens to the model, drives the pump, keeps the store. Views of the same
 * model share it, so that a second view costs no second request.
 */

import { batch, effect, untracked } from "@preact/signals";
import type { Frame } from "./frame";
import { FrameFeed } from "./frameFeed";
import { browserClock, type Host, randomName } from "./host";
import { Latest } from "./latest";
import { LookingBack } from "./lookingBack";
import { Moments } from "./moments";
import { hasEdge } from "./names";
import {
  type Answer,
  type CommandArgs,
  type CommandName,
  type EdgeId,
  type EdgeKey,
  edgeId,
  edgeKey,
  type Found,
  type Front,
  type OptionName,
  type OptionValue,
  type Request,
  type Suggestion,
  type Traits,
} from "./protocol";
import { Pump } from "./pump";
import { Seeker } from "./seeker";
import type { TrainingSettings } from "./settings";
import { DEFAULT_LIMITS, Store } from "./store";
import { TraitReader } from "./traits";

/** Objects are empty before the kernel has written them. */
const filled = <T extends object>(value: T | null): T | null =>
  value && Object.keys(value).length > 0 ? value : null;

/** What a search works before it answers: Stop waits no longer, unless a step takes longer. */
const SEEK_MS = 200;

export class Client {
  readonly store = new Store();
  readonly #model: Host;
  readonly #traits: TraitReader;
  readonly #pump: Pump | null;
  readonly #feed: FrameFeed;
  readonly #selection: Latest<EdgeId | null>;
  readonly lookingBack: LookingBack;
  readonly #moments: Moments;
  readonly #seeker: Seeker;
  readonly #options = new Map<OptionName, Latest<OptionValue>>();
  readonly #cleanups: (() => void)[] = [];
  #asked = "";

  constructor(model: Host, isStatic = false) {
    this.#model = model;
    this.#traits = new TraitReader(model);
    this.#feed = new FrameFeed({
      show: frame => this.#show(frame),
      complain: text => this.#complain(text),
      askForText: () => void this.#pump?.command("hello", { binary: false }),
    });
    this.#pump = isStatic ? null : this.#makePump();
    this.#moments = new Moments(this.store, async key => {
      const answer = await this.send("look", { key });
      return answer?.ok ? (answer.moment ?? null) : null;
    });
    this.lookingBack = new LookingBack(this.store, key => this.#moments.frame(key));
    this.#seeker = new Seeker(browserClock, async () => {
      const answer = (await this.#pump?.command("seek", { budget_ms: SEEK_MS })) ?? null;
      if (typeof answer?.spent_s === "number") this.store.spent.value = answer.spent_s;
      return answer;
    });
    this.#selection = new Latest(edge => this.send("select", { edge }));
    if (isStatic) this.store.connection.value = "static";
    this.#listen();
    batch(() => {
      for (const name of TraitReader.names) this.#readTrait(name);
    });
    if (!this.#pump) return;
    void this.#pump.command("hello", { binary: true });
    this.#cleanups.push(effect(() => this.#keepSuggesting()));
  }

  /** Sends a command. Errors that come back are told in the status line. */
  async send<N extends CommandName>(name: N, args: CommandArgs[N]): Promise<Answer | null> {
    this.store.notice.value = null;
    return (await this.#pump?.command(name, args)) ?? null;
  }

  /** Sends a command, unless the same one is still waiting for its answer. */
  once<N extends CommandName>(name: N, args: CommandArgs[N]): void {
    if (this.store.live.value && !this.store.isPending(name)) void this.send(name, args);
  }

  setOption(name: OptionName, value: OptionValue): void {
    let channel = this.#options.get(name);
    if (!channel) {
      channel = new Latest(
        newest => this.send("set_option", { name, value: newest }),
        () => this.#readTrait(name),
      );
      this.#options.set(name, channel);
    }
    if (name === "lamb" && typeof value === "number") this.store.lamb.value = value;
    channel.push(value);
  }

  /** How training goes on, as the kernel has said it. */
  settings(): TrainingSettings {
    const { lamb } = this.store;
    const get = (name: keyof Traits) => this.#traits.get(name);
    const isNumber = (value: unknown): value is number => typeof value === "number";
    const [lr, opt, steps] = [get("lr"), get("opt"), get("steps")];
    return {
      lamb: lamb.value,
      lr: isNumber(lr) ? lr : null,
      opt: typeof opt === "string" ? opt : "auto",
      steps: isNumber(steps) ? steps : 20,
    };
  }

  /** The script of a saved page. */
  get savedScript(): string {
    return this.#traits.text("script");
  }

  /** Asks for the examples, once. */
  async loadGallery(): Promise<void> {
    if (this.store.gallery.value.length > 0 || this.store.isPending("gallery")) return;
    const answer = await this.#pump?.command("gallery", {});
    if (answer?.ok && Array.isArray(answer.gallery)) this.store.gallery.value = answer.gallery;
  }

  select(edge: EdgeId | null): void {
    const before = this.store.selected.value;
    if (before === edge || (before && edge && edgeKey(before) === edgeKey(edge))) return;
    this.store.selected.value = edge;
    if (this.#pump) this.#selection.push(edge);
  }

  /** Goes to a moment of the history; in a saved page only the picture does. */
  jump(key: number): void {
    this.lookingBack.lookAt(null);
    if (this.#pump) this.once("jump", { key });
    else this.#moments.show(key);
  }

  /** Whether a moment can be shown: a saved page has not always had room for all. */
  canShow(key: number): boolean {
    return this.#pump ? this.store.live.value : this.#moments.has(key);
  }

  /** Makes a formula that was found the network; a saved page goes to the point where it was. */
  useFormula({ key, moments }: Found): void {
    if (moments.includes(this.store.moment.value)) return;
    const known = moments.find(moment => this.#moments.has(moment));
    if (this.#pump) this.once("use_formula", { key });
    else if (known !== undefined) this.jump(known);
  }

  /** Draws a moment of the history behind the network, or none. */
  compare(key: number | null): void {
    void this.#moments.compare(key);
  }

  close(): void {
    this.#seeker.close();
    this.#pump?.close();
    this.#feed.close();
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }

  #makePump(): Pump {
    return new Pump({
      client: randomName(),
      clock: browserClock,
      send: request => this.#model.send(request),
      onAnswer: (answer, request, buffers) => this.#heard(answer, request, buffers),
      onOther: (message, buffers) => {
        // Drawing takes the time in which the answer could be read.
        if (!this.#pump?.awaitsPicture) this.#feed.takeMessage(message, buffers);
      },
      onChange: () => this.#readPump(),
    });
  }

  #listen(): void {
    const on = (event: string, action: (...args: never[]) => void) => {
      this.#model.on(event, action);
      this.#cleanups.push(() => this.#model.off(event, action));
    };
    on("msg:custom", (message: unknown, buffers?: readonly unknown[]) => {
      this.#pump?.receive(message, buffers ?? []);
    });
    on("comm_live_update", () => {
      if (this.#model.comm_live !== true) this.#pump?.lose();
    });
    for (const name of TraitReader.names) on(`change:${name}`, () => this.#readTrait(name));
  }

  /** Candidates for the selected edge, again when its network changed or training came to rest. */
  #keepSuggesting(): void {
    const edge = this.store.selected.value;
    const isReady = this.store.structure.value !== "" && this.store.live.value;
    void this.store.playing.value;
    void this.store.moment.value;
    if (edge && isReady) untracked(() => this.#suggest(edge));
  }

  #suggest(edge: EdgeId): void {
    const frame = this.#feed.newest;
    const question = `${edgeKey(edge)} ${frame?.structure} ${frame?.step} ${frame?.trail.at(-1)}`;
    if (question === this.#asked) return;
    this.#asked = question;
    void this.send("suggest", { edge });
  }

  #readTrait(name: keyof Traits | OptionName): void {
    const { store } = this;
    const traits = this.#traits;
    switch (name) {
      case "lamb":
        if (!this.#options.get("lamb")?.busy) store.lamb.value = traits.number("lamb", 0);
        break;
      case "grid":
        store.grid.value = traits.number("grid", 0);
        break;
      case "status":
      case "error":
        store[name].value = traits.text(name);
        break;
      case "limits":
        store.limits.value = { ...DEFAULT_LIMITS, ...traits.object("limits") };
        break;
      case "formula":
        store.formula.value = traits.object("formula");
        break;
      case "front":
        this.#readFront(filled(traits.object("front")));
        break;
      case "data":
        store.data.value = filled(traits.object("data"));
        break;
      case "training":
        store.training.value = filled(traits.object("training"));
        break;
      case "test_accuracy": {
        const share = traits.get("test_accuracy");
        store.testAccuracy.value = typeof share === "number" ? share : null;
        break;
      }
      case "history":
        store.history.value = traits.object("history");
        this.#moments.forget();
        break;
      case "selected_edge":
        if (!this.#selection.busy) store.selected.value = traits.edge("selected_edge");
        break;
      case "playing":
        this.#pump?.hearPlaying(traits.get("playing") === true);
        break;
      case "snapshot":
        this.#feed.takeSnapshot(traits.text("snapshot"));
        break;
      case "hide":
        store.hidden.value = traits.hidden();
        break;
      case "moments":
        if (!this.#pump) this.#moments.keep(traits.moments());
        break;
      case "suggestions":
        // With a kernel every list comes as an answer; a saved page has only these.
        if (!this.#pump) this.#keepSaved(traits.object("suggestions") ?? {});
        break;
      default:
        break;
    }
  }

  #readFront(front: Front | null): void {
    this.store.front.value = front;
    this.store.spent.value = front?.spent_s ?? 0;
    if (front?.searching && this.#pump) this.#seeker.begin();
  }

  #readPump(): void {
    const pump = this.#pump;
    if (!pump) return;
    batch(() => {
      this.store.connection.value = pump.health;
      this.store.heard.value = pump.heard;
      this.store.playing.value = pump.playing;
      const pending = pump.pendingNames();
      const before = this.store.pending.value;
      const same = pending.size === before.size && [...pending].every(name => before.has(name));
      if (!same) this.store.pending.value = pending;
    });
  }

  #heard(answer: Answer, request: Request, buffers: readonly unknown[]): void {
    batch(() => {
      this.#feed.takeMessage(answer, buffers);
      if (answer.ok === false) this.#complain(answer.error?.message ?? "The kernel refused.");
      else if (answer.stopped === true) this.#explain(answer.why ?? "");
      if (request.name === "suggest" && Array.isArray(answer.suggestions)) {
        const { edge } = (request as Request<"suggest">).args;
        this.#keepCandidates(edge, answer.suggestions, answer.keep ?? null);
      }
    });
  }

  #keepCandidates(edge: EdgeId, list: readonly Suggestion[], keep: number | null): void {
    const frame = this.#feed.newest;
    const entry = { list, keep, structure: frame?.structure ?? "", step: frame?.step ?? 0 };
    const candidates = new Map(this.store.candidates.value);
    candidates.set(edgeKey(edge), entry);
    this.store.candidates.value = candidates;
  }

  #keepSaved(saved: Readonly<Record<string, readonly Suggestion[]>>): void {
    for (const [key, list] of Object.entries(saved)) {
      this.#keepCandidates(edgeId(key as EdgeKey), list, null);
    }
  }

  /** Why training stands still, unless the kernel's own status says it already. */
  #explain(why: string): void {
    const isSaid = why === "" || why === this.#traits.text("status");
    if (!isSaid) this.store.notice.value = { text: why, kind: "plain" };
  }

  #complain(text: string): void {
    this.store.notice.value = { text, kind: "error" };
  }

  /** A new picture; an edge that it has no more is let go. */
  #show(frame: Frame): void {
    batch(() => {
      this.store.newest.value = frame;
      this.store.film.add(frame);
      const edge = this.store.selected.value;
      if (edge && !hasEdge(frame, edge)) this.store.selected.value = null;
    });
  }
}

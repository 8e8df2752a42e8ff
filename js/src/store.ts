/** State that the kernel owns, as far as this page knows it. Views read it, only the client writes it. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { Film } from "./film";
import type { Frame } from "./frame";
import { type Draft, withDraft } from "./maths/draft";
import { Network } from "./maths/network";
import type {
  CommandName,
  Data,
  EdgeId,
  EdgeKey,
  Formula,
  Front,
  History,
  Limits,
  Suggestion,
  Tile,
  Training,
} from "./protocol";
import type { Health } from "./pump";

/** Candidates for an edge, and the state of the network that they were fitted to. */
export interface Candidates {
  /** Best first. */
  readonly list: readonly Suggestion[];
  /** What the network loses with the spline kept, by the same measure. */
  readonly keep: number | null;
  readonly structure: string;
  readonly step: number;
}

export interface Compared {
  readonly key: number;
  readonly network: Network;
}

/** `static`: a page without any kernel, now or later. */
export type Connection = Health | "static";

export interface Notice {
  readonly text: string;
  readonly kind: "plain" | "error";
}

export const DEFAULT_LIMITS: Limits = { lamb: [1e-5, 1e-1], grid: [1, 200], opts: [] };

export class Store {
  /** How the network is now; set once per animation frame at most. */
  readonly newest = signal<Frame | null>(null);
  /** The frames of this page, and the one of them that is looked at instead of the newest. */
  readonly film = new Film();
  readonly past = signal<Frame | null>(null);
  /** The frame that is on the screen. */
  readonly frame: ReadonlySignal<Frame | null> = computed(
    () => this.past.value ?? this.newest.value,
  );
  /** What a person is changing by hand, until the kernel has it. */
  readonly draft = signal<Draft | null>(null);
  /** The network on the screen, with the draft in it. */
  readonly network: ReadonlySignal<Network | null> = computed(() => {
    const frame = this.frame.value;
    const draft = this.past.value ? null : this.draft.value;
    return frame && new Network(draft ? withDraft(frame, draft) : frame);
  });
  /** The key of the moment in the history that the newest frame shows; -1 before there is one. */
  readonly moment = computed(() => this.newest.value?.trail.at(-1) ?? -1);
  readonly structure = computed(() => this.frame.value?.structure ?? "");

  readonly connection = signal<Connection>("fresh");
  readonly heard = signal(false);
  readonly playing = signal(false);
  /** The picture changes many times a second: nothing should be set anew or rescaled for each. */
  readonly moving = computed(
    () => this.playing.value || this.past.value !== null || this.draft.value !== null,
  );
  readonly pending = signal<ReadonlySet<CommandName>>(new Set());
  readonly notice = signal<Notice | null>(null);

  readonly lamb = signal(0);
  readonly grid = signal(0);
  readonly limits = signal<Limits>(DEFAULT_LIMITS);
  readonly status = signal("");
  readonly error = signal("");
  readonly formula = signal<Formula | null>(null);
  /** Parts that a lesson does without. */
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  readonly history = signal<History | null>(null);
  /** What a search for formulas has found, and its seconds of work. */
  readonly front = signal<Front | null>(null);
  readonly spent = signal(0);
  readonly data = signal<Data | null>(null);
  readonly training = signal<Training | null>(null);
  /** Of classes: the share of the test rows that are told right. */
  readonly testAccuracy = signal<number | null>(null);
  /** The examples, once they were asked for. */
  readonly gallery = signal<readonly Tile[]>([]);
  /** What the loss is called. */
  readonly measure = computed(() =>
    this.data.value?.task === "classification" ? "cross-entropy" : "RMSE",
  );
  /** Another moment of the history, drawn behind the network. */
  readonly compared = signal<Compared | null>(null);
  readonly selected = signal<EdgeId | null>(null);
  readonly candidates = signal<ReadonlyMap<EdgeKey, Candidates>>(new Map());

  /** Whether commands can reach a kernel. */
  readonly live = computed(
    () => this.connection.value !== "gone" && this.connection.value !== "static",
  );

  /** Why a button that needs the kernel is off, or empty. */
  readonly offReason = computed(() => {
    if (this.connection.value === "static") return "A saved picture has no kernel";
    return this.connection.value === "gone" ? "The kernel is gone" : "";
  });

  isPending(name: CommandName): boolean {
    return this.pending.value.has(name);
  }
}

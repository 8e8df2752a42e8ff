/** Frames as they arrive: checked, the newest kept, shown at the next repaint. */

import { decodeMessage, decodeSnapshot, FrameError } from "./codec";
import type { Frame } from "./frame";
import { nextFrame } from "./host";
import type { Answer } from "./protocol";

export interface FeedPort {
  show(frame: Frame): void;
  /** A frame could not be read; the picture that was there stays. */
  complain(text: string): void;
  /** Binary buffers are lost on the way here: they should come as text. */
  askForText(): void;
}

export class FrameFeed {
  readonly #port: FeedPort;
  #newest: Frame | null = null;
  #cancel: (() => void) | null = null;
  #askedForText = false;
  #isOpen = true;

  constructor(port: FeedPort) {
    this.#port = port;
  }

  /** The newest frame, shown or not. */
  get newest(): Frame | null {
    return this.#newest;
  }

  takeMessage(message: Answer, buffers: readonly unknown[]): void {
    if (message.frame === undefined || message.frame === null) return;
    if (buffers.length === 0 && message.data === undefined) {
      if (!this.#askedForText) this.#port.askForText();
      this.#askedForText = true;
      return;
    }
    this.#take(() => decodeMessage(message.frame, buffers, message.data));
  }

  takeSnapshot(snapshot: string): void {
    if (snapshot) this.#take(() => decodeSnapshot(snapshot));
  }

  close(): void {
    this.#isOpen = false;
    this.#cancel?.();
  }

  #take(decode: () => Frame): void {
    try {
      const frame = decode();
      if (this.#newest && frame.seq <= this.#newest.seq) return;
      const isFirst = this.#newest === null;
      this.#newest = frame;
      if (isFirst) this.#port.show(frame);
      else this.#showSoon();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#port.complain(error.message);
    }
  }

  #showSoon(): void {
    if (!this.#isOpen) return;
    this.#cancel ??= nextFrame(() => {
      this.#cancel = null;
      if (this.#newest) this.#port.show(this.#newest);
    });
  }
}

// A model as a host hands it to a widget, and a kernel behind it that says what it was told to say.
(() => {
  globalThis.KernelModel = class {
    #listeners = new Map();
    comm_live = true;

    constructor(traits, answers) {
      this.traits = traits;
      this.answers = answers;
    }

    get(name) {
      return this.traits[name];
    }

    on(event, listener) {
      const found = this.#listeners.get(event) ?? new Set();
      this.#listeners.set(event, found.add(listener));
    }

    off(event, listener) {
      this.#listeners.get(event)?.delete(listener);
    }

    send({ v, id, client, name }) {
      const more = this.answers[name] ?? {};
      queueMicrotask(() => {
        for (const listener of this.#listeners.get("msg:custom") ?? []) {
          listener({ v, id, client, ok: true, playing: false, ...more }, []);
        }
      });
    }

    get listening() {
      return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
    }
  };
})();

// What a page does while hostile texts are on it: what ran, what was made of them, what is read on the screen.
(() => {
  const SPOKEN = ["title", "aria-label", "aria-valuetext", "value", "placeholder"];
  const QUIET = ["style", "class", "id", "href", "xlink:href", "src", "srcset", "action", "formaction", "data", "d"];
  const ran = [];
  globalThis.kwCanary = () => ran.push(new Error("canary").stack);
  for (const name of ["alert", "confirm", "prompt", "open", "print"]) globalThis[name] = globalThis.kwCanary;

  // Where the clipboard is blocked, what would be copied stands in a field.
  Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });

  const pause = () => new Promise((done) => setTimeout(done));
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const plain = (text) => text.normalize("NFKC").replace(/[\s_\u2212\u200b-\u200f\u2026-]/g, "");

  class Seen {
    constructor(texts) {
      this.texts = texts.filter((text) => text.trim().length > 3);
      this.kinds = new Set();
      this.places = new Set();
      this.words = new Set();
    }

    look(root) {
      for (const element of root.querySelectorAll("*")) {
        this.kinds.add(element.localName);
        for (const { name, value } of element.attributes) {
          this.kinds.add(`@${name}`);
          if (SPOKEN.includes(name)) this.words.add(value);
          if (QUIET.includes(name) && this.texts.some((text) => value.includes(text))) this.places.add(`${name}=${value}`);
        }
        if (element.value !== undefined) this.words.add(String(element.value));
      }
      const texts = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) this.words.add(texts.currentNode.data);
      this.words.add(root.textContent);
    }
  }

  const press = (element, kind = "click") =>
    element?.dispatchEvent(new MouseEvent(kind, { bubbles: true, composed: true, cancelable: true }));

  // Opens everything that can be opened, one after the other, and looks.
  async function tour(root, seen, wait) {
    const act = (name) => root.querySelector(`[data-act="${name}"]`);
    const look = async () => {
      await wait();
      seen.look(root);
    };
    await look();
    for (const edge of [...root.querySelectorAll("[data-edge]")].slice(0, 2)) {
      press(edge);
      await look();
    }
    act("close")?.click();
    const acts = ["data", "settings", "help", "take_away", "code", "compare", "discover", "copy-latex", "copy-python"];
    for (const name of acts) {
      act(name)?.click();
      await look();
    }
    root.querySelector("[data-node]")?.focus();
    for (const name of ["step", "undo", "compare"]) {
      act(name)?.click();
      await look();
    }
    for (const key of [...root.querySelectorAll("[data-moment]")].map((point) => point.dataset.moment)) {
      root.querySelector(`[data-moment="${key}"]`)?.click();
      await look();
    }
  }

  function result(seen, expected) {
    const words = [...seen.words].map(plain).join("\n");
    return {
      ran: ran.splice(0),
      kinds: [...seen.kinds],
      places: [...seen.places],
      missing: expected.filter((text) => !words.includes(plain(text).slice(0, 12))),
    };
  }

  globalThis.hostile = {
    // Of the widget that a host shows.
    async here(root, texts, expected) {
      const seen = new Seen(texts);
      await tour(root, seen, painted);
      return result(seen, expected);
    },
    // Of a widget that is shown for a moment.
    async shown(bundle, { traits, answers, texts, expected }) {
      const seen = new Seen(texts);
      const place = document.body.appendChild(document.createElement("div"));
      const model = new KernelModel(traits, answers);
      const ends = answers
        ? [bundle.default.initialize({ model }), bundle.default.render({ model, el: place })]
        : [bundle.mountStatic(place, traits)];
      await tour(place, seen, pause);
      for (const end of ends.reverse()) end();
      await pause();
      const left = place.childNodes.length + (answers ? model.listening : 0);
      place.remove();
      return { left, ...result(seen, expected) };
    },
  };
})();

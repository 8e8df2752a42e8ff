// A widget that comes and goes, or opens and closes all it has, many times in one page.
(() => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

  function open(bundle, { traits, answers }) {
    const el = document.body.appendChild(document.createElement("div"));
    const model = new KernelModel(traits, answers);
    const ends = [bundle.default.initialize({ model }), bundle.default.render({ model, el })];
    const close = () => {
      for (const end of ends.reverse()) end();
      el.remove();
    };
    return { root: el.firstElementChild, close };
  }

  const press = (element) => element?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  const key = (element, key) => element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));

  // What opens, and how it closes again: the same button, or Escape.
  const TOGGLED = ["data", "settings", "whatif", "help", "compare", "discover", "take_away"];

  async function everything(root) {
    const act = (name) => root.querySelector(`[data-act="${name}"]`);
    for (const name of TOGGLED) {
      for (let n = 0; n < 2; n++) {
        act(name).click();
        await painted();
      }
    }
    press(root.querySelector("[data-edge]"));
    await painted();
    key(root, "Escape");
    root.querySelector("[data-node]").focus();
    await painted();
    root.querySelector("[data-node]").blur();
    await painted();
  }

  let held = null;
  globalThis.leaks = {
    async mounts(bundle, sample, times) {
      for (let n = 0; n < times; n++) {
        const { close } = open(bundle, sample);
        await painted();
        close();
        await painted();
      }
    },
    async panels(bundle, sample, times) {
      held ??= open(bundle, sample);
      for (let n = 0; n < times; n++) await everything(held.root);
    },
    end() {
      held?.close();
      held = null;
    },
  };
})();

// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import widget, { mountStatic } from "../src/index";
import { encodeFrame, encodeSnapshot, fakeNet } from "./support/fakeNet";
import { settled, TestHost } from "./support/host";

let el: HTMLElement;
const saved: { name: string; content: Blob }[] = [];

beforeEach(() => {
  saved.length = 0;
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue({
    ...{ width: 960, height: 552, left: 0, top: 0, right: 960, bottom: 552, x: 0, y: 0 },
    toJSON: () => ({}),
  });
  let content = new Blob();
  vi.spyOn(URL, "createObjectURL").mockImplementation(object => {
    content = object as Blob;
    return "blob:file";
  });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push({ name: this.download, content });
  });
  el = document.createElement("div");
  document.body.append(el);
});

afterEach(() => {
  el.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const net = fakeNet({
  width: [
    [2, 0],
    [1, 0],
  ],
  curve: () => Math.sin,
});

const traits = () => ({
  snapshot: encodeSnapshot(encodeFrame(net)),
  ...{ lamb: 0.01, lr: null, opt: "LBFGS", steps: 7 },
});

const one = <E extends HTMLElement = HTMLElement>(selector: string) =>
  el.querySelector<E>(selector) as E;

const button = (act: string) => one<HTMLButtonElement>(`[data-act="${act}"]`);

const press = (target: Element, key: string) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

function open(more: Record<string, unknown> = {}) {
  const host = new TestHost({ uid: Math.random().toString(), ...traits(), ...more });
  const props = { model: host, el } as unknown as Parameters<typeof widget.render>[0];
  const close = widget.render(props) as () => void;
  host.answer("hello");
  button("take_away").click();
  return { host, close };
}

function clipboard() {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  return writeText;
}

describe("the menu to take away", () => {
  it("saves a picture that is drawn as this page draws", async () => {
    const { host, close } = open();
    await settled();
    button("take-svg").click();
    expect(host.named("take").at(-1)?.args).toEqual({
      what: "svg",
      looks: { theme: "light", y_scale: "common", threshold: 0.02 },
    });
    host.answer("take", { file: "network.svg", mime: "image/svg+xml", text: "<svg/>" });
    await settled();
    expect(saved.map(({ name }) => name)).toEqual(["network.svg"]);
    expect(await saved[0]?.content.text()).toBe("<svg/>");
    close();
  });

  it("shows the text of a file whose download was blocked, selected", async () => {
    const { host, close } = open();
    await settled();
    button("take-html").click();
    host.answer("take", { file: "network.html", mime: "text/html", text: "<!doctype html>" });
    await settled();
    button("by-hand").click();
    await settled();
    const field = one<HTMLTextAreaElement>(".kw-by-hand");
    expect(field.value).toBe("<!doctype html>");
    expect(document.activeElement).toBe(field);
    close();
  });

  it("shows a picture of pixels whose download was blocked", async () => {
    const { host, close } = open();
    await settled();
    button("take-png").click();
    host.answer("take", { file: "network.png", mime: "image/png", data: "iVBORw0KGgo=" });
    await settled();
    button("by-hand").click();
    await settled();
    expect(one<HTMLImageElement>(".kw-pixels").src).toBe("blob:file");
    close();
  });

  it("copies the script, and shows it where the clipboard is blocked", async () => {
    const writeText = clipboard();
    const { host, close } = open();
    await settled();
    button("copy-code").click();
    host.answer("take", { file: "network.py", mime: "text/x-python", text: "import torch" });
    await settled();
    expect(writeText).toHaveBeenCalledWith("import torch");
    vi.stubGlobal("navigator", { clipboard: undefined });
    button("copy-code").click();
    host.answer("take", { file: "network.py", mime: "text/x-python", text: "import torch" });
    await settled();
    expect(one<HTMLTextAreaElement>(".kw-by-hand").value).toBe("import torch");
    close();
  });

  it("passes settings on: what one page copies, another one uses", async () => {
    const writeText = clipboard();
    const first = open();
    await settled();
    button("copy-settings").click();
    await settled();
    const [text] = writeText.mock.calls[0] as unknown as [string];
    first.close();
    const { host, close } = open({ lamb: 0, opt: "Adam" });
    await settled();
    button("paste-settings").click();
    await settled();
    one<HTMLTextAreaElement>(".kw-by-hand").value = text;
    button("use-settings").click();
    await settled();
    expect(host.named("set_option").map(({ args }) => args)).toEqual([
      { name: "lamb", value: 0.01 },
      { name: "lr", value: null },
      { name: "opt", value: "LBFGS" },
      { name: "steps", value: 7 },
    ]);
    close();
  });

  it("says what is wrong with settings and uses none of them", async () => {
    const { host, close } = open();
    await settled();
    button("paste-settings").click();
    await settled();
    one<HTMLTextAreaElement>(".kw-by-hand").value = '{"lamb": 0.1, "steps": 0}';
    button("use-settings").click();
    await settled();
    expect(one('[role="alert"]').textContent).toContain("steps is 0");
    expect(host.named("set_option")).toHaveLength(0);
    close();
  });

  it("closes by Escape, gives the focus back, and lets keys be typed in its fields", async () => {
    const { host, close } = open();
    await settled();
    button("paste-settings").click();
    await settled();
    press(one(".kw-by-hand"), "p");
    expect(host.named("play")).toHaveLength(0);
    press(one(".kw-by-hand"), "Escape");
    await settled();
    expect(one('[data-panel="take"]')).toBeNull();
    expect(document.activeElement).toBe(button("take_away"));
    close();
  });

  it("of a saved page still has the script", async () => {
    const writeText = clipboard();
    const unmount = mountStatic(el, { ...traits(), script: "import kanwidget" });
    button("take_away").click();
    await settled();
    expect(button("take-svg").disabled).toBe(true);
    button("copy-code").click();
    await settled();
    expect(writeText).toHaveBeenCalledWith("import kanwidget");
    unmount();
  });
});

describe("what a lesson hides", () => {
  it("is not there, and its keys do nothing", () => {
    const host = new TestHost({
      uid: "lesson",
      ...traits(),
      hide: ["train", "loss", "history", "what_if"],
    });
    const props = { model: host, el } as unknown as Parameters<typeof widget.render>[0];
    const close = widget.render(props) as () => void;
    for (const gone of ['[data-act="play"]', '[data-act="whatif"]', ".kw-loss", ".kw-history"]) {
      expect(one(gone)).toBeNull();
    }
    press(one(".kanwidget"), "p");
    press(one(".kanwidget"), "c");
    expect(host.sent.map(({ name }) => name)).toEqual(["hello"]);
    expect(button("prune")).not.toBeNull();
    close();
  });

  it("gives its room back", () => {
    const host = new TestHost({ uid: "bare", ...traits(), hide: ["panel", "formula", "toolbar"] });
    const props = { model: host, el } as unknown as Parameters<typeof widget.render>[0];
    const close = widget.render(props) as () => void;
    expect(one(".kw-graph").style.width).toBe("958px");
    expect(one(".kanwidget").style.height).toBe("499px");
    close();
  });
});

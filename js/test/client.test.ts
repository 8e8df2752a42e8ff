// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Client } from "../src/client";
import { shareClient } from "../src/sharing";
import { encodeData, encodeFrame, encodeSnapshot, type FakeNet, fakeNet } from "./support/fakeNet";
import { settled, TestHost } from "./support/host";

let net: FakeNet;
let host: TestHost;
let client: Client;
let frames: (() => void)[];

/** Runs what waits for the next repaint. */
const repaint = () => {
  for (const action of frames.splice(0)) action();
};

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (action: () => void) => frames.push(action));
  vi.stubGlobal("cancelAnimationFrame", () => {
    frames = [];
  });
  net = fakeNet({
    width: [
      [2, 0],
      [2, 0],
      [1, 0],
    ],
    curve: () => Math.sin,
    inputs: ["x", "y"],
  });
  host = new TestHost({ snapshot: encodeSnapshot(encodeFrame(net)), lamb: 0.01, uid: "one" });
  client = new Client(host);
});

afterEach(() => {
  client.close();
  vi.unstubAllGlobals();
});

const nextFrame = (change: (net: FakeNet) => void = () => {}) => {
  net.seq += 1;
  change(net);
  return encodeFrame(net);
};

const buffersOf = (encoded: ReturnType<typeof encodeFrame>) => [
  new DataView(encoded.floats.buffer),
];

describe("a page that opens", () => {
  it("draws the snapshot at once, then says hello", () => {
    expect(client.store.frame.value?.inputs).toEqual(["x", "y"]);
    expect(host.sent.map(({ name, args }) => [name, args])).toEqual([["hello", { binary: true }]]);
    expect(client.store.lamb.value).toBe(0.01);
  });

  it("opens without a snapshot, with one that is damaged, and with traits of wrong types", () => {
    for (const snapshot of ["", "garbage", 7, null]) {
      const odd = new Client(new TestHost({ snapshot, lamb: "much", limits: {}, history: null }));
      expect(odd.store.frame.value).toBeNull();
      expect(odd.store.lamb.value).toBe(0);
      expect(odd.store.limits.value.lamb).toEqual([1e-5, 1e-1]);
      odd.close();
    }
  });

  it("asks for text when binary buffers do not arrive", () => {
    const encoded = nextFrame();
    host.answer("hello", { frame: encoded.header });
    expect(host.sent.at(-1)?.args).toEqual({ binary: false });
    host.answer("hello", { frame: encoded.header, data: encodeData(encoded) });
    repaint();
    expect(client.store.frame.value?.seq).toBe(net.seq);
  });
});

describe("frames", () => {
  const oneStepOn = () =>
    nextFrame(made => {
      made.step += 1;
    });

  const push = () => {
    const encoded = oneStepOn();
    const message = { v: 1, push: true, playing: false, frame: encoded.header };
    host.emit("msg:custom", message, buffersOf(encoded));
  };

  it("are drawn once per repaint, the newest only", () => {
    host.answer("hello");
    for (let n = 0; n < 3; n++) push();
    expect(client.store.frame.value?.step).toBe(0);
    expect(frames).toHaveLength(1);
    repaint();
    expect(client.store.frame.value?.step).toBe(3);
  });

  it("that come unasked wait while an answer with a picture is on its way", () => {
    host.answer("hello");
    void client.send("undo", {});
    push();
    repaint();
    expect(client.store.frame.value?.step).toBe(0);
    const encoded = oneStepOn();
    host.answer("undo", { frame: encoded.header }, buffersOf(encoded));
    repaint();
    expect(client.store.frame.value?.step).toBe(2);
    push();
    repaint();
    expect(client.store.frame.value?.step).toBe(3);
  });

  it("that come unasked are drawn while nobody waits for a picture", () => {
    host.answer("hello");
    client.select([0, 1, 0]);
    push();
    repaint();
    expect(client.store.frame.value?.step).toBe(1);
  });

  it("that are older than the picture are ignored", () => {
    const old = encodeFrame({ ...net, seq: 0, step: 99 });
    host.answer("hello", { frame: old.header }, buffersOf(old));
    repaint();
    expect(client.store.frame.value?.step).toBe(0);
  });

  it("that cannot be read are told in words, and the picture stays", () => {
    const before = client.store.frame.value;
    const encoded = nextFrame();
    host.answer("hello", { frame: { ...encoded.header, k: ["three", 3] } }, buffersOf(encoded));
    repaint();
    expect(client.store.frame.value).toBe(before);
    expect(client.store.notice.value).toMatchObject({ kind: "error" });
    expect(client.store.notice.value?.text).toContain("k is three");
  });

  it("for another page of the same kernel are pictures too", () => {
    host.answer("hello");
    const encoded = nextFrame(made => {
      made.step = 5;
    });
    const message = {
      v: 1,
      id: 1,
      client: "other",
      ok: true,
      playing: true,
      frame: encoded.header,
    };
    host.emit("msg:custom", message, buffersOf(encoded));
    repaint();
    expect(client.store.frame.value?.step).toBe(5);
    expect(client.store.playing.value).toBe(false);
  });
});

describe("settings", () => {
  it("are sent one at a time, and of many moves the last always arrives", async () => {
    for (const value of [0.001, 0.002, 0.003, 0.004]) client.setOption("lamb", value);
    expect(host.named("set_option").map(({ args }) => args)).toEqual([
      { name: "lamb", value: 0.001 },
    ]);
    expect(client.store.lamb.value).toBe(0.004);
    host.set("lamb", 0.001);
    expect(client.store.lamb.value).toBe(0.004);
    host.answer("set_option");
    await settled();
    expect(host.named("set_option").at(-1)?.args).toEqual({ name: "lamb", value: 0.004 });
    host.set("lamb", 0.004);
    host.answer("set_option");
    await settled();
    expect(client.store.lamb.value).toBe(0.004);
  });

  it("stay where they were put while the trait is still on its way", async () => {
    client.setOption("lamb", 0.05);
    host.answer("set_option");
    await settled();
    expect(client.store.lamb.value).toBe(0.05);
    host.set("lamb", 0.05);
    expect(client.store.lamb.value).toBe(0.05);
  });

  it("that the kernel refuses go back to what is true, with the reason", async () => {
    client.setOption("lamb", 0.05);
    host.answer("set_option", {
      ok: false,
      error: { type: "OptionError", message: "lamb is fixed" },
    });
    await settled();
    expect(client.store.lamb.value).toBe(0.01);
    expect(client.store.notice.value).toEqual({ kind: "error", text: "lamb is fixed" });
  });

  it("from Python move the slider", () => {
    host.set("lamb", 0.1);
    expect(client.store.lamb.value).toBe(0.1);
  });
});

describe("the selected edge", () => {
  const suggestion = {
    name: "sin",
    r2: 0.9,
    complexity: 2,
    affine: [1, 0, 1, 0] as const,
    net_rmse: 0.1,
  };

  it("is told to the kernel, and its candidates are asked for once", () => {
    client.select([0, 1, 0]);
    client.select([0, 1, 0]);
    expect(host.named("select").map(({ args }) => args)).toEqual([{ edge: [0, 1, 0] }]);
    expect(host.named("suggest")).toHaveLength(1);
    host.answer("suggest", { suggestions: [suggestion], keep: 0.2 });
    expect(client.store.candidates.value.get("0,1,0")).toMatchObject({
      list: [suggestion],
      keep: 0.2,
    });
  });

  it("may come from Python, but not from an echo of an older choice", async () => {
    host.set("selected_edge", [1, 0, 0]);
    expect(client.store.selected.value).toEqual([1, 0, 0]);
    client.select([0, 0, 0]);
    host.set("selected_edge", [1, 0, 0]);
    expect(client.store.selected.value).toEqual([0, 0, 0]);
    host.answer("select");
    await settled();
    host.set("selected_edge", null);
    expect(client.store.selected.value).toBeNull();
  });

  it("gets new candidates when the structure changed", () => {
    client.select([0, 1, 0]);
    host.answer("suggest", { suggestions: [] });
    const encoded = nextFrame(made => {
      made.structure += 1;
    });
    host.answer("select", { frame: encoded.header }, buffersOf(encoded));
    repaint();
    expect(host.named("suggest")).toHaveLength(2);
  });
});

describe("the end", () => {
  it("of the kernel is said at once, and later frames are ignored", () => {
    host.emit("comm_live_update");
    expect(client.store.connection.value).toBe("gone");
    expect(client.store.live.value).toBe(false);
    const encoded = nextFrame();
    host.emit("msg:custom", { v: 1, push: true, frame: encoded.header }, buffersOf(encoded));
    repaint();
    expect(client.store.frame.value?.seq).toBe(1);
    const before = host.sent.length;
    client.once("step", {});
    expect(host.sent).toHaveLength(before);
  });

  it("of a client leaves no listener behind", () => {
    expect(host.listening).toBeGreaterThan(5);
    client.close();
    expect(host.listening).toBe(0);
  });
});

describe("views of one model", () => {
  const face = (values: Record<string, unknown>) => new TestHost(values);

  it("share a client by uid, whatever object the host hands over", () => {
    const [a, b] = [shareClient(face({ uid: "m" })), shareClient(face({ uid: "m" }))];
    expect(a.client).toBe(b.client);
    const other = shareClient(face({ uid: "n" }));
    expect(other.client).not.toBe(a.client);
    for (const lease of [a, b, other]) lease.release();
  });

  it("share it without a uid when layout and picture are the same", () => {
    const layout = {};
    const [a, b] = [1, 2].map(() => shareClient(face({ layout, snapshot: "x" })));
    const c = shareClient(face({ layout: {}, snapshot: "x" }));
    expect(a?.client).toBe(b?.client);
    expect(c.client).not.toBe(a?.client);
    for (const lease of [a, b, c]) lease?.release();
  });

  it("close it when the last one goes, and only once each", () => {
    const model = face({ uid: "q" });
    const first = shareClient(model);
    const second = shareClient(model);
    first.release();
    first.release();
    expect(model.listening).toBeGreaterThan(0);
    second.release();
    expect(model.listening).toBe(0);
    const again = shareClient(model);
    expect(again.client).not.toBe(first.client);
    again.release();
  });
});

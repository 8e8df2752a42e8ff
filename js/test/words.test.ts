import { describe, expect, it } from "vitest";
import { decodeFrame } from "../src/codec";
import { layoutNetwork } from "../src/maths/layout";
import { statusOf } from "../src/statusText";
import { Store } from "../src/store";
import { slotBeside } from "../src/views/graph/keys";
import { panBy, unzoom, zoomAbout } from "../src/views/graph/zoom";
import { affineText } from "../src/views/panel/affineText";
import { encodeFrame, fakeNet } from "./support/fakeNet";
import { randomNet } from "./support/nets";

const x = { stem: "x", sub: "1" };
const text = (name: string, a: number, b: number, c: number, d: number) =>
  affineText({ name, a, b, c, d }, x);

describe("a fitted function in words", () => {
  it("leaves out ones and zeros", () => {
    expect(text("sin", 1, 0, 1, 0)).toBe("sin(x₁)");
    expect(text("x^2", 1, 0, 1, 0)).toBe("x₁²");
    expect(text("exp", 1, 0, -2, 0.5)).toBe("−2 exp(x₁) + 0.5");
    expect(text("0", 1, 0, 1, 0.25)).toBe("0.25");
  });

  it("knows π only where it is exact", () => {
    expect(text("sin", Math.fround(Math.PI), -0.5, 1, 0)).toBe("sin(π x₁ − 0.5)");
    expect(text("sin", 3.1417, 0, 1, 0)).toBe("sin(3.14 x₁)");
    expect(text("cos", -2 * Math.PI, 0, 1, 0)).toBe("cos(−2π x₁)");
  });

  it("sets brackets where they are needed", () => {
    expect(text("1/x", 2, 1, 1, 0)).toBe("1/(2 x₁ + 1)");
    expect(text("sqrt", 1, 2, 1, 0)).toBe("√(x₁ + 2)");
    expect(text("abs", 1, 2, 1, 0)).toBe("|x₁ + 2|");
    expect(text("gaussian", 1, 0, 1, 0)).toBe("gauss(x₁)");
    expect(affineText({ name: "x^2", a: 1, b: 0, c: 1, d: 0 }, { stem: "x", sub: "" })).toBe("x²");
  });

  it("leaves the letters of a function's own name alone", () => {
    expect(text("relax_x", 1, 0, 1, 0)).toBe("relax_x(x₁)");
    expect(text("my_exp", 1, 2, 1, 0)).toBe("my_exp(x₁ + 2)");
  });
});

describe("the status line", () => {
  const { header, floats } = encodeFrame({
    ...fakeNet({
      width: [
        [1, 0],
        [1, 0],
      ],
      curve: () => Math.sin,
    }),
    step: 30,
  });
  const make = (change: (store: Store) => void = () => {}) => {
    const store = new Store();
    store.newest.value = decodeFrame(header, floats);
    store.connection.value = "live";
    store.heard.value = true;
    change(store);
    return statusOf({ store, net: null, layout: null, threshold: 0.02 });
  };

  it("says what is going on", () => {
    expect(make().text).toBe("Paused at step 30.");
    expect(
      make(store => {
        store.status.value = "Fixed sin, r² 0.9996.";
      }).text,
    ).toBe("Fixed sin, r² 0.9996.");
    const playing = make(store => {
      store.playing.value = true;
    });
    expect(playing).toMatchObject({
      text: "Training, step 30.",
      spoken: "Training.",
      led: "on",
      state: "playing",
    });
  });

  it("says the worst first", () => {
    const broken = (store: Store) => {
      store.error.value = "DataError: column 3";
      store.playing.value = true;
    };
    expect(make(broken)).toMatchObject({
      text: "DataError: column 3",
      led: "error",
      state: "error",
    });
    expect(
      make(store => {
        broken(store);
        store.connection.value = "gone";
      }).state,
    ).toBe("gone");
  });

  it("tells silence of a kernel that was there from one that never was", () => {
    expect(
      make(store => {
        store.connection.value = "busy";
      }).text,
    ).toBe("The kernel is busy.");
    expect(
      make(store => {
        store.connection.value = "silent";
      }).text,
    ).toMatch(/^No answer/);
    expect(
      make(store => {
        store.connection.value = "silent";
        store.heard.value = false;
      }).text,
    ).toMatch(/^No kernel yet/);
  });

  it("says what takes long while it does", () => {
    const naming = make(store => {
      store.pending.value = new Set(["auto_symbolic"]);
    });
    expect(naming).toMatchObject({ text: "Naming the open edges …", led: "on" });
  });

  it("keeps every sentence of its own below eighty characters", () => {
    for (const connection of ["gone", "silent", "busy", "static"] as const) {
      expect(
        make(store => {
          store.connection.value = connection;
        }).text.length,
      ).toBeLessThanOrEqual(80);
    }
  });
});

describe("arrow keys", () => {
  const layout = layoutNetwork(randomNet([2, 3, 1], 1), {
    ...{ width: 672, height: 430, threshold: 0.02, inputWidth: 92, outputWidth: 76 },
    ...{ outputHeight: 30, nodeRadius: 10 },
  });
  const [first, second] = layout.columns;

  it("go along a layer and stop at its ends", () => {
    const [a, b] = first?.slots ?? [];
    expect(slotBeside(layout, a?.key ?? null, "ArrowDown")).toBe(b);
    expect(slotBeside(layout, a?.key ?? null, "ArrowUp")).toBe(a);
  });

  it("go to the nearest slot of the next layer", () => {
    const there = slotBeside(layout, first?.slots[0]?.key ?? null, "ArrowRight");
    expect(there?.edge[0]).toBe(1);
    expect(slotBeside(layout, second?.slots[0]?.key ?? null, "ArrowRight")).toBe(second?.slots[0]);
  });

  it("begin at the first slot when they stand nowhere", () => {
    expect(slotBeside(layout, null, "ArrowDown")).toBe(first?.slots[0]);
  });
});

describe("zooming", () => {
  const fit = { scale: 1, x: 0, y: 0 };

  it("keeps the point under the pointer where it is", () => {
    const zoom = zoomAbout(fit, 2, 100, 50, 600, 400);
    expect(unzoom(zoom, 100, 50)).toEqual({ x: 100, y: 50 });
    expect(zoom.scale).toBe(2);
  });

  it("never shows what lies outside, and fits when it is zoomed out", () => {
    const zoom = zoomAbout(fit, 2, 0, 0, 600, 400);
    expect(panBy(zoom, 900, -9000, 600, 400)).toEqual({ scale: 2, x: 0, y: -400 });
    expect(zoomAbout(zoom, 0.1, 300, 200, 600, 400)).toEqual(fit);
  });
});

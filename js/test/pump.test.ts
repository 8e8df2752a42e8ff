import { beforeEach, describe, expect, it } from "vitest";
import type { Answer, CommandName, Request } from "../src/protocol";
import { Pump } from "../src/pump";
import { TestClock } from "./support/clock";

const CLIENT = "me";

let clock: TestClock;
let sent: Request[];
let answers: Answer[];
let others: Answer[];
let pump: Pump;

beforeEach(() => {
  clock = new TestClock();
  sent = [];
  answers = [];
  others = [];
  pump = new Pump({
    client: CLIENT,
    clock,
    send: request => sent.push(request),
    onAnswer: answer => answers.push(answer),
    onOther: message => others.push(message),
    onChange: () => {},
  });
});

const answer = (request: Request | undefined, more: Partial<Answer> = {}): void =>
  pump.receive({ v: 1, id: request?.id, client: CLIENT, ok: true, playing: true, ...more }, []);

const sentNamed = (name: CommandName): Request[] => sent.filter(request => request.name === name);
const advances = (): Request[] => sentNamed("advance");

function startPlaying(): void {
  void pump.command("play", {});
  answer(sent[0]);
}

describe("requests", () => {
  it("have rising ids and resolve with their own answer", async () => {
    const first = pump.command("undo", {});
    const second = pump.command("redo", {});
    expect(sent.map(({ id, client, v, name }) => [id, client, v, name])).toEqual([
      [1, CLIENT, 1, "undo"],
      [2, CLIENT, 1, "redo"],
    ]);
    answer(sent[1], { playing: false, why: "second" });
    answer(sent[0], { playing: false, why: "first" });
    expect((await first)?.why).toBe("first");
    expect((await second)?.why).toBe("second");
  });

  it("are sent again with the same id after 3, 6 and 12 seconds, then never once answered", () => {
    void pump.command("undo", {});
    clock.pass(2999);
    expect(sent).toHaveLength(1);
    clock.pass(1);
    expect(sent).toHaveLength(2);
    clock.pass(6000);
    expect(sent).toHaveLength(3);
    clock.pass(12_000);
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    answer(sent[0], { playing: false });
    clock.pass(200_000);
    expect(sent).toHaveLength(4);
    expect(clock.waiting).toBe(0);
  });

  it("are answered once: a repeated answer is dropped", () => {
    void pump.command("undo", {});
    answer(sent[0], { playing: false });
    answer(sent[0], { playing: false });
    expect(answers).toHaveLength(1);
  });

  it("do not take answers for others, unknown ids or another version", () => {
    void pump.command("undo", {});
    pump.receive({ v: 1, id: 1, client: "somebody", ok: true }, []);
    pump.receive({ v: 1, id: 77, client: CLIENT, ok: true }, []);
    pump.receive({ v: 2, id: 1, client: CLIENT, ok: true }, []);
    pump.receive("nonsense", []);
    pump.receive(null, []);
    expect(answers).toHaveLength(0);
    expect(others).toHaveLength(2);
  });
});

describe("playing", () => {
  it("begins when the kernel says so, with two requests in flight", () => {
    void pump.command("play", {});
    expect(advances()).toHaveLength(0);
    answer(sent[0]);
    expect(pump.playing).toBe(true);
    expect(advances()).toHaveLength(2);
  });

  it("asks again for every answer and never has more than two in flight", () => {
    startPlaying();
    for (let n = 0; n < 20; n++) {
      clock.pass(40);
      answer(advances()[n]);
      expect(advances()).toHaveLength(n + 3);
    }
  });

  it("resumes in a page that finds it true", () => {
    pump.hearPlaying(true);
    expect(advances()).toHaveLength(2);
  });

  it("ends when the kernel stands still, and says why through the answer", () => {
    startPlaying();
    answer(advances()[0], { playing: false, stopped: true, why: "The loss became NaN." });
    expect(pump.playing).toBe(false);
    answer(advances()[1], { playing: false, stopped: true });
    expect(advances()).toHaveLength(2);
    expect(answers.at(-2)?.why).toBe("The loss became NaN.");
  });

  it("ends when an error comes with playing false, and goes on when playing is true", () => {
    startPlaying();
    answer(advances()[0], { ok: false, error: { type: "X", message: "x" } });
    expect(advances()).toHaveLength(3);
    answer(advances()[1], { ok: false, playing: false, error: { type: "X", message: "x" } });
    expect(pump.playing).toBe(false);
  });

  it("asks no more once stop is on its way, though late answers still say true", () => {
    startPlaying();
    void pump.command("stop", {});
    answer(advances()[0]);
    answer(advances()[1]);
    expect(advances()).toHaveLength(2);
    answer(sentNamed("stop")[0], { playing: false });
    expect(pump.playing).toBe(false);
    clock.pass(60_000);
    expect(advances()).toHaveLength(2);
  });

  it("is not stopped by an old trait while play is on its way", () => {
    void pump.command("play", {});
    pump.hearPlaying(false);
    answer(sent[0]);
    expect(pump.playing).toBe(true);
  });

  it("stops at once when the trait says false", () => {
    startPlaying();
    pump.hearPlaying(false);
    answer(advances()[0], { playing: false, stopped: true });
    expect(advances()).toHaveLength(2);
  });

  it("survives a lost answer: the same request goes out again, and then play goes on", () => {
    startPlaying();
    answer(advances()[1]);
    const lost = advances()[0] as Request;
    clock.pass(3000);
    expect(sent.filter(({ id }) => id === lost.id)).toHaveLength(2);
    answer(lost);
    expect(pump.playing).toBe(true);
  });

  it("learns of a running fit from pushed frames", () => {
    pump.receive({ v: 1, push: true, playing: false, frame: {} }, []);
    expect(others).toHaveLength(1);
    expect(advances()).toHaveLength(0);
  });
});

describe("following another page", () => {
  it("asks once a second, one request at a time, and leads again when it may", () => {
    startPlaying();
    answer(advances()[0], { follow: true });
    answer(advances()[1], { follow: true });
    clock.pass(999);
    expect(advances()).toHaveLength(2);
    clock.pass(1);
    expect(advances()).toHaveLength(3);
    answer(advances()[2], { follow: true });
    clock.pass(1000);
    expect(advances()).toHaveLength(4);
    answer(advances()[3]);
    expect(advances()).toHaveLength(6);
  });

  it("stops asking when training stops", () => {
    startPlaying();
    answer(advances()[0], { follow: true });
    pump.hearPlaying(false);
    clock.pass(5000);
    expect(advances().filter(({ id }) => id > 3)).toHaveLength(0);
  });
});

describe("health", () => {
  it("is fresh until the first answer", () => {
    void pump.command("hello", { binary: true });
    expect(pump.health).toBe("fresh");
    expect(pump.heard).toBe(false);
    answer(sent[0], { playing: false });
    expect(pump.health).toBe("live");
    expect(pump.heard).toBe(true);
  });

  it("turns busy after 1.5 s of silence and silent after 8 s, and live with any answer", () => {
    startPlaying();
    clock.pass(1499);
    expect(pump.health).toBe("live");
    clock.pass(1);
    expect(pump.health).toBe("busy");
    clock.pass(6499);
    expect(pump.health).toBe("busy");
    clock.pass(1);
    expect(pump.health).toBe("silent");
    answer(advances()[0]);
    expect(pump.health).toBe("live");
  });

  it("stays live through any silence in which nothing is asked", () => {
    void pump.command("undo", {});
    answer(sent[0], { playing: false });
    clock.pass(100_000);
    expect(pump.health).toBe("live");
  });

  it("counts silence from the request, not from an answer of long ago", () => {
    void pump.command("undo", {});
    answer(sent[0], { playing: false });
    clock.pass(60_000);
    void pump.command("redo", {});
    clock.pass(1000);
    expect(pump.health).toBe("live");
    clock.pass(500);
    expect(pump.health).toBe("busy");
  });

  it("is gone for good when the host says so: nothing is sent, waiting ends, timers end", async () => {
    startPlaying();
    const undo = pump.command("undo", {});
    pump.lose();
    expect(await undo).toBeNull();
    expect(pump.health).toBe("gone");
    expect(pump.playing).toBe(false);
    expect(clock.waiting).toBe(0);
    const before = sent.length;
    expect(await pump.command("play", {})).toBeNull();
    answer(advances()[0]);
    expect(sent).toHaveLength(before);
    expect(answers.filter(({ id }) => id === advances()[0]?.id)).toHaveLength(0);
  });
});

describe("the slice", () => {
  const settle = (overhead: number, rounds = 60): number => {
    startPlaying();
    for (let n = 0; n < rounds; n++) {
      const request = advances()[n] as Request<"advance">;
      clock.pass(request.args.budget_ms + overhead);
      answer(request);
    }
    return (advances().at(-1) as Request<"advance">).args.budget_ms;
  };

  it("aims at thirty frames a second when the overhead allows it", () => {
    const budget = settle(6);
    expect(1000 / (budget + 6)).toBeGreaterThan(28);
    expect(1000 / (budget + 6)).toBeLessThan(34);
  });

  it("grows with the overhead, but leaves twenty frames a second as long as it can", () => {
    const budget = settle(14);
    expect(budget / (budget + 14)).toBeGreaterThan(0.66);
    expect(1000 / (budget + 14)).toBeGreaterThan(20);
  });

  it("gives nearly half of the time to training even when every answer is slow", () => {
    const budget = settle(60, 120);
    expect(budget / (budget + 60)).toBeGreaterThan(0.42);
  });

  it("asks for less where the kernel says that it always trains longer", () => {
    startPlaying();
    for (let n = 0; n < 60; n++) {
      const request = advances()[n] as Request<"advance">;
      const trained_ms = request.args.budget_ms + 18;
      clock.pass(trained_ms + 8);
      answer(request, { trained_ms });
    }
    const { budget_ms } = (advances().at(-1) as Request<"advance">).args;
    expect(1000 / (budget_ms + 18 + 8)).toBeGreaterThan(26);
  });

  it("stays between 10 and 100 ms", () => {
    expect(settle(0)).toBeLessThanOrEqual(34);
    expect(settle(300, 100)).toBe(100);
  });

  it("learns nothing from a page that was frozen", () => {
    startPlaying();
    const before = (advances()[0] as Request<"advance">).args.budget_ms;
    clock.pass(40);
    answer(advances()[0]);
    clock.pass(2500);
    answer(advances()[1]);
    expect((advances().at(-1) as Request<"advance">).args.budget_ms).toBe(before);
  });
});

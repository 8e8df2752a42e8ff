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
const runs = (): Request[] => sentNamed("run");
const budgetOf = (request: Request | undefined): number =>
  (request as Request<"advance" | "run">).args.budget_ms;

const answerRun = (more: Partial<Answer> = {}): void =>
  answer(runs().at(-1), { left: 24, pushed: 0, ...more });

/** A frame that the kernel sends by itself. */
const push = (left: number, more: Partial<Answer> = {}): void =>
  pump.receive({ v: 1, push: true, playing: true, left, trained_ms: 25, ...more }, []);

function startPlaying(): void {
  void pump.command("play", {});
  answer(sentNamed("play").at(-1));
}

/** A kernel that goes on by itself. */
function startRunning(): void {
  startPlaying();
  answerRun();
}

/** A kernel that has to be asked for every frame. */
function startAdvancing(): void {
  startPlaying();
  answerRun({ left: 0 });
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
  it("begins when the kernel says so, and asks for 24 frames once", () => {
    void pump.command("play", {});
    expect(runs()).toHaveLength(0);
    answer(sent[0]);
    expect(pump.playing).toBe(true);
    answerRun();
    expect(runs().map(({ args }) => args)).toEqual([{ frames: 24, budget_ms: 22 }]);
    expect(advances()).toHaveLength(0);
  });

  it("resumes in a page that finds it true", () => {
    pump.hearPlaying(true);
    expect(runs()).toHaveLength(1);
  });

  it("is not stopped by an old trait while play is on its way", () => {
    void pump.command("play", {});
    pump.hearPlaying(false);
    answer(sent[0]);
    expect(pump.playing).toBe(true);
  });

  it("does not begin with frames of a fit that has ended", () => {
    push(3, { playing: false });
    expect(others).toHaveLength(1);
    expect(sent).toHaveLength(0);
    expect(clock.waiting).toBe(0);
  });
});

describe("frame by frame", () => {
  it("has two requests in flight where the kernel cannot go on by itself", () => {
    startAdvancing();
    expect(advances()).toHaveLength(2);
  });

  it("asks again for every answer and never has more than two in flight", () => {
    startAdvancing();
    for (let n = 0; n < 20; n++) {
      clock.pass(40);
      answer(advances()[n]);
      expect(advances()).toHaveLength(n + 3);
    }
  });

  it("ends when the kernel stands still, and says why through the answer", () => {
    startAdvancing();
    answer(advances()[0], { playing: false, stopped: true, why: "The loss became NaN." });
    expect(pump.playing).toBe(false);
    answer(advances()[1], { playing: false, stopped: true });
    expect(advances()).toHaveLength(2);
    expect(answers.at(-2)?.why).toBe("The loss became NaN.");
  });

  it("ends when an error comes with playing false, and goes on when playing is true", () => {
    startAdvancing();
    answer(advances()[0], { ok: false, error: { type: "X", message: "x" } });
    expect(advances()).toHaveLength(3);
    answer(advances()[1], { ok: false, playing: false, error: { type: "X", message: "x" } });
    expect(pump.playing).toBe(false);
  });

  it("asks no more once stop is on its way, though late answers still say true", () => {
    startAdvancing();
    void pump.command("stop", {});
    answer(advances()[0]);
    answer(advances()[1]);
    expect(advances()).toHaveLength(2);
    answer(sentNamed("stop")[0], { playing: false });
    expect(pump.playing).toBe(false);
    clock.pass(60_000);
    expect(advances()).toHaveLength(2);
  });

  it("stops at once when the trait says false", () => {
    startAdvancing();
    pump.hearPlaying(false);
    answer(advances()[0], { playing: false, stopped: true });
    expect(advances()).toHaveLength(2);
  });

  it("survives a lost answer: the same request goes out again, and then play goes on", () => {
    startAdvancing();
    answer(advances()[1]);
    const lost = advances()[0] as Request;
    clock.pass(3000);
    expect(sent.filter(({ id }) => id === lost.id)).toHaveLength(2);
    answer(lost);
    expect(pump.playing).toBe(true);
  });
});

describe("a kernel that goes on by itself", () => {
  /** So many frames, each so much later than training takes; requests are answered at once. */
  function train(overhead: number, frames: number): void {
    let left = 24;
    for (let n = 0; n < frames; n++) {
      const asked = runs().length;
      const trained_ms = budgetOf(runs().at(-1));
      clock.pass(trained_ms + overhead);
      left -= 1;
      push(left, { trained_ms });
      if (runs().length === asked) continue;
      answerRun();
      left = 24;
    }
  }

  function settle(overhead: number, frames = 60): number {
    startRunning();
    train(overhead, frames);
    return budgetOf(runs().at(-1));
  }

  it("is asked again when half of the frames came, once until it answers", () => {
    startRunning();
    for (let left = 23; left > 12; left--) push(left);
    expect(runs()).toHaveLength(1);
    for (const left of [12, 11, 10]) push(left);
    expect(runs()).toHaveLength(2);
    answerRun();
    for (let left = 23; left > 12; left--) push(left);
    expect(runs()).toHaveLength(2);
    push(12);
    expect(runs()).toHaveLength(3);
    expect(advances()).toHaveLength(0);
  });

  it("has its frames passed on", () => {
    startRunning();
    push(23);
    push(22);
    expect(others.map(({ left }) => left)).toEqual([23, 22]);
  });

  it("is asked again when no frame came for half a second", () => {
    startRunning();
    clock.pass(400);
    push(23);
    clock.pass(499);
    expect(runs()).toHaveLength(1);
    clock.pass(1);
    expect(runs()).toHaveLength(2);
    clock.pass(2000);
    expect(runs()).toHaveLength(2);
  });

  it.each<[string, () => void]>([
    ["a frame", () => push(9, { playing: false, stopped: true, why: "The loss became NaN." })],
    ["a frame without a count", () => pump.receive({ v: 1, push: true, playing: false }, [])],
    ["the trait", () => pump.hearPlaying(false)],
    [
      "an answer",
      () => {
        clock.pass(500);
        answer(runs()[1], { playing: false, stopped: true });
      },
    ],
  ])("is left alone once %s says that training ended", (_, end) => {
    startRunning();
    push(23);
    end();
    expect(pump.playing).toBe(false);
    expect(clock.waiting).toBe(0);
    const asked = runs().length;
    clock.pass(60_000);
    expect(runs()).toHaveLength(asked);
  });

  it("is asked no more once stop is on its way, and begins anew with the next play", () => {
    startRunning();
    void pump.command("stop", {});
    for (const left of [7, 6, 5]) push(left);
    clock.pass(1000);
    expect(runs()).toHaveLength(1);
    answer(sentNamed("stop")[0], { playing: false });
    expect(pump.playing).toBe(false);
    clock.pass(1000);
    expect(runs()).toHaveLength(1);
    startRunning();
    expect(runs()).toHaveLength(2);
    for (const left of [11, 10, 9, 8, 7, 6]) push(left);
    expect(runs()).toHaveLength(3);
  });

  it("is asked at once when play follows stop so fast that both are on their way", () => {
    startRunning();
    push(23);
    void pump.command("stop", {});
    void pump.command("play", {});
    answer(sentNamed("stop")[0], { playing: false });
    answer(sentNamed("play")[1]);
    expect(pump.playing).toBe(true);
    expect(runs()).toHaveLength(2);
  });

  it("is still one when training had just ended as stop and play were pressed", () => {
    startPlaying();
    void pump.command("stop", {});
    void pump.command("play", {});
    answer(runs()[0], { playing: false, stopped: true });
    answer(sentNamed("stop")[0], { playing: false });
    answer(sentNamed("play")[1]);
    expect(runs()).toHaveLength(2);
    expect(advances()).toHaveLength(0);
  });

  it("is sent the same request again when its answer got lost", () => {
    startPlaying();
    clock.pass(3000);
    expect(runs().map(({ id }) => id)).toEqual([2, 2]);
    answerRun();
    clock.pass(499);
    expect(runs()).toHaveLength(2);
  });

  it("learns budgets that aim at thirty frames a second", () => {
    const budget = settle(6);
    expect(1000 / (budget + 6)).toBeGreaterThan(28);
    expect(1000 / (budget + 6)).toBeLessThan(34);
  });

  it("learns budgets that leave nearly half of the time to training", () => {
    const budget = settle(60, 120);
    expect(budget / (budget + 60)).toBeGreaterThan(0.42);
  });

  it("is not taken to overrun a budget that it has not heard of yet", () => {
    settle(150, 96);
    const before = runs().length;
    train(6, 36);
    expect(Math.min(...runs().slice(before).map(budgetOf))).toBeGreaterThan(20);
  });
});

describe("frames that never arrive unasked", () => {
  const askAgain = () => clock.pass(500);

  it("are asked for one by one when three were pushed", () => {
    startRunning();
    askAgain();
    answerRun({ pushed: 3 });
    expect(advances()).toHaveLength(2);
    answer(advances()[0]);
    clock.pass(1000);
    expect(advances()).toHaveLength(3);
    expect(runs()).toHaveLength(2);
  });

  it("are noticed also when some arrived before", () => {
    startRunning();
    push(23);
    askAgain();
    answerRun({ pushed: 1 });
    askAgain();
    answerRun({ pushed: 4 });
    expect(advances()).toHaveLength(2);
  });

  it.each<[string, number, () => void]>([
    ["two were pushed", 2, () => {}],
    ["most got lost", 9, () => push(23)],
  ])("are not given up when only %s", (_, pushed, happen) => {
    startRunning();
    askAgain();
    happen();
    answerRun({ pushed });
    askAgain();
    expect(runs()).toHaveLength(3);
    expect(advances()).toHaveLength(0);
  });

  it("are not those pushed before this page asked, or before it stopped", () => {
    startPlaying();
    answerRun({ pushed: 100 });
    pump.hearPlaying(false);
    startPlaying();
    answerRun({ pushed: 200 });
    expect(advances()).toHaveLength(0);
  });

  it("are asked for one by one by a kernel that does not know better", () => {
    startPlaying();
    answer(runs()[0], { ok: false, error: { type: "SchemaError", message: "run?" } });
    expect(advances()).toHaveLength(2);
  });

  it("stay given up, whatever is answered late, until the next play", () => {
    startRunning();
    void pump.command("undo", {});
    clock.pass(30);
    const [, first, second] = runs();
    answer(first, { left: 24, pushed: 3 });
    answer(second, { left: 24, pushed: 3 });
    clock.pass(1000);
    expect(runs()).toHaveLength(3);
    expect(advances()).toHaveLength(2);
    pump.hearPlaying(false);
    startRunning();
    expect(runs()).toHaveLength(4);
    expect(advances()).toHaveLength(2);
  });
});

describe("a picture that a person waits for", () => {
  it.each<CommandName>(["undo", "set_option", "fix"])("makes %s ask for more frames", name => {
    startRunning();
    void pump.command(name, {} as never);
    const asked = [15, 1, 9, 1, 9, 1, 60, 400].map(ms => {
      clock.pass(ms);
      return runs().length - 1;
    });
    expect(asked).toEqual([0, 1, 1, 2, 2, 3, 6, 6]);
  });

  it("asks for no more once it is there", () => {
    startRunning();
    void pump.command("undo", {});
    clock.pass(20);
    answer(sentNamed("undo")[0]);
    clock.pass(100);
    expect(runs()).toHaveLength(2);
  });

  it.each<[string, () => void]>([
    ["at rest", () => {}],
    ["frame by frame", startAdvancing],
    [
      "behind another page",
      () => {
        startPlaying();
        answer(runs()[0], { follow: true });
      },
    ],
    [
      "on the way to stop",
      () => {
        startRunning();
        void pump.command("stop", {});
      },
    ],
  ])("asks for nothing %s", (_, begin) => {
    begin();
    const asked = runs().length;
    void pump.command("undo", {});
    clock.pass(100);
    expect(runs()).toHaveLength(asked);
  });

  it.each<CommandName>(["suggest", "select"])("does not come with %s", name => {
    startRunning();
    void pump.command(name, {} as never);
    expect(pump.awaitsPicture).toBe(false);
    clock.pass(100);
    expect(runs()).toHaveLength(1);
  });

  it("does not come with what is asked for to train", () => {
    startPlaying();
    expect(pump.awaitsPicture).toBe(false);
    answerRun({ left: 0 });
    expect(advances()).toHaveLength(2);
    expect(pump.awaitsPicture).toBe(false);
  });

  it("is awaited until it is there", () => {
    expect(pump.awaitsPicture).toBe(false);
    void pump.command("undo", {});
    expect(pump.awaitsPicture).toBe(true);
    answer(sent[0], { playing: false });
    expect(pump.awaitsPicture).toBe(false);
  });

  it("is awaited for 200 ms at most", () => {
    void pump.command("undo", {});
    clock.pass(199);
    expect(pump.awaitsPicture).toBe(true);
    clock.pass(1);
    expect(pump.awaitsPicture).toBe(false);
  });
});

describe("following another page", () => {
  it("asks once a second, one request at a time, and leads again when it may", () => {
    startAdvancing();
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

  it("asks once a second for more than one frame too, though frames come", () => {
    startPlaying();
    answer(runs().at(-1), { follow: true });
    for (const left of [7, 6, 5]) push(left);
    clock.pass(999);
    expect(runs()).toHaveLength(1);
    clock.pass(1);
    expect(runs()).toHaveLength(2);
    answer(runs().at(-1), { follow: true });
    clock.pass(1000);
    expect(runs()).toHaveLength(3);
    answerRun();
    push(23);
    push(6);
    expect(runs()).toHaveLength(4);
    expect(advances()).toHaveLength(0);
  });

  it("stops asking when training stops", () => {
    startAdvancing();
    answer(advances()[0], { follow: true });
    answer(advances()[1], { follow: true });
    pump.hearPlaying(false);
    clock.pass(5000);
    expect(advances()).toHaveLength(2);
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
    startAdvancing();
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

  it("stays live while frames come by themselves", () => {
    startRunning();
    void pump.command("undo", {});
    for (let n = 0; n < 10; n++) {
      clock.pass(1000);
      push(8);
    }
    expect(pump.health).toBe("live");
  });

  it.each<["close" | "lose"]>([["close"], ["lose"]])("ends with no timer left: %s", end => {
    startRunning();
    push(23);
    void pump.command("undo", {});
    clock.pass(20);
    pump[end]();
    expect(clock.waiting).toBe(0);
    const before = sent.length;
    push(3);
    clock.pass(60_000);
    expect(sent).toHaveLength(before);
  });

  it("is gone for good when the host says so: nothing is sent, waiting ends, timers end", async () => {
    startAdvancing();
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
    startAdvancing();
    for (let n = 0; n < rounds; n++) {
      const request = advances()[n] as Request<"advance">;
      clock.pass(request.args.budget_ms + overhead);
      answer(request);
    }
    return budgetOf(advances().at(-1));
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
    startAdvancing();
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
    startAdvancing();
    const before = budgetOf(advances()[0]);
    clock.pass(40);
    answer(advances()[0]);
    clock.pass(2500);
    answer(advances()[1]);
    expect(budgetOf(advances().at(-1))).toBe(before);
  });
});

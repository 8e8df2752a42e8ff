import { describe, expect, it } from "vitest";
import { decodeFrame } from "../src/codec";
import { Film, stopAt } from "../src/film";
import { encodeFrame, fakeNet } from "./support/fakeNet";

const net = fakeNet({
  width: [
    [1, 0],
    [1, 0],
  ],
  curve: () => Math.sin,
});

let seq = 0;

function frame(step: number, ...trail: number[]) {
  seq += 1;
  const { header, floats } = encodeFrame({ ...net, step, trail, seq });
  return decodeFrame(header, floats);
}

const steps = (film: Film, now: ReturnType<typeof frame>) =>
  film.leadingTo(now).map(({ step }) => step);

describe("a film", () => {
  it("leads to the newest frame, and not over what was undone", () => {
    const film = new Film();
    for (const step of [0, 1, 2, 3]) film.add(frame(step, 0, 1));
    const undone = frame(0, 0);
    film.add(undone);
    expect(steps(film, undone)).toEqual([0]);
    const other = frame(1, 0, 2);
    film.add(other);
    expect(steps(film, other)).toEqual([0, 1]);
    expect(stopAt(film.leadingTo(other), 1)?.frame).toBe(other);
  });

  it("still has what was undone when it is done again", () => {
    const film = new Film();
    film.add(frame(0, 0));
    for (const step of [1, 2, 3]) film.add(frame(step, 0, 1));
    film.add(frame(0, 0));
    const again = frame(3, 0, 1);
    film.add(again);
    expect(steps(film, again)).toEqual([0, 1, 2, 3]);
  });

  it("shows an act after the training before it, at the same step", () => {
    const film = new Film();
    film.add(frame(5, 0, 1));
    const pruned = frame(5, 0, 1, 2);
    film.add(pruned);
    expect(stopAt(film.leadingTo(pruned), 5)?.frame).toBe(pruned);
    expect(steps(film, pruned)).toEqual([5, 5]);
  });

  it("gives the last frame up to a step, and the first one before all", () => {
    const film = new Film();
    const [first, last] = [frame(2, 0), frame(8, 0)];
    film.add(first);
    film.add(last);
    expect(stopAt(film.leadingTo(last), 7)?.frame).toBe(first);
    expect(stopAt(film.leadingTo(last), 0)?.frame).toBe(first);
    expect(stopAt(new Film().leadingTo(last), 0)).toBeNull();
  });

  it("is thinned evenly and keeps its ends", () => {
    const film = new Film({ frames: 20, bytes: 1e9 });
    for (let step = 0; step < 400; step++) film.add(frame(step, 0));
    const kept = steps(film, frame(400, 0));
    expect(kept).toHaveLength(20);
    expect([kept[0], kept.at(-1)]).toEqual([0, 399]);
    const gaps = kept.slice(1).map((step, n) => step - (kept[n] as number));
    expect(Math.max(...gaps)).toBeLessThan(80);
  });

  it("stays within its memory", () => {
    const size = encodeFrame(net).floats.byteLength;
    const film = new Film({ frames: 1000, bytes: 8 * size });
    for (let step = 0; step < 100; step++) film.add(frame(step, 0));
    expect(steps(film, frame(100, 0)).length).toBeLessThanOrEqual(8);
  });
});

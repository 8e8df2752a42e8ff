import { describe, expect, it } from "vitest";
import { readSettings, type Settings, SettingsError, settingsText } from "../src/settings";

const settings: Settings = {
  ...{ lamb: 0.01, lr: null, opt: "LBFGS", steps: 20 },
  ...{ threshold: 0.02, y_scale: "own" },
};

describe("settings as text", () => {
  it("come back as they were", () => {
    expect(readSettings(settingsText(settings))).toEqual(settings);
  });

  it("may be some of them only", () => {
    expect(readSettings('{"lamb": 0}')).toEqual({ lamb: 0 });
  });

  it("name an optimiser that the kernel has", () => {
    expect(readSettings('{"opt": "Adam"}', ["auto", "Adam"])).toEqual({ opt: "Adam" });
    expect(() => readSettings('{"opt": "adam"}', ["auto", "Adam"])).toThrow("one of auto, Adam");
  });

  it.each([
    ["", "no text of settings"],
    ["[1]", "no text of settings"],
    ["null", "no text of settings"],
    ['{"speed": 3}', 'no setting "speed"'],
    ['{"constructor": 3}', 'no setting "constructor"'],
    ['{"lamb": -1}', "lamb is -1: a number of 0 or more is accepted"],
    ['{"lamb": "0"}', "lamb"],
    ['{"steps": 1.5}', "steps"],
    ['{"y_scale": "wide"}', "y_scale"],
    ['{"threshold": 2}', "threshold"],
    ['{"lamb": 0.1, "lr": 0}', "lr"],
  ])("%s is refused in words", (text, words) => {
    expect(() => readSettings(text)).toThrow(SettingsError);
    expect(() => readSettings(text)).toThrow(words);
  });
});

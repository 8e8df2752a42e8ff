// What of other people's work a bundle carries, and the licences that have to go along with it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The packages with code in the outputs of an esbuild metafile, by name; throws where one has no licence text. */
export function bundledPackages(metafile, root) {
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const files = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  const folders = new Set(files.flatMap(file => FOLDER.exec(file)?.[0] ?? []));
  return [...folders]
    .map(folder => read(join(root, folder)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function read(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find(file => /^licen[cs]e/i.test(file));
  if (!file || !license) throw new Error(`${name} has no licence, so it cannot be bundled`);
  const text = readFileSync(join(folder, file), "utf8").trim();
  const copyright = /^copyright .*$/im.exec(text)?.[0];
  if (!copyright) throw new Error(`${join(folder, file)} does not say whose work it is`);
  return { name, version, license, copyright, text };
}

const inShort = ({ name, version, license, copyright }) =>
  `${name} ${version} (${license}): ${copyright}`;

/** A comment that stays with the bundle wherever it is copied, into saved pages as well. */
export const banner = packages =>
  `/*! kanwidget (MIT), with ${packages.map(inShort).join("; ")} */\n`;

/** The file that lies beside the bundle: every package, then every licence in full. */
export function licences(packages) {
  const texts = packages.map(entry => `${"-".repeat(80)}\n${inShort(entry)}\n\n${entry.text}\n`);
  return `widget.js is part of kanwidget (MIT) and includes\n\n${packages
    .map(entry => `  ${inShort(entry)}\n`)
    .join("")}\n${texts.join("\n")}`;
}

// Completes js/package-lock.json: `node tools/complete-lock.mjs`, after a dependency was added.
//
// A registry mirror may not carry the builds of a package for other systems. npm then leaves them out of the lock
// file, and `npm ci` refuses the file that npm wrote. Every optional package that another one names gets its entry.

import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../js/package-lock.json", import.meta.url);
const text = readFileSync(file, "utf8");
const lock = JSON.parse(text);
const { packages } = lock;
const least = (range) => range.replace(/^[\^~]/, "");

/** Every folder in which Node looks for a package that is asked for at `where`, nearest first. */
function places(where, name) {
  const found = [];
  for (let at = where; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    found.push(`${at}/node_modules/${name}`);
  }
  return [...found, `node_modules/${name}`];
}

let added = 0;
for (const [where, { optionalDependencies = {}, dev }] of Object.entries({ ...packages })) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    const candidates = places(where, name);
    const taken = candidates.findIndex((place) => place in packages);
    if (taken >= 0 && packages[candidates[taken]].version === least(range)) continue;
    if (taken >= 0 && range !== least(range)) continue; // a range: what npm chose before fits
    const free = candidates.at(taken < 0 ? -1 : taken - 1);
    packages[free] = { version: least(range), ...(dev && { dev }), optional: true };
    added += 1;
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify(lock, null, /\n(\s+)"/.exec(text)[1])}\n`);
console.log(`${added} packages of other systems added`);

/**
 * One client per model, however many views it has.
 *
 * Hosts hand `initialize` and `render` different objects for the same model, so clients are found by
 * the model's `uid`; where there is none, by the object itself. A client ends with its last user.
 */

import { Client } from "./client";
import type { Host } from "./host";

interface Shared {
  readonly client: Client;
  users: number;
}

const byName = new Map<string, Shared>();
const byObject = new WeakMap<Host, Shared>();

function nameOf(model: Host): string | null {
  const uid = model.get("uid");
  return typeof uid === "string" && uid !== "" ? uid : null;
}

export interface Lease {
  readonly client: Client;
  readonly release: () => void;
}

export function shareClient(model: Host): Lease {
  const name = nameOf(model);
  const found = name === null ? byObject.get(model) : byName.get(name);
  const shared = found ?? { client: new Client(model), users: 0 };
  if (name === null) byObject.set(model, shared);
  else byName.set(name, shared);
  shared.users += 1;
  let isOurs = true;
  const release = () => {
    if (!isOurs) return;
    isOurs = false;
    shared.users -= 1;
    if (shared.users > 0) return;
    shared.client.close();
    if (name === null) byObject.delete(model);
    else byName.delete(name);
  };
  return { client: shared.client, release };
}

/** One client per model, however many views it has. A client ends with its last user. */

import { Client } from "./client";
import type { Host } from "./host";

interface Shared {
  readonly client: Client;
  users: number;
}

const all = new Set<Shared>();

export interface Lease {
  readonly client: Client;
  readonly release: () => void;
}

function findOrMake(model: Host): Shared {
  for (const shared of all) if (shared.client.serves(model)) return shared;
  const made = { client: new Client(model), users: 0 };
  all.add(made);
  return made;
}

export function shareClient(model: Host): Lease {
  const shared = findOrMake(model);
  shared.users += 1;
  let isOurs = true;
  const release = () => {
    if (!isOurs) return;
    isOurs = false;
    shared.users -= 1;
    if (shared.users > 0) return;
    all.delete(shared);
    shared.client.close();
  };
  return { client: shared.client, release };
}

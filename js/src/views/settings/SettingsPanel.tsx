/** Everything that can be set about the network and its training. */

import { TopicHead } from "../TopicHead";
import { Anew } from "./Anew";
import { Architecture } from "./Architecture";
import { Training } from "./Training";

export function SettingsPanel() {
  return (
    <div class="kw-section" data-panel="settings">
      <TopicHead title="Settings" />
      <div class="kw-scroll kw-settings">
        <Architecture />
        <Training />
        <Anew />
      </div>
    </div>
  );
}

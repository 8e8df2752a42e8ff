/** The widget as notebook hosts load it, and the way for a page without a kernel. */

import "./styles/widget.css";
import type { Initialize, Render } from "@anywidget/types";
import type { Host } from "./host";
import { mount } from "./mount";
import { keepClient, shareClient } from "./sharing";

export { mountStatic } from "./page";

const initialize: Initialize = ({ model }) => keepClient(model as Host);

const render: Render = ({ model, el }) => {
  const { client, release } = shareClient(model as Host);
  const unmount = mount(el, client);
  return () => {
    unmount();
    release();
  };
};

export default { initialize, render };

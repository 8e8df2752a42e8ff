import widget from "../src/index";
import { FakeKernel } from "./kernel";
import { nets } from "./nets";

const query = new URLSearchParams(location.search);
const net = (nets[query.get("net") ?? ""] ?? nets.tutorial)?.();
const host = document.getElementById("widget");

if (net && host) {
  const kernel = new FakeKernel(net);
  Object.assign(globalThis, { kernel });
  const props = { model: kernel, el: host } as unknown as Parameters<typeof widget.render>[0];
  await widget.initialize(props);
  await widget.render(props);
}

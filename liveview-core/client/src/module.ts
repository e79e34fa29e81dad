// The client as a module: nothing starts by itself.

export { isUsed as isUsedInput } from "./form_data";
export { LiveSocket, type JsPushOptions, type LiveSocketOptions } from "./live_socket";

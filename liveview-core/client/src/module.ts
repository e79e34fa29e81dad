// The client as a module: nothing starts by itself.

export { LiveSocket, type JsPushOptions, type LiveSocketOptions } from "./live_socket";

// Every name that the page, the wire or another tool can see, and every time limit. Names follow Phoenix LiveView 1.2, so
// that style sheets and habits carry over; times are milliseconds.

export const SESSION = "data-phx-session";
export const MAIN = "data-phx-main";
/** On the container of a nested view that outlives the view around it. */
export const STICKY = "data-phx-sticky";
/** The target of a portal, a selector; and on what it shows there, the id of the portal. */
export const PORTAL = "data-phx-portal";
export const TELEPORTED = "data-phx-teleported-src";

export const CONNECTED_CLASS = "phx-connected";
export const LOADING_CLASS = "phx-loading";
export const ERROR_CLASS = "phx-error";
export const CLIENT_ERROR_CLASS = "phx-client-error";
export const SERVER_ERROR_CLASS = "phx-server-error";

export const REF_SRC = "data-phx-ref-src";
export const REF_LOADING = "data-phx-ref-loading";
export const REF_LOCK = "data-phx-ref-lock";
export const OLD_DISABLED = "data-phx-disabled";
export const OLD_READONLY = "data-phx-readonly";
export const OLD_TEXT = "data-phx-disable-with-restore";

export const HEARTBEAT_INTERVAL = 30_000;
export const PUSH_TIMEOUT = 30_000;
/** Waits between attempts to open the socket; the last one is repeated. */
export const RECONNECT_AFTER = [10, 50, 100, 150, 200, 250, 500, 1_000, 2_000, 5_000] as const;
/** How long a first WebSocket may take to open before polls are tried. */
export const FALL_BACK_AFTER = 2_500;
/** Waits before a view joins again; the last one is repeated. The first is short: a crash should heal within a second. */
export const REJOIN_AFTER = [100, 1_000, 2_000, 5_000, 10_000] as const;
/** A view that stayed joined this long starts the table of waits from its beginning. */
export const STABLE_AFTER = 1_000;
export const MAX_JOIN_TRIES = 3;

export const RELOAD_JITTER_MIN = 5_000;
export const RELOAD_JITTER_MAX = 10_000;
export const MAX_RELOADS = 10;
export const FAILSAFE_JITTER = 30_000;

/** The client acknowledges after this many frames or bytes, or after `ACK_DELAY`, whichever comes first. */
export const ACK_FRAMES = 4;
export const ACK_BYTES = 65_536;
export const ACK_DELAY = 1_000;

export const PACE_DEFAULT = 300;
export const REPEAT_DEFAULT = 100;
export const PROGRESS_DELAY = 120;

/** The pointer rests on a link this long before its view is joined in advance, which is then kept for so long. */
export const PREFETCH_AFTER = 80;
export const PREFETCH_KEPT = 5_000;
export const SCROLL_STOPPED_AFTER = 100;

/** Messages for the next page load. The server's name for it. */
export const FLASH_COOKIE = "_bennu_flash";

export const STORAGE_POSITION = "phx:nav-history-position";
export const STORAGE_LATENCY = "phx:live-socket:latency-sim";
/** The same as that of `phoenix.js`. */
export const STORAGE_POLLS = "phx:fallback:LongPoll";
export const STORAGE_DEBUG = "phx:live-socket:debug";
export const STORAGE_RELOADS = "phx:live-socket:reloads:";

"""A robot that robot control watches and drives: robot.py NUMBER TOKEN [URL].

The protocol is that of Phoenix Channels over a WebSocket: every message is the JSON array
[join_ref, ref, topic, event, payload]. Replace the class Robot by your own, and keep the rest.
"""
import asyncio, itertools, json, math, random, sys, time

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException


class Robot:
    """It drives as it is told, until the command is half a second old."""

    def __init__(self):
        self.drive_until, self.report = 0.0, dict(x=20.0, y=12.3, heading=0.0, linear=0.0, angular=0.0, battery=80.0, status="idle")

    def command(self, order):
        """Does what an order says; raises with a reason when it will not."""
        kind, is_stopped = order["command"], self.report["status"] == "emergency_stop"
        if kind == "drive" and is_stopped:
            raise ValueError("emergency stop is active: reset it first")
        if kind == "drive":
            self.report.update(linear=order["linear"], angular=order["angular"], status="driving")
            self.drive_until = time.monotonic() + 0.5
        elif kind in ("stop", "emergency_stop", "reset"):
            holds = kind == "emergency_stop" or (kind == "stop" and is_stopped)
            self.let_go("emergency_stop" if holds else "idle")
        else:
            raise ValueError(f"this robot cannot {kind.replace('_', ' ')}")

    def let_go(self, status):
        self.report.update(linear=0.0, angular=0.0, status=status)

    def step(self, seconds):
        now = self.report
        if now["status"] == "driving" and time.monotonic() > self.drive_until:
            self.let_go("idle")
        now["heading"] += now["angular"] * seconds
        now["x"] = min(max(now["x"] + now["linear"] * math.cos(now["heading"]) * seconds, 0.0), 40.0)
        now["y"] = min(max(now["y"] + now["linear"] * math.sin(now["heading"]) * seconds, 0.0), 24.0)


async def serve(robot, number, token, url):
    """Speaks for the robot until the connection is lost, or the server says nothing for a second."""
    refs, joined, report_at, heard = itertools.count(1), False, 0.0, time.monotonic()
    headers = {"Authorization": f"Bearer {token}"}  # not in the URL: URLs end up in logs
    async with connect(f"{url}/websocket?vsn=2.0.0", additional_headers=headers, close_timeout=0.5) as socket:
        async def push(event, payload, topic=f"robot:{number}"):
            await socket.send(json.dumps(["1", str(next(refs)), topic, event, payload]))

        await push("phx_join", {})
        while time.monotonic() - heard < 1.0:
            if time.monotonic() >= report_at:  # ten times a second; after 1.5 s of silence it is offline
                report_at = time.monotonic() + 0.1
                # The server replies to either, so this is also how we know that it is there.
                await (push("telemetry", robot.report) if joined else push("heartbeat", {}, "phoenix"))
            try:
                text = await asyncio.wait_for(socket.recv(), max(report_at - time.monotonic(), 0.001))
            except TimeoutError:
                continue
            heard, (_, ref, _, event, payload) = time.monotonic(), json.loads(text)
            if event == "phx_reply" and payload["status"] != "ok":
                print("refused:", payload["response"], flush=True)
            elif event == "phx_reply" and ref == "1":
                joined = True
                print("attached", flush=True)
            elif event == "command":
                try:
                    answer = robot.command(payload) or {"ok": {}}
                except ValueError as reason:
                    answer = {"error": str(reason)}
                await push("outcome", {"id": payload["id"], **answer})
            if event in ("phx_close", "phx_error") or (ref == "1" and not joined):
                return


async def main(number, token, url="ws://127.0.0.1:4000/devices"):
    robot, wait = Robot(), 0.2
    async def drive():
        while True:  # whatever the network does: this is what stops the robot when commands stay away
            await asyncio.sleep(0.05)
            robot.step(0.05)

    driving = asyncio.create_task(drive())
    while not driving.done():
        began = time.monotonic()
        try:
            await serve(robot, number, token, url)
        except (OSError, TimeoutError, WebSocketException) as error:
            print("not attached:", error, flush=True)
        wait = 0.2 if time.monotonic() - began > 5 else min(wait * 2, 5.0)
        await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # so that robots do not all come at once


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))

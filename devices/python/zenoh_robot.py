"""A robot in a Zenoh mesh, for robot-control: `pip install eclipse-zenoh`, and then
`python zenoh_robot.py --robot 21 --connect tcp/127.0.0.1:7447`, with a number that is registered.

It has no wheels: it works out where it would be. What a real one adds is in `Robot.step` and `Robot.order`.
It stops by itself when nobody is in control, and when the time of a drive command is over.
"""
import argparse
import json
import math
import queue
import time

import zenoh

STEP, DRIVE = 0.05, 0.5  # seconds: 20 reports a second; how long a drive command lasts, unless it is repeated
SPEED = 0.8  # metres a second on the way to a goal


class Robot:
    def __init__(self, x, y):
        self.x, self.y, self.heading, self.linear, self.angular = x, y, 0.0, 0.0, 0.0
        self.dock, self.goal, self.status, self.drive_until = (x, y), None, "idle", 0.0

    def stop(self, status="idle"):
        self.linear = self.angular = 0.0
        self.goal, self.status = None, status

    def order(self, order):  # What it answers is `ok` or `error`.
        command = order.get("command")
        if command in ("emergency_stop", "reset"):
            self.stop("emergency_stop" if command == "emergency_stop" else "idle")
        elif self.status == "emergency_stop":
            return {"error": "emergency stop is active: reset it first"}
        elif command == "stop":
            self.stop()
        elif command == "drive":
            self.stop("driving")
            self.linear, self.angular = float(order["linear"]), float(order["angular"])
            self.drive_until = time.monotonic() + DRIVE
        elif command in ("go_to", "dock"):
            self.goal = self.dock if command == "dock" else (float(order["x"]), float(order["y"]))
            self.status = "docking" if command == "dock" else "going_to"
            return {"ok": {"metres": math.dist((self.x, self.y), self.goal)}}
        else:
            return {"error": f"unknown command {command}"}
        return {"ok": {}}

    def step(self):
        if self.status == "driving" and time.monotonic() > self.drive_until:
            self.stop()
        if self.goal:
            away = math.dist((self.x, self.y), self.goal)
            self.linear, self.heading = SPEED, math.atan2(self.goal[1] - self.y, self.goal[0] - self.x)
            if away < SPEED * STEP:
                self.stop("docked" if self.status == "docking" else "idle")
        self.heading += self.angular * STEP
        self.x += self.linear * math.cos(self.heading) * STEP
        self.y += self.linear * math.sin(self.heading) * STEP

    def report(self):
        names = ("x", "y", "heading", "linear", "angular", "status")
        route = [{"x": self.goal[0], "y": self.goal[1]}] if self.goal else []
        return {name: getattr(self, name) for name in names} | {"battery": 87.5, "route": route}


def main():
    options = argparse.ArgumentParser(description="A robot in a Zenoh mesh")
    options.add_argument("--robot", type=int, required=True, help="the number that it is registered with")
    options.add_argument("--connect", nargs="+", default=["tcp/127.0.0.1:7447"], help="endpoints of robot-control or of routers")
    options = options.parse_args()
    config = zenoh.Config()
    config.insert_json5("connect/endpoints", json.dumps(options.connect))
    config.insert_json5("listen/endpoints", "[]")
    config.insert_json5("scouting/multicast/enabled", "false")
    # Within a second of silence we are gone for robot-control; it has the same for us.
    config.insert_json5("transport/link/tx/lease", "1000")
    robot, orders, control, key = Robot(2.0, 12.0), queue.Queue(), set(), f"bennu/robots/{options.robot}"
    with zenoh.open(config) as session:
        # These are called in threads of Zenoh's; what the robot does, it does in one.
        session.declare_subscriber(f"{key}/command", lambda sample: orders.put(json.loads(sample.payload.to_string())))
        is_there = lambda sample: sample.kind == zenoh.SampleKind.PUT
        watch = lambda sample: (control.add if is_there(sample) else control.discard)(str(sample.key_expr))
        session.liveliness().declare_subscriber("bennu/control/*", watch, history=True)
        telemetry, state = session.declare_publisher(f"{key}/telemetry"), session.declare_publisher(f"{key}/state")
        token = session.liveliness().declare_token(key)  # As long as it is kept, the robot is there.
        while True:
            while not orders.empty():
                order = orders.get()
                state.put(json.dumps({"outcome": {"id": order.get("id"), **robot.order(order)}}))
            if not control and (robot.linear or robot.angular or robot.goal):
                robot.stop()
                print("nobody is in control: stopped", flush=True)
            robot.step()
            telemetry.put(json.dumps(robot.report()))
            time.sleep(STEP)


if __name__ == "__main__":
    main()

"""Runs the scenarios of a world over one transport: what is called and what must come back stands in the scenarios, how it is called in the transport.

A world is a JSON file: where a silo listens, what its methods are called, which errors it knows, and the scenarios with a token for each of their people.
One line of JSON is printed per scenario, and one at the end about everything that was called and met.
"""
import datetime
import json
import re
import sys
import time
from dataclasses import dataclass, field

PATIENCE = 30.0


class Failed(Exception):
    """Something was not as the scenario says."""


@dataclass
class Error:
    """An error as a client sees it. Without a reason it is a bare status, such as the client's own deadline."""

    code: str
    message: str = ""
    domain: str | None = None
    reason: str | None = None
    fields: list = field(default_factory=list)
    retry: float | None = None
    http: int | None = None
    retry_after: str | None = None


@dataclass
class Answer:
    """What came back: a message or an error, and the trace id that every answer carries."""

    message: dict | None = None
    error: Error | None = None
    trace: str | None = None
    status: int | None = None


def say(**line):
    print(json.dumps(line), flush=True)


def ask(deed):
    """Asks whoever started this script to do something to the silo, and waits until it is done."""
    say(do=deed)
    if sys.stdin.readline().strip() != "done":
        raise Failed(f"nobody did this: {deed}")


class Scenario:
    """One scenario under way, with the values that it has kept."""

    def __init__(self, run, plan):
        self.run = run
        self.plan = plan
        self.values = dict(plan["names"])
        self.streams = {}

    # Values: ${name} is a kept value, ${fresh} an unused id, ${now+3s} an instant, ${repeat x 5} is xxxxx.

    def value_of(self, expression):
        if expression == "fresh":
            return str(self.run.fresh_id())
        if moment := re.fullmatch(r"now([+-]\d+)s", expression):
            at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=int(moment[1]))
            return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if repeat := re.fullmatch(r"repeat (.) (\d+)", expression):
            return repeat[1] * int(repeat[2])
        if expression not in self.values:
            raise Failed(f"the scenario has no value {expression}")
        return self.values[expression]

    def fill(self, part):
        if isinstance(part, str):
            return re.sub(r"\$\{([^}]+)\}", lambda m: str(self.value_of(m[1])), part)
        if isinstance(part, list):
            return [self.fill(p) for p in part]
        if isinstance(part, dict):
            return {k: self.fill(v) for k, v in part.items()}
        return part

    def token(self, step):
        return self.plan["tokens"].get(step.get("as", "shop"))

    # What must come back.

    def match(self, expected, actual, where):
        if expected is None:
            if actual not in (None, [], {}):
                raise Failed(f"{where} must be absent and is {json.dumps(actual)}")
        elif isinstance(expected, dict):
            if not isinstance(actual, dict):
                raise Failed(f"{where} must be an object and is {json.dumps(actual)}")
            for key, value in expected.items():
                self.match(value, actual.get(key), f"{where}.{key}")
        elif isinstance(expected, list):
            actual = actual or []
            if expected and expected[-1] == "...":
                expected = expected[:-1]
                actual = actual[:len(expected)]
            if len(actual) != len(expected):
                raise Failed(f"{where} must have {len(expected)} items and has {len(actual)}: {json.dumps(actual)[:600]}")
            for i, value in enumerate(expected):
                self.match(value, actual[i], f"{where}[{i}]")
        elif not self.matches(expected, actual):
            raise Failed(f"{where} must be {json.dumps(expected)} and is {json.dumps(actual)}")

    @staticmethod
    def matches(expected, actual):
        if actual is None:
            # A proto field that is not set has its default.
            return expected in (0, False, "", "0")
        if isinstance(expected, str) and expected.startswith("~"):
            return re.fullmatch(expected[1:], str(actual)) is not None
        if isinstance(expected, str) and expected.startswith(">"):
            return float(actual) > float(expected[1:])
        return type(expected) is type(actual) and expected == actual

    def check_error(self, step, error):
        if "gone" in step:
            if error.code not in step["gone"].split(" or "):
                raise Failed(f"must end as {step['gone']} and ended as {error}")
            return
        expected = step["refused"]
        if error.reason != expected:
            raise Failed(f"must be refused as {expected} and was as {error.reason}: {error}")
        known = self.run.world["reasons"][expected]
        if error.code != known["grpc"]:
            raise Failed(f"{expected} must come as {known['grpc']} and came as {error.code}")
        if error.http is not None and error.http != (step.get("status") or known["http"]):
            raise Failed(f"{expected} must come as {known['http']} and came as {error.http}")
        if error.domain != "accountgrid":
            raise Failed(f"the domain of an error must be accountgrid and is {error.domain}")
        if not error.message or "Exception" in error.message:
            raise Failed(f"the message of an error must be for people and is {error.message!r}")
        fields = step.get("fieldsOverHttp", step.get("fields", [])) if error.http else step.get("fields", [])
        if error.fields != fields:
            raise Failed(f"the fields at fault must be {fields} and are {error.fields}")
        if step.get("retry", False) != (error.retry is not None and error.retry > 0):
            raise Failed(f"RetryInfo must be {'there' if step.get('retry') else 'absent'} and is {error.retry}")
        if error.http and step.get("retry", False) != (error.retry_after is not None and int(error.retry_after) >= 1):
            raise Failed(f"Retry-After must be {'there' if step.get('retry') else 'absent'} and is {error.retry_after}")
        self.run.met(expected)

    def check(self, step, answer):
        if answer.trace is not None or not (answer.error and answer.error.reason is None):
            if not re.fullmatch("[0-9a-f]{32}", answer.trace or ""):
                raise Failed(f"every answer names its trace, and this names {answer.trace!r}")
        if "trace" in step and answer.trace != step["trace"]:
            raise Failed(f"the trace must be {step['trace']} and is {answer.trace}")
        if "refused" in step or "gone" in step:
            if answer.error is None:
                raise Failed(f"must be refused and was answered {json.dumps(answer.message)[:600]}")
            self.check_error(step, answer.error)
            return
        if answer.error is not None:
            raise Failed(f"must be answered and was refused: {answer.error}")
        self.match(step.get("expect", {}), answer.message, "answer")
        self.keep(step, answer.message)
        if "keepTrace" in step:
            self.values[step["keepTrace"]] = answer.trace

    def keep(self, step, message):
        for name, path in step.get("keep", {}).items():
            value = message
            for key in path.split("."):
                value = value[int(key)] if key.isdigit() else value[key]
            self.values[name] = value

    # Steps.

    def take(self, step):
        for kind in ("call", "watch", "next", "cancel", "ends", "do", "raw"):
            if kind in step:
                return getattr(self, f"step_{kind}")(self.fill(step))
        raise Failed("this is no step")

    def step_call(self, step):
        until = time.monotonic() + PATIENCE
        while True:
            answer = self.run.transport.call(step, self.token(step))
            try:
                self.check(step, answer)
                if answer.error is None:
                    self.run.called(step["call"])
                return
            except Failed:
                # What a scenario waits for comes by itself; what is only overloaded says when to come again.
                busy = answer.error is not None and answer.error.reason == "OVERLOADED" and "refused" not in step
                if not (busy or step.get("patient")) or time.monotonic() > until:
                    raise
                time.sleep(answer.error.retry if busy else 0.1)

    def step_watch(self, step):
        until = time.monotonic() + PATIENCE
        while True:
            stream = self.run.transport.watch(step, self.token(step))
            error = stream.begin()
            if error is not None and error.reason == "OVERLOADED" and "refused" not in step and time.monotonic() < until:
                time.sleep(min(error.retry, 0.2))
                continue
            break
        if "refused" in step:
            if error is None:
                raise Failed("must be refused and began")
            return self.check_error(step, error)
        if error is not None:
            raise Failed(f"must begin and was refused: {error}")
        if not re.fullmatch(r"\d+", stream.position or ""):
            raise Failed(f"a stream says from where it begins, and this says {stream.position!r}")
        if not re.fullmatch("[0-9a-f]{32}", stream.trace or ""):
            raise Failed(f"a stream names its trace, and this names {stream.trace!r}")
        self.run.called("EventService.WatchEvents")
        self.streams[step["watch"]] = stream

    def step_next(self, step):
        happened = self.streams[step["next"]].next(PATIENCE)
        if happened is None:
            raise Failed("another event must come, and the stream ended")
        self.match(step.get("expect", {}), happened, "event")
        self.keep(step, happened)

    def step_cancel(self, step):
        self.streams.pop(step["cancel"]).cancel()

    def step_ends(self, step):
        stream = self.streams.pop(step["ends"])
        happened = stream.next(PATIENCE)
        if happened is not None:
            raise Failed(f"the stream must end, and goes on with {json.dumps(happened)}")
        self.check_error(step, stream.error())

    def step_do(self, step):
        ask(step["do"])

    def step_raw(self, step):
        # What only one protocol has; the other has nothing to do.
        if self.run.transport.protocol in step["raw"]:
            self.check(step, self.run.transport.raw(step["raw"][self.run.transport.protocol], self.token(step)))

    def set_up(self):
        """Registers the scenario's accounts with so many followers each."""
        for name, followers in self.plan.get("accounts", {}).items():
            self.values[name] = str(self.run.fresh_id())
            self.take({"call": "AccountService.RegisterAccount", "with": {"id": f"${{{name}}}", "handle": f"user_{self.values[name]}"}})
            if followers:
                self.take({
                    "call": "FollowerService.IngestFollows", "follows": [[{"account": f"${{{name}}}", "from": 1, "to": followers}]],
                    "expect": {"received": str(followers), "changed": str(followers)},
                })

    def tear_down(self):
        for stream in self.streams.values():
            stream.cancel()


class Run:
    """All scenarios of a world, one after the other."""

    def __init__(self, world, transport):
        self.world = world
        self.transport = transport
        self.calls = {}
        self.reasons = {}
        # So that a silo can be shown the same scenarios again.
        self.last_id = int(time.time()) * 1000

    def fresh_id(self):
        self.last_id += 1
        return self.last_id

    def called(self, method):
        self.calls[method] = self.calls.get(method, 0) + 1

    def met(self, reason):
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def all(self):
        scenarios = [Scenario(self, plan) for plan in self.world["scenarios"] if self.transport.protocol in plan.get("over", ["grpc", "http"])]
        told = set()
        for scenario in scenarios:
            # What has to lie a while begins before everything else.
            if "first" in scenario.plan and not self.steps(scenario, "first"):
                told.add(scenario.plan["name"])
        for scenario in scenarios:
            began = time.monotonic()
            if scenario.plan["name"] not in told and self.steps(scenario, "steps"):
                say(scenario=scenario.plan["name"], ok=True, seconds=round(time.monotonic() - began, 2))
        say(called=self.calls, reasons=self.reasons, **self.transport.tally())

    @staticmethod
    def steps(scenario, part):
        number, step = 0, "its accounts"
        try:
            if part == "first" or "first" not in scenario.plan:
                scenario.set_up()
            for number, step in enumerate(scenario.plan[part], start=1):
                scenario.take(step)
            return True
        except Exception as failure:  # Whatever it is, the scenario failed and the next one is run.
            detail = str(failure) if isinstance(failure, Failed) else repr(failure)
            say(scenario=scenario.plan["name"], ok=False, step=f"{part} {number}", what=json.dumps(step)[:400], detail=detail[:2000])
            return False
        finally:
            if part == "steps":
                scenario.tear_down()


def expand(follows):
    """The follows of one message: [account, follower, op], or a range of followers."""
    for follow in follows:
        if isinstance(follow, dict):
            for follower in range(follow["from"], follow["to"] + 1):
                yield [follow["account"], str(follower), "FOLLOW"]
        else:
            yield follow


def load_world():
    """The world named on the command line; further arguments name scenarios, and only these are run."""
    with open(sys.argv[1], encoding="utf-8") as file:
        world = json.load(file)
    if len(sys.argv) > 2:
        world["scenarios"] = [plan for plan in world["scenarios"] if plan["name"] in sys.argv[2:]]
    return world

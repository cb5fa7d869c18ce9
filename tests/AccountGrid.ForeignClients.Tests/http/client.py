"""AccountGrid through curl: every call is one curl process, shown (but for its token) with CURL_SHOW=1. Python only reads what curl prints."""
import json
import os
import queue
import re
import shlex
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
from scenarios import Answer, Error, Run, expand, load_world  # noqa: E402

CODES = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
]

# What curl says of a connection: 7 refused, 28 out of time, the others broken off in the middle.
EXITS = {7: "UNAVAILABLE", 18: "UNAVAILABLE", 28: "DEADLINE_EXCEEDED", 52: "UNAVAILABLE", 55: "UNAVAILABLE", 56: "UNAVAILABLE"}
INGEST, EVENTS = "FollowerService.IngestFollows", "EventService.WatchEvents"


def command(*arguments, token=None, headers=None):
    line = ["curl", "--silent", "--show-error", "--include", "--no-buffer", *arguments]
    for name, value in (headers or {}).items():
        line += ["--header", f"{name}: {value}"]
    if os.environ.get("CURL_SHOW"):
        print(shlex.join(line), "--header 'Authorization: Bearer ...'" if token else "", file=sys.stderr)
    return line + (["--header", f"Authorization: Bearer {token}"] if token else [])


def read_head(lines):
    """Status and headers; interim answers such as 100 Continue are passed over."""
    status, headers = 0, {}
    for line in lines:
        line = line.decode().rstrip("\r\n")
        if match := re.match(r"HTTP/\S+ (\d{3})", line):
            status, headers = int(match[1]), {}
        elif line:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        elif status >= 200:
            return status, headers
    return status, headers


def read_error(status, headers, body):
    if headers.get("content-type", "").split(";")[0] != "application/json":
        return Error(code=str(status), message=f"no JSON but {headers.get('content-type')}: {body[:300]!r}")
    error = json.loads(body)
    found = Error(code=CODES[error["code"]], message=error["message"], http=status, retry_after=headers.get("retry-after"))
    for detail in error["details"]:
        name = detail["@type"].removeprefix("type.googleapis.com/google.rpc.")
        if name == "ErrorInfo":
            found.reason, found.domain = detail["reason"], detail["domain"]
        elif name == "BadRequest":
            found.fields = [violation["field"] for violation in detail["fieldViolations"]]
        elif name == "RetryInfo":
            found.retry = float(detail["retryDelay"].rstrip("s"))
    return found


class Stream:
    """One open stream of server-sent events, read by a thread of its own so that a wait can end."""

    def __init__(self, line, record):
        self.record = record
        self.process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.position = self.trace = None
        self.items = queue.Queue()

    def begin(self):
        status, headers = read_head(self.process.stdout)
        if status == 0:
            return self.error()
        if status != 200:
            body = self.process.stdout.read()
            self.process.wait()
            self.record(status, headers, json.loads(body))
            return read_error(status, headers, body)
        if headers["content-type"].split(";")[0] != "text/event-stream":
            raise ValueError(f"a stream of events came as {headers['content-type']}")
        self.trace, self.headers = headers.get("trace-id"), headers
        threading.Thread(target=self.read, daemon=True).start()
        # The first thing to come is a sign of life with the position from which the stream begins.
        kind, self.position, _ = self.items.get(timeout=30)
        if kind != "ping":
            raise ValueError(f"a stream begins with a ping, and this with {kind}")
        return None

    def read(self):
        item = {}
        for line in self.process.stdout:
            line = line.decode().rstrip("\r\n")
            if line:
                name, _, value = line.partition(":")
                item[name] = value.removeprefix(" ")
            else:
                self.items.put((item.get("event"), item.get("id"), item.get("data")))
                item = {}
        self.items.put(None)

    def next(self, patience):
        while True:
            item = self.items.get(timeout=patience)
            if item is None:
                return None
            kind, position, data = item
            if kind == "event":
                event = json.loads(data)
                if event["position"] != position:
                    raise ValueError(f"the id of an event is its position, and {position} is not {event['position']}")
                self.record(200, self.headers, event)
                return event

    def error(self):
        return Error(code=EXITS.get(self.process.wait(), f"curl ended with {self.process.returncode}"))

    def cancel(self):
        self.process.kill()
        self.process.wait()


class Curl:
    protocol = "http"

    def __init__(self, world):
        self.world = world
        self.base = world["http"]

    def headers(self, step):
        return {"traceparent": f"00-{step['trace']}-b7ad6b7169203331-01"} if "trace" in step else {}

    def call(self, step, token):
        order = dict(step.get("with", {}))
        route = self.world["methods"][step["call"]]
        path = re.sub(r"\{(\w+)\}", lambda m: urllib.parse.quote(str(order.pop(m[1]))), route["route"])
        headers, body, sent = self.headers(step), None, {}
        if step["call"] == INGEST:
            headers["Content-Type"] = "application/x-ndjson"
            follows = (follow for message in step["follows"] for follow in expand(message))
            body = "".join(json.dumps({"account": a, "follower": f, "op": op.lower()}) + "\n" for a, f, op in follows)
        elif route["verb"] == "POST":
            headers["Content-Type"] = "application/json"
            body = json.dumps(order)
            sent = {"request": order}
        elif order:
            path += "?" + urllib.parse.urlencode(order, doseq=True)
            sent = {"query": sorted(order)}
        return self.send(route["verb"], path, token, headers, body, step.get("deadline"), route["route"], sent)

    def raw(self, order, token):
        body = order.get("body")
        if isinstance(body, list):
            return self.slow(order, token)
        return self.send(order["verb"], order["path"], token, order.get("headers", {}), body, None, order["path"].partition("?")[0], {})

    def slow(self, order, token):
        """Sends a body with a pause before its end. curl hears the answer when it has something to send again."""
        line = command("--request", "POST", "--upload-file", "-", "--max-time", "60", self.base + order["path"], token=token, headers=order["headers"])
        with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            process.stdin.write("".join(order["body"]).encode())
            process.stdin.flush()
            time.sleep(order["pause"])
            process.stdin.close()
            return self.answer(process.stdout.readlines(), process.wait(), "POST", order["path"], {})

    def send(self, verb, path, token, headers, body, deadline, route, sent):
        arguments = ["--request", verb, "--max-time", str(deadline / 1000 if deadline else 60), self.base + path]
        if body is not None:
            # From standard input, because a long one is no argument for a command line.
            arguments += ["--data-binary", "@-"]
        done = subprocess.run(command(*arguments, token=token, headers=headers), input=None if body is None else body.encode(), stdout=subprocess.PIPE, check=False)
        return self.answer(done.stdout.splitlines(keepends=True), done.returncode, verb, route, sent)

    def answer(self, lines, exit_code, verb, route, sent):
        lines = iter(lines)
        status, headers = read_head(lines)
        body = b"".join(lines)
        if status == 0 or exit_code == 28:
            return Answer(error=Error(code=EXITS.get(exit_code, f"curl ended with {exit_code}")))
        is_json = headers.get("content-type", "").split(";")[0] == "application/json"
        self.record(verb, route, status, headers, json.loads(body) if is_json else None, sent)
        if status >= 400:
            return Answer(error=read_error(status, headers, body), trace=headers.get("trace-id"), status=status)
        return Answer(message=json.loads(body) if is_json else {"text": body.decode()}, trace=headers.get("trace-id"), status=status)

    def record(self, verb, route, status, headers, body, sent):
        """Keeps what was sent and what came, for whoever compares it with what is promised."""
        with open(self.world["answers"], "a", encoding="utf-8") as file:
            file.write(json.dumps({"verb": verb, "route": route, "status": status, "headers": headers, "body": body, **sent}) + "\n")

    def watch(self, step, token):
        headers = self.headers(step)
        query = urllib.parse.urlencode(step.get("with", {}), doseq=True)
        if "resume" in step:
            headers["Last-Event-ID"] = step["resume"]
        deadline = step["deadline"] / 1000 if "deadline" in step else 120
        route = self.world["methods"][EVENTS]["route"]
        line = command("--max-time", str(deadline), self.base + route + (f"?{query}" if query else ""), token=token, headers={"Accept": "text/event-stream", **headers})
        return Stream(line, lambda status, heads, body: self.record("GET", route, status, heads, body, {"query": sorted(step.get("with", {}))}))

    def tally(self):
        version = subprocess.run(["curl", "--version"], capture_output=True, check=True, text=True).stdout.split(" (")[0]
        return {"version": version}


if __name__ == "__main__":
    the_world = load_world()
    Run(the_world, Curl(the_world)).all()

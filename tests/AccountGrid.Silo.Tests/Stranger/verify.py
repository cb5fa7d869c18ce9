"""Verifies a database or an export of AccountGrid with its checkpoint log, from docs/verify-it-yourself.md alone.

    verify.py (--database accountgrid.db | --export all.jsonl) --checkpoints checkpoints.jsonl --key public.pem ...

Prints one line for each problem and a summary. Exit code 0: intact; 1: problems; 2: wrong arguments.
Needs Python 3.8 or later and nothing beside its standard library.
"""

import argparse
import base64
import calendar
import hashlib
import json
import re
import sqlite3
import struct
import sys
import time
import uuid

# --- canonical bytes -------------------------------------------------------------------------------------------------


def integer(value):
    return struct.pack(">q", value)


def blob(value):
    return integer(len(value)) + value


def text(value):
    return integer(-1) if value is None else blob(value.encode("utf-8"))


def sha256(data):
    return hashlib.sha256(data).digest()


def entry_bytes(e, previous):
    return (b"accountgrid.entry.v1\0" + blob(previous)
            + text(e["stream"]) + integer(e["sequence"]) + integer(e["at"])
            + integer(e["actor_kind"]) + text(e["actor"])
            + text(e["type"]) + integer(e["type_version"]) + blob(e["payload"])
            + text(e["trace_id"]) + text(e["request_id"]) + text(e["request_digest"]))


def checkpoint_bytes(c):
    return (b"accountgrid.checkpoint.v1\0" + integer(c["number"]) + integer(c["position"])
            + blob(c["root"]) + blob(c["previous"]) + integer(c["at"]) + text(c["key_id"]))


# --- the tree --------------------------------------------------------------------------------------------------------


class Tree:
    """RFC 6962, section 2.1: the roots of the complete subtrees, each with its number of leaves, largest first."""

    def __init__(self):
        self.size = 0
        self.subtrees = []

    def append(self, leaf):
        self.size += 1
        self.subtrees.append((1, sha256(b"\0" + leaf)))
        while len(self.subtrees) > 1 and self.subtrees[-1][0] == self.subtrees[-2][0]:
            (count, right), (_, left) = self.subtrees.pop(), self.subtrees.pop()
            self.subtrees.append((2 * count, sha256(b"\1" + left + right)))

    def root(self):
        if not self.subtrees:
            return sha256(b"")
        root = self.subtrees[-1][1]
        for _, left in reversed(self.subtrees[:-1]):
            root = sha256(b"\1" + left + root)
        return root


# --- ECDSA on P-256 (FIPS 186-5; the curve's numbers are those of SP 800-186) ----------------------------------------

P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff
A = P - 3
B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
SPKI_OF_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


def add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], P - 2, P) % P
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], P - 2, P) % P
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def times(k, p):
    result = None
    while k:
        if k & 1:
            result = add(result, p)
        p = add(p, p)
        k >>= 1
    return result


def read_key(pem):
    """The key id and the point of a public key in PEM."""
    der = base64.b64decode("".join(re.findall(
        "-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", pem, re.DOTALL)[0].split()))
    if len(der) != 91 or not der.startswith(SPKI_OF_P256) or der[26] != 4:
        raise ValueError("no public key on P-256")
    x, y = int.from_bytes(der[27:59], "big"), int.from_bytes(der[59:], "big")
    if x >= P or y >= P or (y * y - x * x * x - A * x - B) % P:
        raise ValueError("the point is not on the curve")
    return hashlib.sha256(der).hexdigest()[:16], (x, y)


def is_signed(point, data, signature):
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, N - 2, N)
    found = add(times(int.from_bytes(sha256(data), "big") * inverse % N, G), times(r * inverse % N, point))
    return found is not None and found[0] % N == r


# --- reading ---------------------------------------------------------------------------------------------------------


def microseconds(instant):
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(?:Z|\+00:00)", instant, re.ASCII)
    if not found:
        raise ValueError("no instant in UTC: " + instant)
    seconds = calendar.timegm(time.strptime(found[1], "%Y-%m-%dT%H:%M:%S"))
    return seconds * 1_000_000 + int((found[2] or "").ljust(6, "0")[:6])


def checkpoint_of(line):
    if line["format"] != 1:
        raise ValueError("unknown format")
    return {"number": line["number"], "position": line["position"], "root": bytes.fromhex(line["root"]),
            "previous": bytes.fromhex(line["previous"]), "at": microseconds(line["at"]), "key_id": line["keyId"],
            "signature": bytes.fromhex(line["signature"])}


class Database:
    """A SQLite database, opened for reading."""

    COLUMNS = ("position", "stream", "sequence", "at", "actor_kind", "actor", "type", "type_version", "payload",
               "trace_id", "request_id", "request_digest", "hash")

    def __init__(self, path):
        self.connection = sqlite3.connect("file:" + path + "?mode=ro", uri=True)
        self.connection.execute("BEGIN")

    def entries(self):
        for row in self.connection.execute(
                "SELECT " + ", ".join(self.COLUMNS) + " FROM journal ORDER BY position"):
            e = dict(zip(self.COLUMNS, row))
            for name in ("trace_id", "request_digest"):
                if isinstance(e[name], bytes):
                    e[name] = e[name].hex()
            e["trace_id"] = e["trace_id"] or ""
            if isinstance(e["request_id"], bytes):
                e["request_id"] = str(uuid.UUID(bytes=e["request_id"]))
            yield e

    def versions(self):
        return dict(self.connection.execute(
            "SELECT 'a/' || account, version FROM account_index "
            "UNION ALL SELECT 'op/' || operator, version FROM operator_index"))

    def checkpoints(self):
        names = ("number", "position", "root", "previous", "at", "key_id", "signature")
        rows = self.connection.execute("SELECT " + ", ".join(names) + " FROM checkpoint ORDER BY number")
        return [dict(zip(names, row)) for row in rows]


class Export:
    """A file that `accountgrid export` wrote. Its entries come by journal and are put in order of position."""

    def __init__(self, path):
        self.lines = {"header": [], "entry": [], "followers": [], "checkpoint": [], "end": []}
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            for line in file:
                read = json.loads(line)
                self.lines[read["line"]].append(read)
                if read["line"] != "end":
                    digest.update(line)
        end = self.lines["end"]
        if len(end) != 1 or end[0]["sha256"] != digest.hexdigest() or self.lines["header"][0]["format"] != 1:
            raise ValueError("the export is cut or changed")

    def entries(self):
        for line in sorted(self.lines["entry"], key=lambda e: e["position"]):
            kind, _, subject = line["actor"].partition("/")
            yield {"position": line["position"], "stream": line["stream"], "sequence": line["sequence"],
                   "at": microseconds(line["at"]), "actor_kind": {"op": 1, "svc": 2, "system": 3}[kind],
                   "actor": subject or kind, "type": line["type"], "type_version": line["typeVersion"],
                   "payload": line["payload"].encode("utf-8"), "trace_id": line.get("traceId") or "",
                   "request_id": line.get("requestId"), "request_digest": line.get("requestDigest"),
                   "hash": bytes.fromhex(line["hash"])}

    def versions(self):
        return None

    def checkpoints(self):
        return [checkpoint_of(line["checkpoint"]) for line in self.lines["checkpoint"]]


def read_log(path):
    with open(path, "rb") as file:
        # A last line without its line feed was never acknowledged.
        return [checkpoint_of(json.loads(line)) for line in file if line.endswith(b"\n")]


# --- verifying -------------------------------------------------------------------------------------------------------


def verify_checkpoints(checkpoints, keys):
    """Yields problems of numbers, chain and signatures."""
    previous = None
    for index, c in enumerate(checkpoints, 1):
        name = "checkpoint %d" % c["number"]
        if c["number"] != index:
            yield "%s: number %d was expected" % (name, index)
            return
        if c["previous"] != (sha256(checkpoint_bytes(previous)) if previous else b""):
            yield name + ": does not follow the one before"
        if c["position"] <= (previous["position"] if previous else 0):
            yield name + ": covers no more than the one before"
        if c["key_id"] not in keys:
            yield name + ": signed by a key that is not trusted"
        elif not is_signed(keys[c["key_id"]], checkpoint_bytes(c), c["signature"]):
            yield name + ": the signature is wrong"
        previous = c


def verify(source, log, keys):
    """Returns problems, the number of entries, the last position that a checkpoint signs, and how many checkpoints the
    log lacks."""
    stored = source.checkpoints()
    checkpoints = log + stored[len(log):]
    problems = list(verify_checkpoints(checkpoints, keys))
    if stored[:len(log)] != log[:len(stored)]:
        problems.append("the store and the log differ about a checkpoint")
    if len(log) > len(stored) + 1:
        problems.append("the store lacks checkpoint %d" % (len(stored) + 1))
    roots = {c["position"]: c for c in checkpoints}
    tree, heads, covered = Tree(), {}, 0
    for e in source.entries():
        name = "%s entry %d at position %d" % (e["stream"], e["sequence"], e["position"])
        if e["position"] != tree.size + 1:
            problems.append("there is no entry at position %d" % (tree.size + 1))
            break
        sequence, previous = heads.get(e["stream"], (0, b""))
        if e["sequence"] != sequence + 1:
            problems.append("%s: sequence %d was expected" % (name, sequence + 1))
        if sha256(entry_bytes(e, previous)) != e["hash"]:
            problems.append(name + ": it does not hash to its hash")
        heads[e["stream"]] = e["sequence"], e["hash"]
        tree.append(e["hash"])
        if tree.size in roots:
            if roots[tree.size]["root"] == tree.root():
                covered = tree.size
            else:
                problems.append("checkpoint %d signs another root" % roots[tree.size]["number"])
    problems.extend("checkpoint %d covers entries that are missing" % c["number"]
                    for c in checkpoints if c["position"] > tree.size)
    versions = source.versions()
    if versions is not None:
        lengths = {stream: sequence for stream, (sequence, _) in heads.items() if not stream.startswith("grid/")}
        problems.extend("%s has %d entries, and its index row says %d"
                        % (stream, lengths.get(stream, 0), versions.get(stream, 0))
                        for stream in sorted(lengths.keys() | versions.keys())
                        if lengths.get(stream) != versions.get(stream))
    return problems, tree.size, covered, max(0, len(stored) - len(log))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = arguments.add_mutually_exclusive_group(required=True)
    source.add_argument("--database")
    source.add_argument("--export")
    arguments.add_argument("--checkpoints", required=True)
    arguments.add_argument("--key", required=True, action="append")
    given = arguments.parse_args()
    try:
        keys = {}
        for path in given.key:
            with open(path, encoding="ascii") as file:
                key_id, point = read_key(file.read())
                keys[key_id] = point
        opened = Database(given.database) if given.database else Export(given.export)
        problems, size, covered, unlogged = verify(opened, read_log(given.checkpoints), keys)
    except (ValueError, LookupError, TypeError, AttributeError, OSError, struct.error, sqlite3.Error) as damage:
        problems, size, covered, unlogged = ["cannot be read: %r" % damage], 0, 0, 0
    for problem in problems:
        print(problem)
    if unlogged:
        print("note: the newest %d checkpoints are in the store only" % unlogged)
    print("%s: %d entries, %d of them not signed yet" % (
        "NOT INTACT" if problems else "intact", size, size - covered))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

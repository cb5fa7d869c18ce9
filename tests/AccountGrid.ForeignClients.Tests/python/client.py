"""AccountGrid through grpcio, without generated code: messages come from the descriptor set that the world names."""
import queue
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from scenarios import Answer, Error, Run, expand, load_world


class Messages:
    """Message classes by name, from a descriptor set."""

    def __init__(self, path):
        self.pool = descriptor_pool.DescriptorPool()
        self.factory = message_factory.MessageFactory(self.pool)
        files = descriptor_pb2.FileDescriptorSet()
        with open(path, "rb") as file:
            files.ParseFromString(file.read())
        for proto in files.file:
            self.pool.Add(proto)

    def __call__(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))

    def method(self, path):
        service, name = path[1:].split("/")
        return self.pool.FindServiceByName(service).methods_by_name[name]


class Stream:
    """One open watch, read by a thread of its own so that a wait can end."""

    def __init__(self, grid, call):
        self.grid = grid
        self.call = call
        self.position = self.trace = self._error = None
        self.events = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def begin(self):
        """Waits for the initial metadata; returns the error of a stream that was refused."""
        metadata = dict(self.call.initial_metadata())
        self.position, self.trace = metadata.get("position"), metadata.get("trace-id")
        if self.position is None:
            self.next(30)
            return self._error
        return None

    def read(self):
        try:
            for event in self.call:
                self.events.put(event)
        except grpc.RpcError as error:
            self._error = self.grid.error_of(error)
        self.events.put(None)

    def next(self, patience):
        event = self.events.get(timeout=patience)
        return None if event is None else json_format.MessageToDict(event)

    def error(self):
        return self._error or Error("OK")

    def cancel(self):
        self.call.cancel()


class Grid:
    protocol = "grpc"

    def __init__(self, world):
        self.world = world
        self.messages = Messages(world["descriptors"])
        # A channel that has lost its server looks for it again soon.
        self.channel = grpc.insecure_channel(world["grpc"], options=[
            ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.min_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500)])

    def path(self, name):
        return self.world["methods"][name]["path"]

    def metadata(self, step, token):
        pairs = [("authorization", f"Bearer {token}")] if token else []
        if "trace" in step:
            pairs.append(("traceparent", f"00-{step['trace']}-b7ad6b7169203331-01"))
        return pairs

    def stub(self, path):
        method = self.messages.method(path)
        request = self.messages(method.input_type.full_name)
        answer = self.messages(method.output_type.full_name)
        kind = {
            (False, False): self.channel.unary_unary, (True, False): self.channel.stream_unary, (False, True): self.channel.unary_stream,
        }[method.client_streaming, method.server_streaming]
        return request, kind(path, request_serializer=request.SerializeToString, response_deserializer=answer.FromString)

    def call(self, step, token):
        request, stub = self.stub(self.path(step["call"]))
        if "follows" in step:
            order = (json_format.ParseDict({"follows": [{"account": a, "follower": f, "op": op} for a, f, op in expand(message)]}, request())
                     for message in step["follows"])
        else:
            order = json_format.ParseDict(step.get("with", {}), request())
        deadline = step["deadline"] / 1000 if "deadline" in step else 60
        return self.answer(lambda: stub.with_call(order, metadata=self.metadata(step, token), timeout=deadline))

    def raw(self, order, token):
        if "method" in order:
            request, stub = self.stub(order["method"])
            return self.answer(lambda: stub.with_call(json_format.ParseDict(order.get("with", {}), request()), metadata=self.metadata({}, token), timeout=60))
        stub = self.channel.unary_unary(order["path"], request_serializer=bytes, response_deserializer=bytes)
        return self.answer(lambda: stub.with_call(bytes.fromhex(order.get("hex", "")), metadata=self.metadata({}, token), timeout=60))

    def watch(self, step, token):
        request, stub = self.stub(self.path("EventService.WatchEvents"))
        order = dict(step.get("with", {}))
        if "resume" in step:
            order["afterPosition"] = step["resume"]
        deadline = step["deadline"] / 1000 if "deadline" in step else 120
        return Stream(self, stub(json_format.ParseDict(order, request()), metadata=self.metadata(step, token), timeout=deadline, wait_for_ready="resume" in step))

    def answer(self, call):
        try:
            message, done = call()
            return Answer(message=json_format.MessageToDict(message), trace=dict(done.initial_metadata()).get("trace-id"))
        except grpc.RpcError as error:
            metadata = dict((*error.initial_metadata(), *error.trailing_metadata()))
            return Answer(error=self.error_of(error), trace=metadata.get("trace-id"))

    def error_of(self, error):
        found = Error(code=error.code().name, message=error.details())
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        if details is None:
            return found
        status = self.messages("google.rpc.Status").FromString(details)
        if (status.code, status.message) != (error.code().value[0], error.details()):
            raise ValueError(f"grpc-status-details-bin contradicts the status: {status} against {error.code()}, {error.details()}")
        for detail in status.details:
            name = detail.type_url.removeprefix("type.googleapis.com/")
            part = self.messages(name).FromString(detail.value)
            if name == "google.rpc.ErrorInfo":
                found.reason, found.domain = part.reason, part.domain
            elif name == "google.rpc.BadRequest":
                found.fields = [violation.field for violation in part.field_violations]
            elif name == "google.rpc.RetryInfo":
                found.retry = part.retry_delay.ToTimedelta().total_seconds()
        return found

    def tally(self):
        return {"version": f"grpcio {grpc.__version__}"}


if __name__ == "__main__":
    the_world = load_world()
    Run(the_world, Grid(the_world)).all()

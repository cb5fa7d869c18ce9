// AccountGrid through @grpc/grpc-js.
'use strict';

const grpc = require('@grpc/grpc-js');
const { version } = require('@grpc/grpc-js/package.json');
const { load, withDates } = require('./messages.js');
const { Run, expand, loadWorld } = require('./scenarios.js');

// An error as a client sees it. Without a reason it is a bare status, such as the client's own deadline.
class Errors {
  constructor(definitions) {
    this.read = (name, bytes) => definitions[name].deserialize(bytes);
  }

  of(failure) {
    const found = { code: grpc.status[failure.code], message: failure.details, fields: [] };
    const [details] = failure.metadata?.get('grpc-status-details-bin') ?? [];
    if (!details) {
      return found;
    }
    const status = this.read('google.rpc.Status', details);
    if (status.code !== failure.code || status.message !== failure.details) {
      throw new Error(`grpc-status-details-bin contradicts the status: ${JSON.stringify(status)} against ${failure.code}, ${failure.details}`);
    }
    for (const { typeUrl, value } of status.details) {
      const name = typeUrl.replace('type.googleapis.com/', '');
      const part = this.read(name, value);
      if (name === 'google.rpc.ErrorInfo') {
        Object.assign(found, { reason: part.reason, domain: part.domain });
      } else if (name === 'google.rpc.BadRequest') {
        found.fields = part.fieldViolations.map((violation) => violation.field);
      } else if (name === 'google.rpc.RetryInfo') {
        found.retry = Number(part.retryDelay.seconds ?? 0) + (part.retryDelay.nanos ?? 0) / 1e9;
      }
    }
    return found;
  }
}

// One open watch.
class Stream {
  constructor(call, errors) {
    this.call = call;
    this.waiting = [];
    this.arrived = [];
    this.begun = new Promise((resolve) => {
      call.on('metadata', (metadata) => {
        [this.position] = metadata.get('position');
        [this.trace] = metadata.get('trace-id');
        if (this.position !== undefined) {
          resolve(undefined);
        }
      });
      call.on('error', (failure) => {
        this.error = errors.of(failure);
        this.put(undefined);
        resolve(this.error);
      });
    });
    call.on('data', (event) => this.put(event));
    call.on('end', () => this.put(undefined));
  }

  begin() {
    return this.begun;
  }

  put(event) {
    const waiter = this.waiting.shift();
    return waiter ? waiter(event) : this.arrived.push(event);
  }

  next(patience) {
    if (this.arrived.length > 0) {
      return Promise.resolve(this.arrived.shift());
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing came')), patience);
      this.waiting.push((event) => {
        clearTimeout(timer);
        resolve(event);
      });
    });
  }

  cancel() {
    this.call.on('error', () => {});
    this.call.cancel();
  }
}

class Grid {
  protocol = 'grpc';

  constructor(world) {
    this.world = world;
    this.definitions = load(world.descriptors);
    this.errors = new Errors(this.definitions);
    // A channel that has lost its server looks for it again soon.
    this.options = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 500 };
    this.clients = new Map();
  }

  // The client of a service and the name of the method in it.
  stub(path) {
    const [, service, method] = path.split('/');
    if (!this.clients.has(service)) {
      const Client = grpc.makeClientConstructor(this.definitions[service] ?? {}, service);
      this.clients.set(service, new Client(this.world.grpc, grpc.credentials.createInsecure(), this.options));
    }
    return { client: this.clients.get(service), method };
  }

  metadata(step, token) {
    const metadata = new grpc.Metadata({ waitForReady: 'resume' in step });
    if (token) {
      metadata.set('authorization', `Bearer ${token}`);
    }
    if (step.trace) {
      metadata.set('traceparent', `00-${step.trace}-b7ad6b7169203331-01`);
    }
    return metadata;
  }

  call(step, token) {
    const { client, method } = this.stub(this.world.methods[step.call].path);
    const options = { deadline: Date.now() + (step.deadline ?? 60_000) };
    return this.answer((done) => {
      if (!step.follows) {
        return client[method](withDates(step.with ?? {}), this.metadata(step, token), options, done);
      }
      const call = client[method](this.metadata(step, token), options, done);
      for (const message of step.follows) {
        call.write({ follows: [...expand(message)].map(([account, follower, op]) => ({ account, follower, op })) });
      }
      call.end();
      return call;
    });
  }

  raw(order, token) {
    const { client, method } = this.stub(order.method ?? order.path);
    const options = { deadline: Date.now() + 60_000 };
    return this.answer((done) => (order.method
      ? client[method](order.with ?? {}, this.metadata({}, token), options, done)
      : client.makeUnaryRequest(order.path, (bytes) => bytes, (bytes) => bytes, Buffer.from(order.hex ?? '', 'hex'), this.metadata({}, token), options, done)));
  }

  watch(step, token) {
    const { client, method } = this.stub(this.world.methods['EventService.WatchEvents'].path);
    const order = { ...step.with };
    if ('resume' in step) {
      order.afterPosition = step.resume;
    }
    return new Stream(client[method](order, this.metadata(step, token), { deadline: Date.now() + (step.deadline ?? 120_000) }), this.errors);
  }

  answer(begin) {
    return new Promise((resolve, reject) => {
      let trace;
      const call = begin((failure, message) => {
        try {
          trace ??= failure?.metadata.get('trace-id')[0];
          resolve(failure ? { error: this.errors.of(failure), trace } : { message, trace });
        } catch (unreadable) {
          reject(unreadable);
        }
      });
      call.on('metadata', (metadata) => { [trace] = metadata.get('trace-id'); });
    });
  }

  tally() {
    return { version: `grpc-js ${version}` };
  }

  close() {
    this.clients.forEach((client) => client.close());
  }
}

const world = loadWorld();
const grid = new Grid(world);
new Run(world, grid).all().finally(() => {
  grid.close();
  process.stdin.destroy();
});

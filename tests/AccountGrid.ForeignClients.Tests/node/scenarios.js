// Runs the scenarios of a world over one transport: the same as python/scenarios.py, which says what a world is.
'use strict';

const fs = require('node:fs');
const readline = require('node:readline');

const PATIENCE = 30_000;

class Failed extends Error {}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const show = (value) => (JSON.stringify(value) ?? 'absent').slice(0, 600);
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

let answers;

// Asks whoever started this script to do something to the silo, and waits until it is done.
async function ask(deed) {
  answers ??= readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  say({ do: deed });
  const { value } = await answers.next();
  if (value?.trim() !== 'done') {
    throw new Failed(`nobody did this: ${deed}`);
  }
}

function matches(expected, actual) {
  if (actual === undefined || actual === null) {
    // A proto field that is not set has its default.
    return [0, false, '', '0'].includes(expected);
  }
  if (typeof expected === 'string' && expected.startsWith('~')) {
    return new RegExp(`^(?:${expected.slice(1)})$`).test(String(actual));
  }
  if (typeof expected === 'string' && expected.startsWith('>')) {
    return Number(actual) > Number(expected.slice(1));
  }
  return expected === actual;
}

function match(expected, actual, where) {
  if (expected === null) {
    const isAbsent = actual === undefined || actual === null || (typeof actual === 'object' && Object.keys(actual).length === 0);
    if (!isAbsent) {
      throw new Failed(`${where} must be absent and is ${show(actual)}`);
    }
  } else if (Array.isArray(expected)) {
    const mayGoOn = expected.at(-1) === '...';
    const named = mayGoOn ? expected.slice(0, -1) : expected;
    const items = (actual ?? []).slice(0, mayGoOn ? named.length : undefined);
    if (items.length !== named.length) {
      throw new Failed(`${where} must have ${named.length} items and has ${items.length}: ${show(items)}`);
    }
    named.forEach((value, index) => match(value, items[index], `${where}[${index}]`));
  } else if (typeof expected === 'object') {
    if (typeof actual !== 'object' || actual === null) {
      throw new Failed(`${where} must be an object and is ${show(actual)}`);
    }
    Object.entries(expected).forEach(([key, value]) => match(value, actual[key], `${where}.${key}`));
  } else if (!matches(expected, actual)) {
    throw new Failed(`${where} must be ${show(expected)} and is ${show(actual)}`);
  }
}

class Scenario {
  constructor(run, plan) {
    this.run = run;
    this.plan = plan;
    this.values = { ...plan.names };
    this.streams = {};
  }

  valueOf(expression) {
    if (expression === 'fresh') {
      return String(this.run.freshId());
    }
    const moment = /^now([+-]\d+)s$/.exec(expression);
    if (moment) {
      return new Date(Date.now() + Number(moment[1]) * 1000).toISOString();
    }
    const repeat = /^repeat (.) (\d+)$/.exec(expression);
    if (repeat) {
      return repeat[1].repeat(Number(repeat[2]));
    }
    if (!(expression in this.values)) {
      throw new Failed(`the scenario has no value ${expression}`);
    }
    return this.values[expression];
  }

  fill(part) {
    if (typeof part === 'string') {
      return part.replace(/\$\{([^}]+)\}/g, (_, expression) => String(this.valueOf(expression)));
    }
    if (Array.isArray(part)) {
      return part.map((p) => this.fill(p));
    }
    return part && typeof part === 'object' ? Object.fromEntries(Object.entries(part).map(([key, value]) => [key, this.fill(value)])) : part;
  }

  token(step) {
    return this.plan.tokens[step.as ?? 'shop'];
  }

  checkError(step, error) {
    if (step.gone) {
      if (!step.gone.split(' or ').includes(error.code)) {
        throw new Failed(`must end as ${step.gone} and ended as ${show(error)}`);
      }
      return;
    }
    const expected = step.refused;
    const must = (holds, sentence) => {
      if (!holds) {
        throw new Failed(`${sentence}: ${show(error)}`);
      }
    };
    must(error.reason === expected, `must be refused as ${expected}`);
    must(error.code === this.run.world.reasons[expected].grpc, `${expected} must come as ${this.run.world.reasons[expected].grpc}`);
    must(error.domain === 'accountgrid', 'the domain of an error must be accountgrid');
    must(error.message && !error.message.includes('Exception'), 'the message of an error must be for people');
    must(JSON.stringify(error.fields) === JSON.stringify(step.fields ?? []), `the fields at fault must be ${show(step.fields ?? [])}`);
    must((step.retry ?? false) === (error.retry > 0), `RetryInfo must be ${step.retry ? 'there' : 'absent'}`);
    this.run.met(expected);
  }

  check(step, { message, error, trace }) {
    const isBare = error && !error.reason;
    if ((trace !== undefined || !isBare) && !/^[0-9a-f]{32}$/.test(trace ?? '')) {
      throw new Failed(`every answer names its trace, and this names ${show(trace)}`);
    }
    if (step.trace && trace !== step.trace) {
      throw new Failed(`the trace must be ${step.trace} and is ${trace}`);
    }
    if (step.refused || step.gone) {
      if (!error) {
        throw new Failed(`must be refused and was answered ${show(message)}`);
      }
      return this.checkError(step, error);
    }
    if (error) {
      throw new Failed(`must be answered and was refused: ${show(error)}`);
    }
    match(step.expect ?? {}, message, 'answer');
    this.keep(step, message);
    if (step.keepTrace) {
      this.values[step.keepTrace] = trace;
    }
    return undefined;
  }

  keep(step, message) {
    for (const [name, path] of Object.entries(step.keep ?? {})) {
      this.values[name] = path.split('.').reduce((value, key) => value[key], message);
    }
  }

  take(step) {
    const kind = ['call', 'watch', 'next', 'cancel', 'ends', 'do', 'raw'].find((k) => k in step);
    if (!kind) {
      throw new Failed('this is no step');
    }
    return this[`step_${kind}`](this.fill(step));
  }

  async step_call(step) {
    for (const until = Date.now() + PATIENCE; ;) {
      const answer = await this.run.transport.call(step, this.token(step));
      try {
        this.check(step, answer);
        if (!answer.error) {
          this.run.called(step.call);
        }
        return;
      } catch (failure) {
        // What a scenario waits for comes by itself; what is only overloaded says when to come again.
        const isBusy = answer.error?.reason === 'OVERLOADED' && !step.refused;
        if (!(failure instanceof Failed) || !(isBusy || step.patient) || Date.now() > until) {
          throw failure;
        }
        await pause(isBusy ? answer.error.retry * 1000 : 100);
      }
    }
  }

  async step_watch(step) {
    for (const until = Date.now() + PATIENCE; ;) {
      const stream = this.run.transport.watch(step, this.token(step));
      const error = await stream.begin();
      if (error?.reason === 'OVERLOADED' && !step.refused && Date.now() < until) {
        await pause(Math.min(error.retry * 1000, 200));
        continue;
      }
      if (step.refused) {
        if (!error) {
          throw new Failed('must be refused and began');
        }
        return this.checkError(step, error);
      }
      if (error) {
        throw new Failed(`must begin and was refused: ${show(error)}`);
      }
      if (!/^\d+$/.test(stream.position) || !/^[0-9a-f]{32}$/.test(stream.trace)) {
        throw new Failed(`a stream says from where it begins and names its trace, and this says ${stream.position} and ${stream.trace}`);
      }
      this.run.called('EventService.WatchEvents');
      this.streams[step.watch] = stream;
      return undefined;
    }
  }

  async step_next(step) {
    const happened = await this.streams[step.next].next(PATIENCE);
    if (!happened) {
      throw new Failed('another event must come, and the stream ended');
    }
    match(step.expect ?? {}, happened, 'event');
    this.keep(step, happened);
  }

  step_cancel(step) {
    this.streams[step.cancel].cancel();
    delete this.streams[step.cancel];
  }

  async step_ends(step) {
    const stream = this.streams[step.ends];
    delete this.streams[step.ends];
    const happened = await stream.next(PATIENCE);
    if (happened) {
      throw new Failed(`the stream must end, and goes on with ${show(happened)}`);
    }
    this.checkError(step, stream.error ?? { code: 'OK' });
  }

  step_do(step) {
    return ask(step.do);
  }

  // What only one protocol has; the other has nothing to do.
  async step_raw(step) {
    const order = step.raw[this.run.transport.protocol];
    if (order) {
      this.check(step, await this.run.transport.raw(order, this.token(step)));
    }
  }

  // Registers the scenario's accounts with so many followers each.
  async setUp() {
    for (const [name, followers] of Object.entries(this.plan.accounts ?? {})) {
      this.values[name] = String(this.run.freshId());
      await this.take({ call: 'AccountService.RegisterAccount', with: { id: `\${${name}}`, handle: `user_${this.values[name]}` } });
      if (followers > 0) {
        await this.take({
          call: 'FollowerService.IngestFollows', follows: [[{ account: `\${${name}}`, from: 1, to: followers }]],
          expect: { received: String(followers), changed: String(followers) },
        });
      }
    }
  }

  tearDown() {
    Object.values(this.streams).forEach((stream) => stream.cancel());
  }
}

exports.Run = class Run {
  constructor(world, transport) {
    // So that a silo can be shown the same scenarios again.
    const lastId = Math.floor(Date.now() / 1000) * 1000;
    Object.assign(this, { world, transport, calls: {}, reasons: {}, lastId });
  }

  freshId() {
    this.lastId += 1;
    return this.lastId;
  }

  called(method) {
    this.calls[method] = (this.calls[method] ?? 0) + 1;
  }

  met(reason) {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }

  async all() {
    const { protocol } = this.transport;
    const scenarios = this.world.scenarios.filter((plan) => (plan.over ?? ['grpc', 'http']).includes(protocol)).map((plan) => new Scenario(this, plan));
    const told = new Set();
    // What has to lie a while begins before everything else.
    for (const scenario of scenarios.filter(({ plan }) => plan.first)) {
      if (!await this.steps(scenario, 'first')) {
        told.add(scenario);
      }
    }
    for (const scenario of scenarios.filter((s) => !told.has(s))) {
      const began = Date.now();
      if (await this.steps(scenario, 'steps')) {
        say({ scenario: scenario.plan.name, ok: true, seconds: (Date.now() - began) / 1000 });
      }
    }
    say({ called: this.calls, reasons: this.reasons, ...this.transport.tally() });
  }

  async steps(scenario, part) {
    let number = 0;
    let step = 'its accounts';
    try {
      if (part === 'first' || !scenario.plan.first) {
        await scenario.setUp();
      }
      for (step of scenario.plan[part]) {
        number += 1;
        await scenario.take(step);
      }
      return true;
    } catch (failure) {
      const detail = failure instanceof Failed ? failure.message : failure.stack;
      say({ scenario: scenario.plan.name, ok: false, step: `${part} ${number}`, what: JSON.stringify(step).slice(0, 400), detail: detail.slice(0, 2000) });
      return false;
    } finally {
      if (part === 'steps') {
        scenario.tearDown();
      }
    }
  }
};

// The follows of one message: [account, follower, op], or a range of followers.
exports.expand = function* expand(follows) {
  for (const follow of follows) {
    if (Array.isArray(follow)) {
      yield follow;
    } else {
      for (let follower = follow.from; follower <= follow.to; follower += 1) {
        yield [follow.account, String(follower), 'FOLLOW'];
      }
    }
  }
};

// The world named on the command line; further arguments name scenarios, and only these are run.
exports.loadWorld = function loadWorld() {
  const [path, ...only] = process.argv.slice(2);
  const world = JSON.parse(fs.readFileSync(path, 'utf8'));
  world.scenarios = world.scenarios.filter((plan) => only.length === 0 || only.includes(plan.name));
  return world;
};

// The descriptor set of the world as grpc-js wants it, with messages in the form that proto JSON gives them.
'use strict';

const fs = require('node:fs');
const protobuf = require('protobufjs');
const descriptor = require('protobufjs/ext/descriptor');
const protoLoader = require('@grpc/proto-loader');

// protobufjs knows no JSON form of these two. Timestamps go in as dates and come out as text, to the last digit.
protobuf.wrappers['.google.protobuf.Timestamp'] = {
  fromObject: (date) => ({ seconds: Math.floor(date / 1000), nanos: (date % 1000) * 1e6 }),
  toObject(message) {
    const fraction = message.nanos ? `.${String(message.nanos).padStart(9, '0')}` : '';
    return new Date(Number(message.seconds) * 1000).toISOString().replace('.000Z', `${fraction}Z`);
  },
};
protobuf.wrappers['.google.protobuf.Struct'] = {
  fromObject() { throw new Error('no request has a struct'); },
  // From a descriptor set a map comes as the list of its entries.
  toObject: (message) => Object.fromEntries(message.fields.map(({ key, value }) => [key, plain(value)])),
};

function plain(value) {
  switch (value.kind) {
    case 'structValue': return protobuf.wrappers['.google.protobuf.Struct'].toObject(value.structValue);
    case 'listValue': return value.listValue.values.map(plain);
    case 'nullValue': return null;
    default: return value[value.kind];
  }
}

// protobufjs takes the names of fields from a descriptor set as they stand in the .proto file.
function useJsonNames(messages) {
  for (const message of messages) {
    for (const field of message.field) {
      field.name = field.jsonName || field.name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    }
    useJsonNames(message.nestedType);
  }
}

// Moments in the text of a scenario as the dates that a timestamp is made from.
exports.withDates = function withDates(part) {
  if (typeof part === 'string') {
    return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(part) ? new Date(part) : part;
  }
  if (Array.isArray(part)) {
    return part.map(withDates);
  }
  return part && typeof part === 'object' ? Object.fromEntries(Object.entries(part).map(([key, value]) => [key, withDates(value)])) : part;
};

exports.load = function load(path) {
  const set = descriptor.FileDescriptorSet.decode(fs.readFileSync(path));
  set.file.forEach((file) => useJsonNames(file.messageType));
  const bytes = Buffer.from(descriptor.FileDescriptorSet.encode(set).finish());
  return protoLoader.loadFileDescriptorSetFromBuffer(bytes, { longs: String, enums: String, oneofs: false });
};

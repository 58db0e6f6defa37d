/** A client that was written by hand, from docs/acton.md alone. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";

const REQUEST = 1, RESPONSE = 2, ERROR = 3, HEARTBEAT = 4, PUSH = 5, SUBSCRIBE = 6, STREAM = 9;

class Client {
  constructor(path, version) {
    this.version = version;
    this.socket = connect(path);
  }

  send(kind, fields) {
    const data = fields === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(fields));
    const header = Buffer.from([0, 0, 0, 0, this.version, kind, ...(this.version === 2 ? [1] : [])]);
    header.writeUInt32BE(data.length);
    this.socket.write(Buffer.concat([header, data]));
  }

  async read(length) {
    for (;;) {
      const data = length === 0 ? Buffer.alloc(0) : this.socket.read(length);
      if (data !== null) return data;
      await once(this.socket, "readable");
    }
  }

  async receive() {
    const header = await this.read(this.version === 2 ? 7 : 6);
    assert.equal(header[4], this.version);
    const data = await this.read(header.readUInt32BE());
    return [header[5], data.length === 0 ? null : JSON.parse(data.toString())];
  }

  request(target, message_type, payload, flags) {
    this.send(REQUEST, { correlation_id: "r", target, message_type, payload, ...flags });
  }

  async ask(target, message_type, payload) {
    this.request(target, message_type, payload, { expects_reply: true });
    const [kind, answer] = await this.receive();
    assert.equal(answer.correlation_id, "r");
    assert.equal(answer.success, kind === RESPONSE);
    return kind === RESPONSE ? answer.payload : answer.error_code;
  }

  async *stream(target, message_type, payload) {
    this.request(target, message_type, payload, { expects_stream: true });
    for (;;) {
      const [kind, frame] = await this.receive();
      if (kind === ERROR || frame.error_code !== undefined) yield frame.error_code;
      else if (!frame.is_final) yield frame.payload;
      if (kind !== STREAM || frame.is_final) return;
    }
  }

  async subscribe(event) {
    this.send(SUBSCRIBE, { correlation_id: "u", message_types: [event] });
    const [kind, answer] = await this.receive();
    if (kind === ERROR) return answer.error_code;
    const [next, push] = await this.receive();
    assert.deepEqual([next, push.message_type], [PUSH, event]);
    return [answer.subscribed_types, Object.keys(push.payload).sort()];
  }
}

const client = new Client(process.argv[2], Number(process.argv[3]));
const say = (value) => console.log(JSON.stringify(value));
client.send(HEARTBEAT);
say(await client.receive());
say(await client.ask("calculator", "AddRequest", { a: 5, b: 3 }));
say(await client.ask("calculator", "AddRequest", { a: 2147483647, b: 1 }));
say(await client.ask("nobody", "AddRequest", {}));
const items = [];
for await (const item of client.stream("countdown", "CountdownRequest", { from: 3, delay_ms: 1 })) items.push(item);
say(items);
say(await client.subscribe("PriceUpdate"));
client.socket.destroy();

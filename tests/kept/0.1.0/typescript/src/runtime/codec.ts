/** How frames become bytes: JSON, or MessagePack with named fields. */
import { fault } from "./errors.js";
import type { CallError } from "./errors.js";
import type { ControlFields, RequestFacts } from "./envelope.js";
import * as json from "./json.js";
import * as messagepack from "./messagepack.js";
import { Output } from "./output.js";

/** The encodings a client can ask for; the server answers in the one that it is asked in, and says goodbye in JSON. */
export type CodecName = "json" | "messagepack";

/** Writes and reads the payloads of frames. */
export interface Codec {
  readonly name: CodecName;
  /** What all requests of one message type to one target begin with, made once. */
  requestHead(target: string, messageType: string): Uint8Array;
  writeRequest(output: Output, head: Uint8Array, facts: RequestFacts, payload: unknown): void;
  writeControl(output: Output, fields: ControlFields): void;
  /**
   * Reads one frame, in the codec that its first byte tells.
   *
   * @param exactness - what matters of the reply to the call of this id.
   * @throws ProtocolViolation if it is not well-formed.
   */
  read(bytes: Uint8Array, exactness: (id: string) => json.Exactness): unknown;
}

/**
 * Makes the codec ready.
 *
 * @throws Error if the codec needs a package that is not installed.
 */
export async function loadCodec(name: CodecName): Promise<Codec> {
  return name === "json" ? new JsonCodec() : new MessagePackCodec(await messagepack.loadReader());
}

const encoder = new TextEncoder();

class JsonCodec implements Codec {
  readonly name = "json";
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  requestHead(target: string, messageType: string): Uint8Array {
    return encoder.encode(`{"target":${JSON.stringify(target)},"message_type":${JSON.stringify(messageType)}`);
  }

  writeRequest(output: Output, head: Uint8Array, facts: RequestFacts, payload: unknown): void {
    output.bytes(head);
    let facing = facts.id === null ? "" : `,"request_id":"${facts.id}"`;
    if (facts.expects !== "nothing")
      facing += facts.expects === "reply" ? ',"expects_reply":true' : ',"expects_stream":true';
    if (facts.timeoutMs !== null) facing += `,"timeout_ms":${String(facts.timeoutMs)}`;
    if (facts.credit !== null) facing += `,"credit":${String(facts.credit)}`;
    output.text(`${facing},"payload":`);
    output.text(json.stringify(payload));
    output.text("}");
  }

  writeControl(output: Output, fields: ControlFields): void {
    output.text(json.stringify(fields));
  }

  read(bytes: Uint8Array, exactness: (id: string) => json.Exactness): unknown {
    try {
      const text = this.#utf8.decode(bytes);
      const id = peekId(text);
      return json.parse(text, id === undefined ? "order" : exactness(id));
    } catch (cause) {
      throw malformed("JSON", cause);
    }
  }
}

/** How the server begins the answers that matter for speed. */
const ANSWERS = ['{"success":true,"request_id":"', '{"stream_id":"'] as const;

/** The id that a frame answers, where it stands where the server writes it. */
function peekId(text: string): string | undefined {
  for (const start of ANSWERS) {
    if (text.startsWith(start)) return text.slice(start.length, text.indexOf('"', start.length));
  }
  return undefined;
}

/** Whether a payload is in JSON, which begins with a map or with white space; no MessagePack of a map does. */
function isJson(bytes: Uint8Array): boolean {
  const [first] = bytes;
  return first === 0x7b || first === 0x20 || first === 0x09 || first === 0x0a || first === 0x0d;
}

class MessagePackCodec implements Codec {
  readonly name = "messagepack";
  /** For what answers no frame of this client. */
  readonly #json = new JsonCodec();
  readonly #read: messagepack.Reader;

  constructor(reader: messagepack.Reader) {
    this.#read = reader;
  }

  requestHead(target: string, messageType: string): Uint8Array {
    return written(["target", target, "message_type", messageType]);
  }

  writeRequest(output: Output, head: Uint8Array, facts: RequestFacts, payload: unknown): void {
    const isAnswered = facts.expects !== "nothing";
    messagepack.writeMapHead(
      output,
      3 +
        Number(facts.id !== null) +
        Number(isAnswered) +
        Number(facts.timeoutMs !== null) +
        Number(facts.credit !== null),
    );
    output.bytes(head);
    if (facts.id !== null) {
      output.bytes(REQUEST_ID);
      messagepack.writeText(output, facts.id);
    }
    if (isAnswered) output.bytes(facts.expects === "reply" ? EXPECTS_REPLY : EXPECTS_STREAM);
    if (facts.timeoutMs !== null) {
      output.bytes(TIMEOUT_MS);
      messagepack.write(output, facts.timeoutMs);
    }
    if (facts.credit !== null) {
      output.bytes(CREDIT);
      messagepack.write(output, facts.credit);
    }
    output.bytes(PAYLOAD);
    messagepack.write(output, payload);
  }

  writeControl(output: Output, fields: ControlFields): void {
    messagepack.write(output, fields);
  }

  read(bytes: Uint8Array, exactness: (id: string) => json.Exactness): unknown {
    if (isJson(bytes)) return this.#json.read(bytes, exactness);
    try {
      return this.#read(bytes);
    } catch (cause) {
      throw malformed("MessagePack", cause);
    }
  }
}

/** Room for the head of a request with names of ordinary length. */
const HEAD_ROOM = 128;

/** The bytes of values that stand one after the other, for heads that are made once. */
function written(values: readonly unknown[]): Uint8Array {
  const output = new Output(HEAD_ROOM);
  for (const value of values) messagepack.write(output, value);
  return output.take();
}

const REQUEST_ID = written(["request_id"]);
const EXPECTS_REPLY = written(["expects_reply", true]);
const EXPECTS_STREAM = written(["expects_stream", true]);
const TIMEOUT_MS = written(["timeout_ms"]);
const CREDIT = written(["credit"]);
const PAYLOAD = written(["payload"]);

function malformed(format: string, cause: unknown): CallError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const text = `the server sent a frame that is not well-formed ${format}: ${reason}`;
  return fault("ProtocolError", text, "unknown", { cause });
}

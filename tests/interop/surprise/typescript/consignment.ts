/** One of everything that is joined from other types, as the service has it: each value is spelled out again here. */
import type { Consignment, Delivery, Filter, Price, User, Value, WebhookEvent } from "surprise";

const I64_MIN = -(2n ** 63n);
const I64_MAX = 2n ** 63n - 1n;
const U32_MAX = 2 ** 32 - 1;
const U64_MAX = 2n ** 64n - 1n;

export const id = "67e55044-10b1-426f-9247-bb680e5fe0c8";

const price: Price = { amount: "12.50", currency: "EUR" };

const address = { street: "Street", town: "Ås", code: null };

const users: [User, User, User] = [
  {
    id: "00000000-0000-0000-0000-000000000001",
    name: "☃",
    createdAt: "2024-02-29T23:59:59.999999Z",
    changedAt: "2024-03-01T00:00:00Z",
    cause: { cause: "person", by: "00000000-0000-0000-0000-000000000002" },
    ...address,
    code: U32_MAX,
    role: { kind: "admin", realms: ["here", "there"] },
  },
  {
    id: "00000000-0000-0000-0000-000000000000",
    name: "",
    createdAt: "1970-01-01T00:00:00Z",
    changedAt: null,
    cause: null,
    street: undefined,
    town: undefined,
    code: null,
    role: { kind: "guest" },
  },
  {
    id: "ffffffff-ffff-ffff-ffff-ffffffffffff",
    name: "cause",
    createdAt: "1969-12-31T23:59:59Z",
    changedAt: null,
    cause: { cause: "unknown" },
    ...address,
    role: { kind: "member", value: "high" },
  },
];

const delivery = (event: WebhookEvent, extra: Delivery["extra"] = {}): Delivery => ({ id, event, extra });

const values: Value[] = [null, false, I64_MIN, 0.5, 1e300, "2024-02-29", "2024-02-30", "", [[], null]];

const filters: Filter[] = [
  ...values.map((value) => ({ kind: "equalTo", value }) as const),
  { kind: "exists" } as const,
  { kind: "oneOf", value: [] } as const,
  { kind: "oneOf", value: values } as const,
  { kind: "between", value: { start: 0n, end: I64_MAX } } as const,
  { kind: "between", value: { start: "2024-02-29", end: "2024-03-01" } } as const,
].map((test) => ({ fieldName: "test", test }));

export const consignment: Consignment = {
  users: { items: users, total: U64_MAX, next: "" },
  roles: {
    items: [
      { items: [], total: 0n, next: null },
      {
        items: [{ kind: "guest" }, { kind: "member", value: "other" }, { kind: "admin", realms: [] }],
        total: 3n,
        next: null,
      },
    ],
    total: 2n,
    next: null,
  },
  deliveries: [
    delivery({ type: "ping" }),
    delivery({ type: "user.created", data: users[0] }, { name: "extra", nothing: null, ["__proto__"]: 1n, "": [true] }),
    delivery({ type: "invoice.paid", data: { number: 1, price } }),
    delivery({ type: "moved", data: [U64_MAX, [address]] }),
  ],
  commands: [
    { op: "start", afterSeconds: 1, onWorker: null },
    { op: "start", afterSeconds: U32_MAX, onWorker: 65535 },
    { op: "stop" },
    { op: "label", value: {} },
    { op: "label", value: { ["__proto__"]: "object", kind: "label" } },
    { op: "price", ...price },
    { op: "unknown" },
  ],
  priorities: ["low", "high", "other"],
  filters,
  sketches: [
    { name: "round", outline: { radius: 0.5 } },
    { name: "square", outline: { width: 2, height: 1e300 } },
    { name: "there", outline: address },
  ],
  discounts: [
    { kind: "Everything" },
    { kind: "Percent", value: 255 },
    { kind: "Amount", value: price },
    U64_MAX,
    { with: "Everything" },
  ],
  bill: { paidOn: null, number: U32_MAX, lines: [price], discount: 0n },
  address: null,
  cooking: { time: U32_MAX, colour: { rgb: [0, 128, 255] } },
  moments: {
    at: "2024-02-29T23:59:59.999999Z",
    abroad: "1969-12-31T23:59:59.500-03:30",
    local: "0001-01-01T00:00:00",
    day: "9999-12-31",
    time: "23:59:59.000001",
    weekday: "Sun",
    span: [-1n, 500_000_000],
    other: "1970-01-01 00:00:00.0 +00:00:00",
    perhaps: [null, "1970-01-01T00:00:00Z"],
  },
  locations: {
    ips: ["127.0.0.1", "::", "::ffff:1.2.3.4"],
    v4: "255.255.255.255",
    v6: "2001:db8::1",
    sockets: ["0.0.0.0:0", "[::1]:65535"],
    socketV4: "192.0.2.1:80",
    socketV6: "[fe80::1%3]:80",
    path: '/var/lib/☃ \\ "',
    site: "https://user@example.org:8443/%C3%A4?q=1#f",
    id,
  },
  limits: {
    small: 255,
    large: I64_MIN,
    largest: 2n ** 128n - 1n,
    perhaps: null,
    list: [-128, 127],
    wrapping: 0,
    range: { start: 0n, end: U64_MAX },
    inclusive: { start: -128, end: 127 },
    days: { start: "2024-02-01", end: "2024-03-01" },
    from: { start: "-0.0000000000000000000000000001" },
    bounds: [{ kind: "Unbounded" }, { kind: "Included", value: 0n }, { kind: "Excluded", value: U64_MAX }],
    decimals: ["79228162514264337593543950335", "-1.50", "0.00"],
  },
  keys: {
    byId: { "00000000-0000-0000-0000-000000000000": 0, "ffffffff-ffff-ffff-ffff-ffffffffffff": 255 },
    byIp: { "127.0.0.1": "four", "::1": "six" },
    byDay: { "2024-02-29": "0.10" },
    byNumber: new Map([
      [1, true],
      [65535, false],
    ]),
    byLargeNumber: new Map([[U64_MAX, true]]),
    byChar: { "\u{10ffff}": "a", '"': "☃" },
    inOrder: { z: 1, ["__proto__"]: 2, a: 255 },
    ids: [id],
    setInOrder: [I64_MAX, -1n, I64_MIN],
  },
  storage: {
    shared: "",
    borrowed: "☃",
    boxed: "\0",
    items: [0n, U64_MAX],
    buffer: Uint8Array.of(0, 255),
    bytes: new Uint8Array(),
    cString: new TextEncoder().encode("text"),
    chunks: { none: null, some: Uint8Array.of(1) },
  },
};

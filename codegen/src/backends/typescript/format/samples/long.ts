// What is broken where its line is too long, and put together where it is not.
import { decodeAccountOfTheCustomer, decodeOrderOfTheCustomer, encodeAccountOfTheCustomer, readError } from "../codecs.js";
import {
  Short,
} from "./short.js";
export type { Alone } from "./alone.js";
export type * from "./models.js";

/** One of several. */
export type Choice =
  | "first"
  | "second";

export type Told =
  /** The first one. */
  | { readonly kind: "first" }
  /** The second one. */
  | ({ readonly kind: "second" } & Account);

export type Long = { readonly kind: "several"; readonly names: readonly ({ readonly name: string })[]; readonly count: bigint } | null;

export interface Account {
  /** Whose it is. */
  readonly owner: { readonly [key: string]: readonly (string | null)[] } | { readonly [key in Choice]?: Account } | bigint | string;
  readonly "display-name"?: string | null | undefined;
}

const ACCOUNT: Method<{ readonly owner: string; readonly choice: Choice | null }, readonly AccountOfTheCustomer[]> = {
  message: "showcase.accounts.of.several.customers.in.one.place.AccountsOfSeveralCustomersInOnePlace.OpenSeveralAtOnce",
  encode: (values, _parent, _key, codec) => ({ owner: encode.string(values.owner, null, "owner", codec), choice: values.choice }),
  decode: (value, parent, key) => decode.array(value, parent, key, (value, parent, key) => decode.nullable(value, parent, key, decodeAccountOfTheCustomer)),
  wide: false,
};

const names: ReadonlyMap<Choice, string> = new Map<Choice, string>([["first", "First"], ["second", "a \"quoted\" one"]]);

export const encodeChoiceOfTheCustomerOrOfTheOperator: Encoder<ChoiceOfTheCustomerOrOfTheOperatorOfTheSystem> = (value, parent, key) => encode.choice(value, parent, key, names);

export function encodeAccountOfTheCustomer(value: AccountOfTheCustomer, parent: Path, key: Key, codec: CodecName): unknown {
  encode.object(value, parent, key);

  switch (value.kind) {
    case "first":
      return { kind: "first", owner: value.owner === undefined ? undefined : encode.nullable(value.owner, at, "owner", codec) };
    case "second": {
      const [name, data] = decode.externallyTagged(value, parent, key);
      return encode.merge(parent, key, [{ kind: "second" }, ...encode.tuple<readonly [number, string]>(value.value, name, data, codec)]);
    }
    default:
      return encode.unknownVariant(["first", "second"], at, "kind") ?? undefined;
  }
}

export class AccountOfTheCustomerClient extends Disposing {
  readonly #target: Target;

  /** Only for the client. */
  constructor(target: Target) {
    super();
    this.#target = target;
  }

  subscribe<Name extends keyof AccountOfTheCustomerEvents>(events: Name | readonly Name[], options?: SubscribeOptions): Subscription<Name> {
    return this.#target.subscribe(new Map<string, Decoder<Name>>(events.map((name) => decoders[name])), options);
  }
}

export type OpenUnion = { readonly kind: "known"; readonly aPropertyWithALongName: string; readonly another: readonly bigint[] } | { readonly kind: typeof UNKNOWN; readonly name: string; readonly data: unknown };

/** The methods that the tests call, written as the generator writes them. */
import * as decode from "../src/decode.js";
import * as encode from "../src/encode.js";
import { ContractError } from "../src/errors.js";
import type { Method } from "../src/method.js";

export class OrderError extends ContractError<string> {}

export const ADD: Method<{ a: bigint; b: bigint }, bigint> = {
  message: "demo.Calculator.Add",
  encode: (values, _parent, _key, codec) => ({
    a: encode.i64(values.a, null, "a", codec),
    b: encode.i64(values.b, null, "b", codec),
  }),
  decode: decode.i64,
  declared: null,
  wide: true,
};

export const ORDER: Method<{ product: string }, null> = {
  message: "demo.Orders.Place",
  encode: (values, _parent, _key, codec) => ({ product: encode.string(values.product, null, "product", codec) }),
  decode: decode.unit,
  declared: (text, details) => new OrderError(text, decode.string(details, null, "error")),
  wide: false,
};

export const NOTIFY: Method<{ text: string }, null> = {
  message: "demo.Mailer.Notify",
  encode: (values, _parent, _key, codec) => ({ text: encode.string(values.text, null, "text", codec) }),
  decode: decode.unit,
  declared: null,
  wide: false,
};

export const COUNTDOWN: Method<{ from: number }, number> = {
  message: "demo.Countdown.Countdown",
  encode: (values, _parent, _key, codec) => ({ from: encode.u32(values.from, null, "from", codec) }),
  decode: decode.u32,
  declared: (text, details) => new OrderError(text, decode.string(details, null, "error")),
  wide: false,
};

export const PRICES: ReadonlyMap<string, decode.Decoder<number>> = new Map([["demo.PriceUpdate", decode.f64]]);

/** Forms of text: what is sent and what is received is held against the same ones. */

/** A form. */
export interface Form {
  /** What a text of this form is called in an error. */
  readonly name: string;
  readonly matches: (text: string) => boolean;
}

function form(name: string, matches: (text: string) => boolean): Form {
  return { name, matches };
}

function pattern(name: string, expression: RegExp): Form {
  return form(name, (text) => expression.test(text));
}

const DECIMAL_BYTE = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const IPV4 = new RegExp(String.raw`^(?:${DECIMAL_BYTE}\.){3}${DECIMAL_BYTE}$`);
/** An IPv6 address whose last two groups are written as an IPv4 address. */
const IPV4_AT_THE_END = /^(.*:)(\d[\d.]*)$/;

function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

function isIpv6(text: string): boolean {
  const [, before, last] = IPV4_AT_THE_END.exec(text) ?? [];
  if (before !== undefined && last?.includes(".") === true) return isIpv4(last) && isIpv6(`${before}0:0`);
  const sides = text.split("::");
  const groups = sides.flatMap((side) => (side === "" ? [] : side.split(":")));
  // Two colons stand for at least one group.
  const isComplete = sides.length === 1 ? groups.length === 8 : sides.length === 2 && groups.length < 8;
  return isComplete && groups.every((group) => /^[\da-f]{1,4}$/i.test(group));
}

/** An address, without the brackets around IPv6, and a port. */
const SOCKET = /^(?:([\d.]+)|\[([\da-f:.]+)(?:%\d{1,10})?\]):(\d{1,5})$/i;

function isSocketAddress(text: string): boolean {
  const [, ipv4 = "", ipv6 = "", port] = SOCKET.exec(text) ?? [];
  return (isIpv4(ipv4) || isIpv6(ipv6)) && Number(port) <= 0xffff;
}

// Years of more than four digits have a sign (ISO 8601).
const DATE = /^(\d{4}|[+-]\d{4,6})-(\d{2})-(\d{2})$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?$/;
const OFFSET = /(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function isDate(text: string): boolean {
  const [year, month, day] = (DATE.exec(text) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  // The calendar repeats after 400 years, and those before 100 mean others to JavaScript.
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= days;
}

function isDateTime(text: string): boolean {
  const middle = text.indexOf("T");
  return middle !== -1 && isDate(text.slice(0, middle)) && TIME.test(text.slice(middle + 1));
}

function isTimestamp(text: string): boolean {
  const end = text.search(OFFSET);
  return end !== -1 && isDateTime(text.slice(0, end));
}

function isUrl(text: string): boolean {
  try {
    return new URL(text).href !== "";
  } catch {
    return false;
  }
}

export const uuid: Form = pattern("a UUID", /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i);
export const ipAddress: Form = form("an IP address", (text) => isIpv4(text) || isIpv6(text));
export const ipv4Address: Form = form("an IPv4 address", isIpv4);
export const ipv6Address: Form = form("an IPv6 address", isIpv6);
export const socketAddress: Form = form("an IP address and a port", isSocketAddress);
export const timestamp: Form = form("a timestamp", isTimestamp);
export const dateTime: Form = form("a date and a time of day", isDateTime);
export const date: Form = form("a date", isDate);
export const time: Form = pattern("a time of day", TIME);
export const decimal: Form = pattern("a decimal number", /^-?\d+(?:\.\d+)?$/);
export const url: Form = form("an absolute URL", isUrl);

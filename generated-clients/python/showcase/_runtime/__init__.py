"""The runtime part of a generated Callsheet client: frames, codecs, connections and checks.

The way of a call: `envelope` lays it out, `codec` writes it, `frame` seals it, `blocking` (with
`turns` and `outbox`) or `aio` carries it; `frame`, `codec` and `routing` bring the answer back to
whom it belongs, and `decode` checks it.
"""

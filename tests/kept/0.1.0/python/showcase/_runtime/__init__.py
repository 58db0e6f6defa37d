"""The runtime part of a generated Callsheet client: frames, codecs, connections and checks.

The way of a call: `envelope` lays it out, `codec` writes it, `frame` seals it, `blocking` (with
`turns`, `waits` and `outbox`) or `aio` (with `aio_calls` and `aio_link`) carries it; `frame`,
`codec` and `routing` bring the answer back to whom it belongs, and `decode` checks it.

What the server asks of this client, and what a fake is asked, is read and answered in `serving`;
`aio_serving` and `thread_serving` run the handlers, on behalf of `aio_hosting` and
`thread_hosting`, which have the actors of a client, or of `aio_fakes` and `thread_fakes`.

Over one socket after the other: `dial` gets one, `backoff` says when the next one is tried,
`greeting` says what goes over it first, `subscribers` tell from the answers what was missed, and
`terms` keep what the server has said it takes.
"""

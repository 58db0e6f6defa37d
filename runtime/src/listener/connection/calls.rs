//! Requests: calls of methods.

use std::{sync::Arc, time::Duration};

use callsheet_schema::Kind;
use callsheet_wire::{Code, Dialect, Failure, Payload, Request, acton};

use super::{
    forwarding::UNTOLD,
    in_flight::Shape,
    inbound::{Inbound, LONGEST_NAME, check_name},
    layered::Passage,
    meta,
    requests::{Answer, Receipt},
};
use crate::{
    call::{CallHeader, Port, WireReply},
    clock::Deadline,
    contained::{self, Panicked},
    id::ActorId,
    listener::stats::Line,
    registry::Method,
    transport::{Crossing, crossing},
};

/// What a request wants for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wants {
    Nothing,
    Reply,
    Stream,
    /// Both flags are set.
    Both,
    /// To be told that the message is in the queue, whether it has a reply or not: what clients of acton-reactive get that
    /// want nothing.
    Receipt,
}

impl Wants {
    fn of(dialect: Dialect, request: &Request<'_>) -> Self {
        match (request.expects_reply, request.expects_stream, dialect) {
            (false, false, Dialect::Own(_)) => Wants::Nothing,
            (false, false, Dialect::Acton(_)) => Wants::Receipt,
            (true, false, _) => Wants::Reply,
            // For acton-reactive a stream is what is wanted then.
            (false, true, _) | (true, true, Dialect::Acton(_)) => Wants::Stream,
            (true, true, Dialect::Own(_)) => Wants::Both,
        }
    }

    /// What is answered to a message without a reply.
    fn receipt(self) -> Receipt {
        match self {
            Wants::Receipt => &acton::write::Receipt::DELIVERED,
            _ => &(),
        }
    }
}

/// Why a call was not set off.
struct Unstarted {
    failure: Failure,
    /// Where it counts as a call that has failed: its actor's queue did not take it. Else it was refused before.
    line: Option<Line>,
}

impl From<Failure> for Unstarted {
    fn from(failure: Failure) -> Self {
        Unstarted { failure, line: None }
    }
}

impl Inbound {
    pub(super) fn request(&mut self, dialect: Dialect, request: &Request<'_>) {
        let wants = Wants::of(dialect, request);
        let is_stream = wants == Wants::Stream;
        let made_name = (is_stream && request.request_id.is_none()).then(|| {
            self.next_stream += 1;
            format!("~{}", self.next_stream)
        });
        let answer = Answer {
            id: request.request_id.as_deref().or(made_name.as_deref()),
            is_ordered: request.request_id.is_none() && wants != Wants::Nothing,
            dialect,
            shape: if is_stream { Shape::Stream } else { Shape::Response },
        };
        if let Err(Unstarted { failure, line }) = self.start(request, wants, &answer) {
            match line {
                _ if wants == Wants::Nothing => {
                    self.refuse_later(&request.target, &request.message_type, &answer, line)(&failure);
                }
                Some(line) => self.link.refuse_call(line, &answer, &failure),
                None => self.link.refuse(&answer, &failure),
            }
        }
    }

    /// Tells of the failure of a request that wants no reply, if there is any way to tell it: its caller may have given an
    /// id. Else the message is a dead letter. It is counted as a call of the method at `line`, if that is known.
    fn refuse_later(
        &self,
        actor: &str,
        message: &str,
        answer: &Answer<'_>,
        line: Option<Line>,
    ) -> impl FnOnce(&Failure) + Send + use<> + 'static {
        let (link, runtime) = (Arc::clone(&self.link), self.runtime.downgrade());
        let (id, dialect) = (answer.id.map(str::to_owned), answer.dialect);
        // A name that is too long to be one is not kept.
        let named = |name: &str| name.chars().take(LONGEST_NAME).collect();
        let (actor, message): (String, String) = (named(actor), named(message));
        move |failure| match id {
            Some(id) => {
                let answer = Answer {
                    id: Some(&id),
                    is_ordered: false,
                    dialect,
                    shape: Shape::Response,
                };
                match line {
                    Some(line) => link.refuse_call(line, &answer, failure),
                    None => link.refuse(&answer, failure),
                }
            }
            None => {
                match line {
                    Some(line) => link.count_failed(line, failure),
                    None => link.counters.refused(failure),
                }
                link.visitor.refused(failure);
                tracing::debug!(target_actor = %actor.escape_debug(), %failure, "dropped a request");
                if let Ok(runtime) = runtime.upgrade() {
                    runtime.lose_from_outside(actor, message, failure);
                }
            }
        }
    }

    /// Sets the call off. Its failure is to be answered by the caller, unless the call is in flight.
    fn start(&mut self, request: &Request<'_>, wants: Wants, answer: &Answer<'_>) -> Result<(), Unstarted> {
        self.check_rate()?;
        check_name("target", &request.target)?;
        check_name("message_type", &request.message_type)?;
        let head = self.heads.find(
            &self.link,
            self.runtime.router(),
            &request.target,
            &request.message_type,
        )?;
        let line = head.line;
        let visitor = &self.link.visitor;
        visitor.check_call(&head.actor, &head.method)?;
        let origin = visitor.origin();
        if let Some(misfit) = self.misfits.get(head.method.name()) {
            return Err(Failure::new(Code::SchemaMismatch, misfit).into());
        }
        let meta = meta::read(request.meta)?;
        // Nobody waits for a call without an answer, nor for what is only put into the queue.
        let is_awaited = wants != Wants::Nothing && head.method.kind() != Kind::Tell;
        let chain = request.chain.filter(|_| is_awaited);
        let link = self.link.chain(chain)?;
        let forwarded = match request.reply_to.as_deref() {
            Some(name) => {
                Some(
                    self.link
                        .forwarding(self.runtime.router(), name, &head.method, answer.dialect.codec())?,
                )
            }
            None => None,
        };
        if forwarded.is_some() && matches!(wants, Wants::Stream | Wants::Both) {
            return Err(wrong_flags(
                "`reply_to`: set `expects_reply` alone to be told that it was delivered, or no flag",
            )
            .into());
        }
        let outlet = || forwarded.clone().unwrap_or_else(|| Arc::clone(&self.outlet));
        let unawaited = || match &forwarded {
            Some(outlet) => WireReply::Port(Port::new(Arc::clone(outlet), UNTOLD)),
            None => WireReply::Discard,
        };
        let payload = request.payload.at_most(self.limits.max_values);
        let place = match head.method.layers().is_empty() {
            true => None,
            false => Some(self.link.place(payload.bytes().len(), &self.limits)?),
        };
        let passage = |deadline, place| {
            Passage::new(
                head,
                deadline,
                link.clone(),
                meta.clone(),
                origin.clone(),
                payload,
                place,
            )
        };
        let enqueue = |deadline, reply| {
            let header = CallHeader::from_outside(deadline, origin, link.clone(), meta.clone());
            let crossed = &self.link.crossing;
            enqueue(crossed, &head.method, &head.actor, header, payload, reply)
        };
        let failed = |failure| Unstarted {
            failure,
            line: Some(line),
        };
        let mut has_passed = false;
        match (head.method.kind(), wants) {
            (Kind::Ask, Wants::Reply | Wants::Stream) | (Kind::Stream, Wants::Stream) => {
                let asked = request.timeout_ms.map(Duration::from_millis);
                let timeout = self.runtime.timeouts().of(asked.or(head.method.timeout()));
                let deadline = self.clock.deadline(timeout);
                let ticket = self.link.admit(answer, line, deadline, request.credit, &self.limits)?;
                self.clock.touch();
                if let Some(place) = place {
                    self.runtime
                        .spawn_outside(passage(deadline, place).answer(outlet(), ticket));
                } else {
                    let reply = WireReply::Port(Port::new(outlet(), ticket));
                    if let Err(failure) = enqueue(deadline, reply) {
                        self.link.end_refused(ticket, &failure);
                        return Ok(());
                    }
                }
            }
            // Without a deadline: whatever is enqueued and awaited by nobody is run, however late.
            (Kind::Ask | Kind::Tell, Wants::Nothing) => {
                self.link.admit_unawaited(answer.id)?;
                match place {
                    Some(place) => {
                        let (actor, message) = (head.actor.to_string(), head.method.name().to_owned());
                        let passage = passage(Deadline::NONE, place);
                        let refuse = self.refuse_later(&actor, &message, answer, Some(line));
                        let link = Arc::clone(&self.link);
                        let delivered = passage.deliver(unawaited());
                        self.runtime.spawn_outside(async move {
                            match delivered.await {
                                Ok(()) => link.count_passed(line, 1),
                                Err(failure) => refuse(&failure),
                            }
                        });
                    }
                    None => {
                        enqueue(Deadline::NONE, unawaited()).map_err(failed)?;
                        has_passed = true;
                    }
                }
            }
            (Kind::Tell, Wants::Reply) | (Kind::Ask | Kind::Tell, Wants::Receipt) => match place {
                Some(place) => {
                    let ticket = self.link.admit(answer, line, Deadline::NONE, None, &self.limits)?;
                    let link = Arc::clone(&self.link);
                    let passage = passage(Deadline::NONE, place);
                    self.runtime
                        .spawn_outside(passage.confirm(link, ticket, wants.receipt()));
                }
                None => {
                    self.link.admit_unawaited(answer.id)?;
                    enqueue(Deadline::NONE, WireReply::Discard).map_err(failed)?;
                    self.link.confirm(line, answer, wants.receipt());
                }
            },
            (Kind::Stream, Wants::Nothing | Wants::Reply | Wants::Both | Wants::Receipt) => {
                return Err(wrong_flags("the method answers with a stream; set `expects_stream` alone").into());
            }
            (Kind::Ask, Wants::Both) => {
                return Err(wrong_flags("the method answers with one reply; set `expects_reply` alone").into());
            }
            (Kind::Tell, Wants::Stream | Wants::Both) => {
                let text =
                    "the method has no reply; set `expects_reply` alone to be told that it was enqueued, or no flag";
                return Err(wrong_flags(text).into());
            }
        }
        if has_passed {
            self.passed(line);
        }
        self.processed += 1;
        Ok(())
    }
}

/// Decodes the arguments and puts the call into the actor's queue.
pub(super) fn enqueue(
    crossed: &Crossing,
    method: &Method,
    actor: &ActorId,
    header: CallHeader,
    payload: Payload<'_>,
    reply: WireReply,
) -> Result<(), Failure> {
    // The arguments' own `Deserialize` may be the user's.
    let enqueue = || contained::outcome(|| method.enqueue(actor, header, payload, reply));
    crossing(crossed, enqueue).unwrap_or_else(|Panicked| {
        Err(Failure::new(
            Code::SerializationError,
            "the arguments panicked while they were decoded",
        ))
    })
}

fn wrong_flags(text: &str) -> Failure {
    Failure::new(Code::ProtocolError, text)
}

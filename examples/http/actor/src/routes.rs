//! The handlers: each finds the actors that it needs by their types.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use callsheet::{
    CallError,
    http::{Actor, AppState, HttpFailure, MailboxOf},
};
use http_shop_contract::{OrderCompleted, PriceError};

use crate::actors::{Analytics, Cache, Get, PriceList, Set, Totals};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/notes/{key}", get(note).put(put_note))
        .route("/orders/{item}", post(order))
        .route("/totals", get(totals))
}

async fn put_note(
    State(state): State<AppState>,
    Path(key): Path<String>,
    note: String,
) -> Result<StatusCode, HttpFailure> {
    // The same as an argument `Actor(cache): Actor<Cache>`, for who wants it only now and then.
    let Some(cache) = state.actor::<Cache>() else {
        return Ok(StatusCode::NOT_IMPLEMENTED);
    };
    cache.send(Set { key, note }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn note(Actor(cache): Actor<Cache>, Path(key): Path<String>) -> Result<Response, HttpFailure> {
    let note = cache.ask(Get(key)).await?;
    Ok(note.map_or_else(|| StatusCode::NOT_FOUND.into_response(), IntoResponse::into_response))
}

async fn order(
    State(state): State<AppState>,
    MailboxOf(prices): MailboxOf<PriceList>,
    Path(item): Path<String>,
) -> Response {
    match prices.price(item.clone()).await {
        Ok(cents) => {
            state.broker().publish(OrderCompleted { item, cents });
            (StatusCode::CREATED, cents.to_string()).into_response()
        }
        // What the contract declares, the handler alone can say in HTTP.
        Err(CallError::Contract(PriceError::NotForSale(item))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, format!("{item} is not for sale")).into_response()
        }
        Err(CallError::Failure(failure)) => HttpFailure(failure).into_response(),
    }
}

async fn totals(Actor(analytics): Actor<Analytics>) -> Result<String, HttpFailure> {
    let (orders, revenue) = analytics.ask(Totals).await?;
    Ok(format!("{orders} orders, {revenue} cents"))
}

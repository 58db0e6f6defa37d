//! A service from its configuration to its orderly end.

use std::{
    fmt,
    future::{Future, IntoFuture},
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::{Pin, pin},
    time::Duration,
};

use axum::Router;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

use super::AppState;
use crate::{
    extensions::{ActorExtension, ExtensionError, Registered},
    launch::LaunchError,
    runtime::Runtime,
    termination::Termination,
};

type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How a service is to be: its actors, its routes, where it listens and when it ends.
#[must_use = "nothing is served until the service is built, and serves"]
pub struct ServiceBuilder {
    runtime: Option<Runtime>,
    registered: Registered,
    routes: Router<AppState>,
    address: SocketAddr,
    drain_limit: Duration,
    stop: Option<Stop>,
}

impl ServiceBuilder {
    const DRAIN_LIMIT: Duration = Duration::from_secs(30);

    /// A service without actors and routes, on `127.0.0.1:8080`.
    pub fn new() -> Self {
        ServiceBuilder {
            runtime: None,
            registered: Registered::default(),
            routes: Router::new(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            drain_limit: Self::DRAIN_LIMIT,
            stop: None,
        }
    }

    /// Runs the actors in a runtime that was launched before, with others that run there. It is shut down when the service
    /// ends. Without it the service launches a runtime of its own.
    pub fn with_runtime(mut self, runtime: &Runtime) -> Self {
        self.runtime = Some(runtime.clone());
        self
    }

    /// An actor of the type `A`, as an [extension](ActorExtension).
    pub fn with_actor<A: ActorExtension>(mut self) -> Self {
        self.registered.add::<A>();
        self
    }

    /// Serves these routes, beside those that were given before.
    ///
    /// # Panics
    ///
    /// As axum's `Router::merge`: if a route is there already.
    pub fn with_routes(mut self, routes: Router<AppState>) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// Listens here; `127.0.0.1:8080` unless set. Port 0 is any that is free.
    pub fn bind(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Ends the service when `stop` has come, beside SIGTERM and SIGINT, which end it anyhow. Of several the last counts.
    pub fn shutdown_on(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.stop = Some(Box::pin(stop));
        self
    }

    /// So long the end of the service waits for requests that are being answered; 30 s unless set. What takes longer finds its
    /// actors stopped.
    pub fn drain_limit(mut self, limit: Duration) -> Self {
        self.drain_limit = limit;
        self
    }

    /// The service. Nothing has begun yet.
    pub fn build(self) -> Service {
        Service(self)
    }
}

impl Default for ServiceBuilder {
    fn default() -> Self {
        Self::new()
    }
}

/// A service that does not serve yet.
#[must_use = "nothing is served until `serve` is awaited"]
pub struct Service(ServiceBuilder);

/// Why a service did not serve, or no longer does.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The runtime was not launched.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// An extension was not started.
    #[error(transparent)]
    Extensions(#[from] ExtensionError),
    /// There is no listening at the address.
    #[error("failed to listen on `{address}`; bind another address, or end who listens there")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Signals cannot be waited for.
    #[error("failed to wait for signals")]
    Signals(#[source] io::Error),
    /// The server failed.
    #[error("failed to serve")]
    Serve(#[source] io::Error),
}

impl Service {
    /// Listens, starts the actors, and serves until SIGTERM, SIGINT, or what
    /// [`shutdown_on`](ServiceBuilder::shutdown_on) waits for. Then it takes no more requests, finishes those that are being
    /// answered, and shuts the runtime down.
    ///
    /// # Errors
    ///
    /// As [`listen`](Self::listen) and [`Listening::run`].
    pub async fn serve(self) -> Result<(), ServeError> {
        self.listen().await?.run().await
    }

    /// Listens and starts the actors. From here on connections wait to be served.
    ///
    /// # Errors
    ///
    /// If there is no listening at the address, the runtime cannot be launched, or an extension cannot be started. A runtime that
    /// was launched here is shut down again, one that was given goes on.
    pub async fn listen(self) -> Result<Listening, ServeError> {
        let Service(built) = self;
        let address = built.address;
        let bind = |source| ServeError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        // Before anyone is told that it is ready: a signal that comes right then must find it prepared.
        let signals = Termination::catch().map_err(ServeError::Signals)?;
        let (runtime, is_own) = match built.runtime {
            Some(runtime) => (runtime, false),
            None => (Runtime::launch()?, true),
        };
        let extensions = match built.registered.start(&runtime).await {
            Ok(extensions) => extensions,
            Err(error) => {
                if is_own {
                    runtime.shutdown().await;
                }
                return Err(error.into());
            }
        };
        Ok(Listening {
            listener,
            address,
            signals,
            routes: built.routes,
            state: AppState::new(runtime, extensions),
            drain_limit: built.drain_limit,
            stop: built.stop,
        })
    }
}

/// A service whose actors run, and whose connections wait to be served.
#[must_use = "no request is answered until it runs"]
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    signals: Termination,
    routes: Router<AppState>,
    state: AppState,
    drain_limit: Duration,
    stop: Option<Stop>,
}

impl Listening {
    /// Where it listens; the port is the true one where any was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers see.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Serves until it is to end, as [`Service::serve`] says.
    ///
    /// # Errors
    ///
    /// If the server fails. The runtime is shut down then too.
    pub async fn run(self) -> Result<(), ServeError> {
        let Listening {
            listener,
            mut signals,
            routes,
            state,
            drain_limit,
            stop,
            ..
        } = self;
        let runtime = state.runtime().clone();
        let stopping = CancellationToken::new();
        let server =
            axum::serve(listener, routes.with_state(state)).with_graceful_shutdown(stopping.clone().cancelled_owned());
        let mut server = pin!(server.into_future());
        let stop = async {
            match stop {
                Some(stop) => stop.await,
                None => std::future::pending().await,
            }
        };
        let served = tokio::select! {
            served = &mut server => served,
            () = async { tokio::select! { () = stop => {}, () = signals.wait() => {} } } => {
                stopping.cancel();
                timeout(drain_limit, server).await.unwrap_or_else(|_| {
                    tracing::warn!("requests take longer than the end of the service waits; their actors are stopped");
                    Ok(())
                })
            }
        };
        runtime.shutdown().await;
        served.map_err(ServeError::Serve)
    }
}

impl fmt::Debug for ServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceBuilder")
            .field("actors", &self.registered)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Service").field(&self.0).finish()
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

//! Request and stream: an actor that lists what it has.

use std::sync::Arc;

use callsheet::Streaming;
use list_service_contract::{ListError, ListItem, ListRequest, ListService};

/// A catalogue of 25 items.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Shared with the streams, which outlive the calls that made them.
    items: Arc<[ListItem]>,
}

impl Default for Catalogue {
    fn default() -> Self {
        let item = |id| ListItem {
            id,
            name: format!("item {id}"),
        };
        Catalogue {
            items: (1..=25).map(item).collect(),
        }
    }
}

impl Catalogue {
    /// The page that begins with the item at `start`; empty behind the last one.
    fn page(&self, start: usize, size: usize) -> Vec<ListItem> {
        self.items.iter().skip(start).take(size).cloned().collect()
    }
}

impl ListService for Catalogue {
    fn list(&self, request: ListRequest) -> Streaming<Result<ListItem, ListError>> {
        let size = request.page_size;
        if size == 0 {
            return Streaming::iter([Err(ListError::EmptyPages)]);
        }
        let catalogue = self.clone();
        let starts = (0..self.items.len()).step_by(size);
        Streaming::iter(starts.flat_map(move |start| catalogue.page(start, size)).map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use callsheet::{CallError, Runtime};
    use futures_util::{StreamExt, TryStreamExt};

    use super::*;

    #[tokio::test]
    async fn a_plain_value_lists_everything_whatever_the_page() {
        for page_size in [1, 10, 25, 26, usize::MAX] {
            let items = Catalogue::default().list(ListRequest { page_size });
            let items: Vec<_> = items.try_collect().await.expect("pages of at least 1 item");
            assert_eq!(items.len(), 25, "pages of {page_size}");
            assert_eq!((items[0].id, items[0].name.as_str()), (1, "item 1"));
            assert_eq!((items[24].id, items[24].name.as_str()), (25, "item 25"));
        }
        let refused: Vec<_> = Catalogue::default().list(ListRequest { page_size: 0 }).collect().await;
        assert_eq!(refused, [Err(ListError::EmptyPages)]);
    }

    #[tokio::test]
    async fn a_mailbox_streams() {
        let runtime = Runtime::launch().expect("inside tokio");
        let actor = runtime.actor("list_service", Catalogue::default).serves(ListService);
        actor.start().await.expect("the name is free");

        let service = ListService.at("list_service");
        let items: Vec<_> = service.list(ListRequest { page_size: 10 }).collect().await;
        assert_eq!(items.len(), 25);
        assert!(items.iter().all(Result::is_ok));

        let refused: Vec<_> = service.list(ListRequest { page_size: 0 }).collect().await;
        assert_eq!(refused, [Err(CallError::Contract(ListError::EmptyPages))]);
    }
}

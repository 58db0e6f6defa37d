//! Calls of the caller: an actor that imports what its caller has.

use callsheet::{CallError, Mailbox, Sends};
use futures_util::StreamExt;
use importer_contract::{ImportSummary, Importer, ImporterError, Row, Source, SourceError};

/// Counts the rows that it is given, and keeps none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counting;

impl Importer for Counting {
    async fn import_rows(&self, source: Mailbox<dyn Source>) -> Result<ImportSummary, ImporterError> {
        let mut summary = ImportSummary {
            imported: 0,
            left_out: 0,
        };
        let mut rows = source.rows();
        while let Some(row) = rows.next().await {
            if accepted(&source, row?).await? {
                summary.imported += 1;
                source.imported(summary.imported).send().await?;
            } else {
                summary.left_out += 1;
            }
        }
        Ok(summary)
    }
}

/// Whether a row is imported, as it is or as the source corrects it.
async fn accepted(source: &Mailbox<dyn Source>, row: Row) -> Result<bool, ImporterError> {
    if !row.text.is_empty() {
        return Ok(true);
    }
    match source.correct(row, "it has no text".to_owned()).await {
        Ok(corrected) => Ok(!corrected.text.is_empty()),
        Err(CallError::Contract(SourceError::LeaveOut)) => Ok(false),
        Err(CallError::Contract(SourceError::GiveUp(reason))) => Err(ImporterError::GivenUp(reason)),
        Err(CallError::Failure(failure)) => Err(failure.into()),
    }
}

#[cfg(test)]
mod tests {
    use callsheet::{Runtime, Streaming};
    use futures_util::stream;

    use super::*;

    /// Has these texts, and corrects what is empty by what it has for it.
    #[derive(Clone)]
    struct Table {
        texts: &'static [&'static str],
        correction: Result<&'static str, SourceError>,
    }

    impl Source for Table {
        fn rows(&self) -> Streaming<Row> {
            let texts = self.texts.iter().zip(1..);
            Streaming::new(stream::iter(texts.map(|(text, number)| Row {
                number,
                text: (*text).to_owned(),
            })))
        }

        async fn correct(&self, row: Row, _reason: String) -> Result<Row, SourceError> {
            let text = self.correction.clone()?.to_owned();
            Ok(Row { text, ..row })
        }

        fn imported(&self, _rows: u32) {}
    }

    async fn import(table: Table) -> Result<ImportSummary, CallError<ImporterError>> {
        let runtime = Runtime::launch().expect("inside tokio");
        let importer = runtime.actor("importer", Counting::default).serves(Importer);
        importer.start().await.expect("the name is free");
        let source = runtime.actor("table", move || table.clone()).serves(Source);
        source.start().await.expect("the name is free");
        Importer.at("importer").import_rows(Source.at("table")).await
    }

    #[tokio::test]
    async fn rows_are_imported_corrected_or_left_out() {
        let texts = &["one", "", "three"];
        let corrected = import(Table {
            texts,
            correction: Ok("two"),
        })
        .await;
        assert_eq!(
            corrected,
            Ok(ImportSummary {
                imported: 3,
                left_out: 0
            })
        );
        let left_out = import(Table {
            texts,
            correction: Err(SourceError::LeaveOut),
        })
        .await;
        assert_eq!(
            left_out,
            Ok(ImportSummary {
                imported: 2,
                left_out: 1
            })
        );
    }

    #[tokio::test]
    async fn a_source_may_give_up() {
        let correction = Err(SourceError::GiveUp("no more".to_owned()));
        let ended = import(Table {
            texts: &["one", ""],
            correction,
        })
        .await;
        let reason = ImporterError::GivenUp("no more".to_owned());
        assert_eq!(ended, Err(CallError::Contract(reason)));
    }
}

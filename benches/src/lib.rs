//! What the benchmarks share: rounds in which every contender runs once, and the median of the ratios within a round.
//!
//! Machines drift, so a figure of one run says little. Contenders are compared within a round, and the median of those
//! ratios is what to quote.

use std::time::Duration;

/// One contender's figures, a round each.
#[derive(Debug)]
pub struct Row {
    name: &'static str,
    nanoseconds: Vec<f64>,
}

/// The figures of one workload; the first row is what the others are compared with.
#[derive(Debug)]
pub struct Table {
    title: String,
    rows: Vec<Row>,
}

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>) -> Self {
        Table {
            title: title.into(),
            rows: Vec::new(),
        }
    }

    /// Adds what one operation cost in this round.
    pub fn add(&mut self, name: &'static str, elapsed: Duration, operations: u64) {
        let cost = elapsed.as_nanos() as f64 / operations.max(1) as f64;
        match self.rows.iter_mut().find(|row| row.name == name) {
            Some(row) => row.nanoseconds.push(cost),
            None => self.rows.push(Row {
                name,
                nanoseconds: vec![cost],
            }),
        }
    }

    /// The median of the ratios of the first row's cost to this row's, round by round: above 1 is faster than it.
    pub fn ratio(&self, name: &str) -> f64 {
        let (Some(first), Some(row)) = (self.rows.first(), self.rows.iter().find(|row| row.name == name)) else {
            return f64::NAN;
        };
        median(
            first
                .nanoseconds
                .iter()
                .zip(&row.nanoseconds)
                .map(|(first, own)| first / own)
                .collect(),
        )
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("{}", self.title);
        for row in &self.rows {
            let cost = median(row.nanoseconds.clone());
            println!("  {:44} {cost:9.0} ns  ratio {:.2}", row.name, self.ratio(row.name));
        }
    }

    /// Prints whether the ratio of `name` is at least `wanted`; `false` if it is not.
    pub fn guard(&self, name: &str, wanted: f64) -> bool {
        let ratio = self.ratio(name);
        let fine = ratio >= wanted;
        println!(
            "  {} {name}: {ratio:.2}, wanted {wanted:.2}",
            if fine { "ok  " } else { "FAIL" }
        );
        fine
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

//! A market that moves by itself.

use std::iter::FusedIterator;

use price_feed_contract::{PriceUpdate, TradeExecuted};

/// The prices and trades of one symbol, for ever; the same in every run, so that a demonstration can be told in advance.
///
/// ```
/// let (update, trade) = price_feed::Market::default().next().expect("it never ends");
/// assert_eq!((update.symbol.as_str(), update.price), ("ACME", 100.0));
/// assert_eq!(trade.price, update.price);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Market {
    tick: u32,
}

impl Iterator for Market {
    type Item = (PriceUpdate, TradeExecuted);

    fn next(&mut self) -> Option<Self::Item> {
        let tick = self.tick;
        self.tick = tick.wrapping_add(1);
        // Two waves of unlike length look like a market; whole cents look like a price.
        let time = f64::from(tick);
        let price = 100.0 + 5.0 * (time / 11.0).sin() + 1.5 * (time / 1.7).sin();
        let price = (price * 100.0).round() / 100.0;
        let update = PriceUpdate {
            symbol: "ACME".into(),
            price,
        };
        let trade = TradeExecuted {
            symbol: "ACME".into(),
            price,
            quantity: 1 + tick % 10 * 7 % 10,
        };
        Some((update, trade))
    }
}

impl FusedIterator for Market {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_move_and_stay_plausible() {
        let prices: Vec<_> = Market::default().take(1_000).map(|(update, _)| update.price).collect();
        assert!(prices.iter().all(|price| (90.0..=110.0).contains(price)));
        assert!(prices.windows(2).filter(|pair| pair[0] != pair[1]).count() > 900);
        assert!(prices.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 2.0));
    }

    #[test]
    fn trades_are_made_at_the_price() {
        for (update, trade) in Market::default().take(100) {
            assert_eq!((&trade.symbol, trade.price), (&update.symbol, update.price));
            assert!((1..=10).contains(&trade.quantity));
        }
    }
}

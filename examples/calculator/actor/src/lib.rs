//! Request and response: an actor that calculates.

use calculator_contract::{AddResult, Calculator, MathError};

/// A calculator without state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Adder;

impl Calculator for Adder {
    async fn add(&self, a: i32, b: i32) -> Result<AddResult, MathError> {
        let sum = a.checked_add(b).ok_or(MathError::Overflow)?;
        Ok(AddResult { sum })
    }
}

#[cfg(test)]
mod tests {
    use callsheet::{CallError, Runtime};

    use super::*;

    #[tokio::test]
    async fn a_plain_value_adds() {
        assert_eq!(Adder.add(5, 3).await, Ok(AddResult { sum: 8 }));
        assert_eq!(Adder.add(i32::MAX, 1).await, Err(MathError::Overflow));
        assert_eq!(Adder.add(i32::MIN, -1).await, Err(MathError::Overflow));
    }

    #[tokio::test]
    async fn a_mailbox_adds() {
        let runtime = Runtime::launch().expect("inside tokio");
        let actor = runtime.actor("calculator", Adder::default).serves(Calculator);
        actor.start().await.expect("the name is free");

        let calculator = Calculator.at("calculator");
        assert_eq!(calculator.add(5, 3).await, Ok(AddResult { sum: 8 }));
        let failed = calculator.add(i32::MAX, 1).await;
        assert_eq!(failed, Err(CallError::Contract(MathError::Overflow)));
    }
}

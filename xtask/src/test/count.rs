//! How many tests a runner says it ran.

/// The tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Count {
    /// Adds up the closing lines of cargo, pytest and node in what a runner printed.
    pub(super) fn of(printed: &str) -> Self {
        let mut count = Count::default();
        for line in printed.lines().map(plain) {
            let line = line.trim();
            if let Some(result) = line.strip_prefix("test result:") {
                count.add(result, "passed", "failed");
            } else if line.starts_with("====") && (line.contains(" passed") || line.contains(" failed")) {
                count.add(line, "passed", "failed");
                count.failed += before(line, "error");
            } else if let Some(number) = line.strip_prefix("# pass ").or(line.strip_prefix("ℹ pass ")) {
                count.passed += number.trim().parse::<u64>().unwrap_or(0);
            } else if let Some(number) = line.strip_prefix("# fail ").or(line.strip_prefix("ℹ fail ")) {
                count.failed += number.trim().parse::<u64>().unwrap_or(0);
            }
        }
        count
    }

    fn add(&mut self, line: &str, passed: &str, failed: &str) {
        self.passed += before(line, passed);
        self.failed += before(line, failed);
    }
}

/// The number that stands before `word`.
fn before(line: &str, word: &str) -> u64 {
    let mut last = 0;
    for part in line.split([' ', ';', ',', '.']).filter(|part| !part.is_empty()) {
        if part.starts_with(word) {
            return last;
        }
        last = part.parse().unwrap_or(0);
    }
    0
}

/// A line without what colours it.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn closing_lines_of_every_runner() {
        let printed = "test result: ok. 15 passed; 1 failed; 0 ignored; finished in 0.11s\n\
                       ======= 3 failed, 120 passed, 2 errors in 1.5s =======\n\
                       # pass 7\n# fail 1\nℹ pass 2\nℹ fail 0\n\
                       \u{1b}[32m===== \u{1b}[1m4 passed\u{1b}[0m in 0.1s =====\n";
        let wanted = Count {
            passed: 15 + 120 + 7 + 2 + 4,
            failed: 1 + 3 + 2 + 1,
        };
        assert_eq!(Count::of(printed), wanted);
        assert_eq!(Count::of("all fine"), Count::default());
    }
}

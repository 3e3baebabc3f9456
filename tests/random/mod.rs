//! Randomness that is the same in every run: a seed decides all that follows.
//!
//! What a test makes of it can be made again from the seed that a failure prints.

/// The generator of Steele, Lea and Flood: fast, and good enough for tests.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound; 0 for a bound of 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap().max(1);
        usize::try_from(self.next() % bound).unwrap()
    }

    /// A number from `least` to `most`.
    pub fn within(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// Whether something happens that happens in so many cases of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    pub fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Each letter in upper or lower case.
    pub fn cased(&mut self, text: &str) -> String {
        let mut change = |c: char| if self.chance(50) { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        text.chars().map(&mut change).collect()
    }
}

/// A number that the environment sets, else the default.
pub fn setting(name: &str, default: u64) -> u64 {
    let number = |text: String| text.replace('_', "").parse().unwrap_or_else(|_| panic!("{name} must be a number"));
    std::env::var(name).map_or(default, number)
}

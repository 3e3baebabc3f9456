//! A position in the input, moved byte by byte.
//!
//! Everything the grammar is made of is ASCII; other characters occur only
//! inside values and are taken whole, so the position never comes to rest
//! inside a character.

use crate::error::{ErrorKind, ParseError};

#[derive(Clone, Copy)]
pub(crate) struct Cursor<'i> {
    input: &'i str,
    position: usize,
}

impl<'i> Cursor<'i> {
    pub(crate) fn new(input: &'i str) -> Self {
        Self { input, position: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.input.as_bytes().get(self.position).copied()
    }

    /// Moves past the ASCII byte that was just seen.
    pub(crate) fn bump(&mut self) {
        self.position = self.position.saturating_add(1);
    }

    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.bump();
        }
        found
    }

    /// Takes the longest run of wanted bytes. `wanted` must treat all non-ASCII bytes alike.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'i str {
        let rest = self.input.get(self.position..).unwrap_or_default();
        let length = rest.bytes().take_while(|byte| wanted(*byte)).count();
        self.position = self.position.saturating_add(length);
        rest.get(..length).unwrap_or_default()
    }

    /// Takes everything up to a space, bracket, quote or control character.
    pub(crate) fn word(&mut self) -> &'i str {
        self.take_while(|byte| !b"()[]\" ".contains(&byte) && !byte.is_ascii_control())
    }

    /// Skips spaces and tabs and tells whether there were any.
    pub(crate) fn skip_spaces(&mut self) -> bool {
        !self.take_while(|byte| byte == b' ' || byte == b'\t').is_empty()
    }

    pub(crate) fn require_spaces(&mut self) -> Result<(), ParseError> {
        if self.skip_spaces() { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Checks that a term is over: a space, a closing bracket or the end follows.
    pub(crate) fn require_boundary(&self) -> Result<(), ParseError> {
        match self.peek() {
            None | Some(b' ' | b'\t' | b')' | b']') => Ok(()),
            Some(_) => Err(self.unexpected()),
        }
    }

    /// The error for whatever stands, or does not stand, at the position.
    pub(crate) fn unexpected(&self) -> ParseError {
        let kind = match self.peek() {
            Some(_) => ErrorKind::UnexpectedCharacter,
            None => ErrorKind::UnexpectedEnd,
        };
        self.error(kind, self.position)
    }

    pub(crate) fn error(&self, kind: ErrorKind, offset: usize) -> ParseError {
        ParseError::new(kind, self.input, offset)
    }
}

//! The parser: from text to [`Filter`], [`PatchPath`] and [`AttributePath`].
//!
//! It keeps the open brackets in a vector instead of calling itself, so no
//! input can exhaust the stack, and it charges every bracket and every test
//! to the limits before it goes on, so no input makes it allocate more than
//! the limits allow.

use std::mem;

use crate::attribute::{AttributePath, attribute, sub_attribute};
use crate::cursor::Cursor;
use crate::error::{ErrorKind, ParseError};
use crate::filter::{CompareOp, Filter};
use crate::junction::Junction;
use crate::literal::literal;
use crate::options::{Limits, Options};
use crate::patch_path::PatchPath;

pub(crate) fn filter(input: &str, options: &Options) -> Result<Filter, ParseError> {
    let cursor = start(input, options)?;
    Parser::new(cursor, options).run().map(|(filter, _)| filter)
}

pub(crate) fn patch_path(input: &str, options: &Options) -> Result<PatchPath, ParseError> {
    let mut cursor = start(input, options)?;
    let attribute = attribute(&mut cursor)?;
    let mut path = PatchPath { attribute, filter: None, sub: None };
    cursor.skip_spaces();
    if cursor.peek() == Some(b'[') {
        let mut parser = Parser::new(cursor, options);
        parser.open(Opening::PatchFilter)?;
        let (filter, after) = parser.run()?;
        path.filter = Some(filter);
        cursor = after;
        path.sub = sub_attribute(&mut cursor)?;
    }
    finish(cursor)?;
    Ok(path)
}

pub(crate) fn attribute_path(input: &str, options: &Options) -> Result<AttributePath, ParseError> {
    let mut cursor = start(input, options)?;
    let path = attribute(&mut cursor)?;
    finish(cursor)?;
    Ok(path)
}

fn start<'i>(input: &'i str, options: &Options) -> Result<Cursor<'i>, ParseError> {
    let mut cursor = Cursor::new(input);
    if input.len() > options.limits.max_length {
        let limit = options.limits.max_length;
        let offset = (0..=limit).rev().find(|offset| input.is_char_boundary(*offset));
        return Err(cursor.error(ErrorKind::TooLong, offset.unwrap_or_default()));
    }
    cursor.skip_spaces();
    Ok(cursor)
}

fn finish(mut cursor: Cursor<'_>) -> Result<(), ParseError> {
    cursor.skip_spaces();
    match cursor.peek() {
        None => Ok(()),
        Some(_) => Err(cursor.unexpected()),
    }
}

/// What the innermost open bracket belongs to.
enum Opening {
    Input,
    Group,
    Not,
    ValuePath(AttributePath),
    PatchFilter,
}

impl Opening {
    fn closed_by(&self) -> Option<u8> {
        match self {
            Self::Input => None,
            Self::Group | Self::Not => Some(b')'),
            Self::ValuePath(_) | Self::PatchFilter => Some(b']'),
        }
    }

    fn is_value_path(&self) -> bool {
        self.closed_by() == Some(b']')
    }
}

/// An open bracket and the terms read since.
struct Level {
    opening: Opening,
    terms: Junction,
}

impl Level {
    fn new(opening: Opening) -> Self {
        Self { opening, terms: Junction::default() }
    }
}

struct Parser<'i> {
    cursor: Cursor<'i>,
    options: &'i Options,
    current: Level,
    outer: Vec<Level>,
    in_value_path: bool,
    /// The deepest nesting since the last value path began.
    deepest: usize,
    tests: usize,
}

impl<'i> Parser<'i> {
    fn new(cursor: Cursor<'i>, options: &'i Options) -> Self {
        Self {
            cursor,
            options,
            current: Level::new(Opening::Input),
            outer: Vec::new(),
            in_value_path: false,
            deepest: 0,
            tests: 0,
        }
    }

    /// Reads to the end of the input, or of the brackets of a PATCH path.
    fn run(mut self) -> Result<(Filter, Cursor<'i>), ParseError> {
        loop {
            if let Some(test) = self.operand()?
                && let Some(whole) = self.after(test)?
            {
                return Ok((whole, self.cursor));
            }
        }
    }

    /// Reads one test, or an opening bracket: then there is no term yet.
    fn operand(&mut self) -> Result<Option<Filter>, ParseError> {
        self.cursor.skip_spaces();
        if self.cursor.peek() == Some(b'(') {
            self.open(Opening::Group)?;
            return Ok(None);
        }
        if let Some(bracket) = behind_not(self.cursor) {
            self.cursor = bracket;
            self.open(Opening::Not)?;
            return Ok(None);
        }
        let start = self.cursor.position();
        let path = attribute(&mut self.cursor)?;
        let mut ahead = self.cursor;
        ahead.skip_spaces();
        if ahead.peek() == Some(b'[') {
            self.cursor = ahead;
            self.open(Opening::ValuePath(path))?;
            return Ok(None);
        }
        self.test(path, start).map(Some)
    }

    /// Reads what follows an attribute: `pr`, or an operator and a value.
    fn test(&mut self, path: AttributePath, start: usize) -> Result<Filter, ParseError> {
        self.tests = self.tests.saturating_add(1);
        if self.tests > self.options.limits.max_terms {
            return Err(self.cursor.error(ErrorKind::TooManyTerms, start));
        }
        self.cursor.require_spaces()?;
        let start = self.cursor.position();
        let word = self.cursor.word();
        if word.is_empty() {
            return Err(self.cursor.unexpected());
        }
        if word.eq_ignore_ascii_case("pr") {
            self.cursor.require_boundary()?;
            return Ok(Filter::Present(path));
        }
        let Some(op) = CompareOp::find(word) else {
            return Err(self.cursor.error(ErrorKind::InvalidOperator, start));
        };
        self.cursor.require_spaces()?;
        let value = literal(&mut self.cursor, self.options.unquoted_values)?;
        Ok(Filter::Compare { path, op, value })
    }

    /// Reads what follows a term: closing brackets, then the end or a connective.
    fn after(&mut self, mut term: Filter) -> Result<Option<Filter>, ParseError> {
        loop {
            self.cursor.skip_spaces();
            match self.cursor.peek() {
                None if self.outer.is_empty() => {
                    return Ok(Some(mem::take(&mut self.current.terms).finish(term)));
                }
                Some(b')' | b']') => {
                    let (opening, inner) = self.close(term)?;
                    term = match opening {
                        Opening::Input | Opening::Group => inner,
                        Opening::Not => Filter::Not(Box::new(inner)),
                        Opening::ValuePath(path) => self.value_path(path, inner)?,
                        Opening::PatchFilter => return Ok(Some(inner)),
                    };
                }
                _ => {
                    self.connective(term)?;
                    return Ok(None);
                }
            }
        }
    }

    fn connective(&mut self, term: Filter) -> Result<(), ParseError> {
        let start = self.cursor.position();
        let word = self.cursor.word();
        if word.is_empty() {
            return Err(self.cursor.unexpected());
        }
        if word.eq_ignore_ascii_case("and") {
            self.current.terms.and(term);
        } else if word.eq_ignore_ascii_case("or") {
            self.current.terms.or(term);
        } else {
            return Err(self.cursor.error(ErrorKind::InvalidOperator, start));
        }
        if self.cursor.peek() == Some(b'(') { Ok(()) } else { self.cursor.require_spaces() }
    }

    fn open(&mut self, opening: Opening) -> Result<(), ParseError> {
        let bracket = self.cursor.position();
        if opening.is_value_path() {
            if self.in_value_path {
                return Err(self.cursor.error(ErrorKind::NestedValuePath, bracket));
            }
            self.in_value_path = true;
            self.deepest = 0;
        }
        self.outer.push(mem::replace(&mut self.current, Level::new(opening)));
        self.deepest = self.deepest.max(self.outer.len());
        self.check_depth(self.outer.len(), bracket)?;
        self.cursor.bump();
        Ok(())
    }

    /// Takes a closing bracket and gives what it closed, with the terms inside joined.
    fn close(&mut self, last: Filter) -> Result<(Opening, Filter), ParseError> {
        if self.cursor.peek() != self.current.opening.closed_by() {
            return Err(self.cursor.unexpected());
        }
        let Some(outer) = self.outer.pop() else {
            return Err(self.cursor.unexpected());
        };
        self.cursor.bump();
        let Level { opening, terms } = mem::replace(&mut self.current, outer);
        self.in_value_path = self.in_value_path && !opening.is_value_path();
        Ok((opening, terms.finish(last)))
    }

    /// Builds a value path, with the test of a sub-attribute if one follows and may.
    fn value_path(&mut self, path: AttributePath, filter: Filter) -> Result<Filter, ParseError> {
        let start = self.cursor.position();
        let mut filter = filter;
        if self.cursor.peek() == Some(b'.') {
            if !self.options.value_path_sub_attribute {
                return Err(self.cursor.unexpected());
            }
            // An `or` will be printed in brackets of its own once a condition stands beside it.
            let brackets = usize::from(matches!(filter, Filter::Or(_)));
            self.check_depth(self.deepest.saturating_add(brackets), start)?;
            let sub = sub_attribute(&mut self.cursor)?.unwrap_or_default();
            let mut conditions = Junction::default();
            conditions.and(filter);
            filter = conditions.finish(self.test(AttributePath::new(sub), start)?);
        }
        Ok(Filter::ValuePath { path, filter: Box::new(filter) })
    }

    fn check_depth(&self, depth: usize, offset: usize) -> Result<(), ParseError> {
        let limit = self.options.limits.max_depth.min(Limits::DEPTH_CEILING);
        if depth > limit { Err(self.cursor.error(ErrorKind::TooDeep, offset)) } else { Ok(()) }
    }
}

/// The position of the bracket of a `not (`, if one begins here. A `not` without
/// bracket is an attribute of that name.
fn behind_not(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let is_not = cursor.word().eq_ignore_ascii_case("not");
    cursor.skip_spaces();
    (is_not && cursor.peek() == Some(b'(')).then_some(cursor)
}

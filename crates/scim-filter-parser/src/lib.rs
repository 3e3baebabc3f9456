#![doc = include_str!("../README.md")]

mod attribute;
mod cursor;
mod display;
mod error;
mod filter;
mod from_text;
mod junction;
mod literal;
mod options;
mod parser;
mod patch_path;

pub use attribute::AttributePath;
pub use error::{ErrorKind, ParseError};
pub use filter::{CompareOp, Filter};
pub use literal::{Literal, Number};
pub use options::{Limits, Options};
pub use patch_path::PatchPath;

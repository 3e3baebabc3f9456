//! What goes wrong is said in the right words: bad input, bad tokens, bad bytes.

mod attributes;
mod bodies;
mod limits;
mod management;
mod rate;
mod routes;
mod tokens;
mod wire;

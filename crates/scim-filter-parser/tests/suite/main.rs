//! The tests of the crate as its users see it, one module per subject.

#[cfg(test)]
mod differential;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod grammar;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod options;
#[cfg(test)]
mod patch;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod rfc;
#[cfg(test)]
mod values;

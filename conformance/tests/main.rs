//! The suite against this server on both backends, against servers that are broken, and against this server behind a proxy
//! that plants one fault at a time.

#![expect(
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[expect(dead_code, unused_imports, unused_macros, reason = "shared with the API tests")]
#[path = "../../tests/api/support/mod.rs"]
mod support;

mod broken;
mod command;
mod faults;
mod ours;
mod planted;
mod proxy;
mod simulations;

use std::sync::Arc;
use std::time::Duration;

use scim_conformance::catalogue::Profile;
use scim_conformance::exchange::{Client, Limits};
use scim_conformance::run::{Plan, Report};
use scim_conformance::session::Simulation;
use scim_conformance::target::{NotReady, Target};

/// A plan of the cases named, or of all.
fn only(names: &[&str]) -> Plan {
    Plan {
        profile: Profile::All,
        only: names.iter().map(|name| (*name).to_owned()).collect(),
        own: None,
        is_adaptive: false,
        deadline: Duration::from_mins(10),
        simulation: Simulation::default(),
        interrupted: Arc::default(),
    }
}

async fn play(base: &str, token: &str, plan: &Plan, limits: Limits) -> Result<Report, NotReady> {
    let client = Client::new(limits).expect("a client");
    let target = Target::discover(&client, base, token).await?;
    let entries = plan.entries().expect("cases");
    Ok(plan.run(&client, &target, &entries, |_| {}).await)
}

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
mod faults;
mod ours;
mod proxy;

use std::time::Duration;

use scim_conformance::catalogue::Profile;
use scim_conformance::exchange::{Client, Limits};
use scim_conformance::run::{Plan, Report};
use scim_conformance::target::{NotReady, Target};

/// Plays cases: those named, or all.
async fn play(base: &str, token: &str, only: &[&str], limits: Limits) -> Result<Report, NotReady> {
    let plan = Plan {
        profile: Profile::All,
        only: only.iter().map(|name| (*name).to_owned()).collect(),
        is_adaptive: false,
        deadline: Duration::from_mins(10),
    };
    let client = Client::new(limits).expect("a client");
    let target = Target::discover(&client, base, token).await?;
    let entries = plan.entries().expect("cases");
    Ok(plan.run(&client, &target, &entries, |_| {}).await)
}

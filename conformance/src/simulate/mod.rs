//! Identity providers at work, over many cycles.
//!
//! A `company` hires people, changes, moves and loses them; a `job` writes what it says of them in the `dialect` of an
//! identity provider, as requests (`wire`), and tries again by that provider's rules what failed. In the end the server is
//! held against what was written (`compare`). A seed makes a run repeatable.

mod company;
mod compare;
mod dialect;
mod groups;
mod job;
mod people;
mod wire;

use futures_util::FutureExt;

use crate::case::{Feature, Level};
use crate::coded::CodeCase;
use crate::session::{Session, Simulation};
use crate::verdict::Stop;
use company::Company;
use dialect::Dialect;
use job::{Job, Miss};

/// Cycles between two comparisons.
const COMPARED: usize = 5;
/// Cycles in which nothing new happens, for what failed to be tried again.
const QUIET: usize = 24;

macro_rules! at_work {
    ($name:ident, $id:literal, $group:literal, $title:literal, $source:literal, $needs:expr) => {
        /// See the title.
        pub(crate) const $name: CodeCase = CodeCase {
            id: $id,
            group: $group,
            title: $title,
            source: $source,
            level: Level::Idp,
            needs: $needs,
            why: "A server that answers each request well can still drift away from the identity provider over time.",
            advice: "Play the cycle again with --only, --seed and --cycles, and look at the last requests.",
            play: |session| simulate(session, &dialect::$name).boxed(),
        };
    };
}

at_work!(
    OKTA_AIW,
    "okta-aiw-at-work",
    "okta-simulation",
    "A custom app of Okta keeps the server in step over many cycles: PUT for everything",
    "okta-developer-docs, SCIM 2.0 reference and FAQ",
    &[Feature::Filter, Feature::Groups]
);
at_work!(
    OKTA_OIN,
    "okta-oin-at-work",
    "okta-simulation",
    "A catalogue app of Okta keeps the server in step over many cycles: PATCH for access and groups",
    "okta-developer-docs, SCIM 2.0 reference and FAQ",
    &[Feature::Filter, Feature::Groups, Feature::Patch]
);
at_work!(
    ENTRA,
    "entra-at-work",
    "entra-simulation",
    "Entra keeps the server in step over many cycles, in its usual dialect",
    "entra-docs, use-scim-to-provision-users-and-groups and how-provisioning-works",
    &[Feature::Filter, Feature::Groups, Feature::Patch]
);
at_work!(
    ENTRA_FLAG,
    "entra-flag-at-work",
    "entra-simulation",
    "Entra keeps the server in step over many cycles, with aadOptscim062020 on the tenant URL",
    "entra-docs, application-provisioning-config-problem-scim-compatibility",
    &[Feature::Filter, Feature::Groups, Feature::Patch]
);
at_work!(
    ONELOGIN,
    "onelogin-at-work",
    "onelogin",
    "OneLogin keeps the server in step over many cycles: a template by PUT, groups by PATCH",
    "developers.onelogin.com, implement a SCIM API",
    &[Feature::Filter, Feature::Groups, Feature::Patch]
);
at_work!(
    JUMPCLOUD,
    "jumpcloud-at-work",
    "jumpcloud",
    "JumpCloud keeps the server in step over many cycles, and sends additions again that are done",
    "jumpcloud.com/support, custom SCIM integrations",
    &[Feature::Filter, Feature::Groups, Feature::Patch]
);
at_work!(
    GOOGLE,
    "google-at-work",
    "google",
    "Google keeps the server's users in step over many cycles, in plain application/json",
    "RIPAGlobal/scimitar#142; Google Workspace Admin Help, automated user provisioning",
    &[Feature::Filter, Feature::Patch]
);

async fn simulate(session: &mut Session<'_>, dialect: &'static Dialect) -> Result<(), Stop> {
    let Simulation { seed, cycles } = session.simulation;
    let company = Company::found(seed, session.run());
    let mut job = Job::new(session, dialect, company);
    let outcome = work(&mut job, cycles).await;
    let cycle = job.cycle;
    outcome.map_err(|miss| match miss {
        Miss::Ends(Stop::Finding(problem)) | Miss::Later(problem) => {
            Stop::Finding(format!("in cycle {cycle} of seed {seed}: {problem}"))
        }
        Miss::Ends(stop) => stop,
    })
}

async fn work(job: &mut Job<'_, '_>, cycles: usize) -> Result<(), Miss> {
    for path in job.dialect.greeting {
        let request = job.dialect.request("GET", path);
        job.insist("tests the connection", &request, &[200]).await?;
    }
    for _ in 0..cycles {
        job.run_cycle().await?;
        if job.cycle.is_multiple_of(COMPARED) {
            job.compare().await?;
        }
        job.company.live();
    }
    for _ in 0..QUIET {
        if !job.run_cycle().await? && job.overdue.is_empty() {
            break;
        }
    }
    if let Some(overdue) = job.overdue.values().next() {
        let (count, problem) = (job.overdue.len(), &overdue.problem);
        return Err(Miss::Later(format!("{count} people or groups could not be brought into step; {problem}")));
    }
    job.compare().await?;
    job.import().await
}

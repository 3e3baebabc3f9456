//! The filter oracle: random schemas, resources, filters and orders (RFC 7644 sections 3.4.2.2 and 3.4.2.3) get the same
//! answers on SQLite, on PostgreSQL and in memory.
//!
//! All connections are in one database, so that each is the others' noise. `ANTEROOM_ORACLE_CASES` says how many
//! questions are asked, `ANTEROOM_ORACLE_SEED` where to begin; a failure prints the seed, the smallest filter that still
//! fails and the resources it is about.

#![expect(
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod answers;
#[path = "../api/support/backend.rs"]
mod backend;
mod filters;
#[path = "../api/support/postgres.rs"]
mod postgres;
#[path = "../random/mod.rs"]
mod random;
mod report;
mod schema;
mod values;
mod world;

use std::sync::Arc;
use std::time::Duration;

use anteroom::scim::limits;
use anteroom::store::{ConnectionKey, Options, Store};
use backend::Database;
use scim_filter_parser::{Filter, Limits};

use answers::{Answer, Case, of_memory, of_store};
use filters::Maker;
use random::{Random, setting};
use world::World;

/// Questions about one world.
const BATCH: usize = 200;
const KINDS: [&str; 5] = ["Thing", "Thing", "Thing", "User", "Group"];

/// A world in each database.
struct Site {
    world: Arc<World>,
    stores: Vec<(&'static str, Store, ConnectionKey)>,
}

impl Site {
    async fn build(world: World, stores: &[(&'static str, Store)]) -> Self {
        let (world, mut built) = (Arc::new(world), Vec::new());
        for (name, store) in stores {
            let inserted = Arc::clone(&world);
            let connection = store.write(move |tx| inserted.insert(tx)).await.unwrap();
            built.push((*name, store.clone(), connection));
        }
        Self { world, stores: built }
    }

    /// The answers of memory and of each database to each question.
    async fn ask(&self, cases: &Arc<Vec<Case>>) -> Vec<(&'static str, Vec<Answer>)> {
        let (world, asked) = (Arc::clone(&self.world), Arc::clone(cases));
        let memory = tokio::task::spawn_blocking(move || of_memory(&world, &asked));
        let databases = self.stores.iter().map(|(_, store, key)| of_store(store, *key, &self.world, cases));
        let (memory, databases) = futures_util::future::join(memory, futures_util::future::join_all(databases)).await;
        let names = self.stores.iter().map(|(name, ..)| *name);
        std::iter::once(("memory", memory.unwrap())).chain(names.zip(databases)).collect()
    }

    /// The answers to one question, where they are not all the same.
    async fn disagreement(&self, case: &Case) -> Option<Vec<(&'static str, Answer)>> {
        let answers = self.ask(&Arc::new(vec![case.clone()])).await;
        let answers: Vec<_> = answers.into_iter().map(|(name, mut answers)| (name, answers.remove(0))).collect();
        answers.iter().any(|(_, answer)| *answer != answers[0].1).then_some(answers)
    }
}

fn cases(random: &mut Random, world: &World, count: usize) -> Vec<Case> {
    let options = scim_filter_parser::Options::new().limits(Limits { max_length: usize::MAX, ..limits::FILTER });
    let mut make = || {
        let kind = random.pick(&KINDS);
        let page = i64::try_from(random.within(1, 5)).unwrap();
        let is_sorted = random.chance(20);
        let mut maker = Maker { random: &mut *random, world, resource_type: world.resource_type(kind) };
        let text = maker.filter(3).to_string();
        let filter = Filter::parse_with(&text, &options).unwrap_or_else(|error| panic!("{text}: {error}"));
        Case { kind, filter, sort: is_sorted.then(|| maker.sort()), page }
    };
    (0..count).map(|_| make()).collect()
}

async fn run() {
    let total = usize::try_from(setting("ANTEROOM_ORACLE_CASES", 4_000)).unwrap();
    let first = setting("ANTEROOM_ORACLE_SEED", 1);
    let seeds = first..first + u64::try_from(total.div_ceil(BATCH)).unwrap();
    // All paths are registered when a store opens.
    let mut paths: Vec<String> = seeds.clone().flat_map(|seed| World::make(seed).catalogue.stored_paths()).collect();
    paths.sort();
    paths.dedup();
    let options = Options { readers: 2, writers: 2, wait: Duration::from_mins(10), paths };
    let databases = [("SQLite", Some(Database::sqlite())), ("PostgreSQL", Database::postgres())];
    let open = |database: &Database| Store::open(&database.url, &options).unwrap();
    let stores: Vec<_> =
        databases.iter().filter_map(|(name, database)| Some((*name, open(database.as_ref()?)))).collect();
    let (mut asked, mut refused, mut telling) = (0, 0, 0);
    for seed in seeds {
        let site = Site::build(World::make(seed), &stores).await;
        let made = Arc::new(cases(&mut Random::new(!seed), &site.world, BATCH.min(total - asked)));
        let answers = site.ask(&made).await;
        let memory = &answers[0].1;
        for (place, case) in made.iter().enumerate() {
            if answers.iter().any(|(_, of_one)| of_one[place] != memory[place]) {
                report::fail(&site, case).await;
            }
        }
        asked += made.len();
        refused += memory.iter().filter(|answer| answer.is_err()).count();
        let all = |case: &Case| site.world.of_kind(case.kind).count();
        telling += made.iter().zip(memory).filter(|(case, answer)| is_telling(answer, all(case))).count();
    }
    println!("{asked} questions, {refused} refused, {telling} that tell some resources from others");
    assert!(telling * 3 > asked && refused * 5 < asked, "the questions tell too little");
}

fn is_telling(answer: &Answer, all: usize) -> bool {
    answer.as_ref().is_ok_and(|ids| !ids.is_empty() && ids.len() < all)
}

#[test]
fn random_filters_and_orders_have_the_same_answers_in_both_databases_and_in_memory() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run());
}

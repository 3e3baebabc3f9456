//! The population an identity provider keeps a server in step with, and what happens to it.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

/// Who somebody is to the identity provider, whatever they are called. Never used again.
pub(super) type Key = usize;

/// Hires and groups of the first day.
const FOUNDERS: usize = 8;
const FOUNDING_GROUPS: usize = 3;
/// Things that happen between two cycles, at most.
const EVENTS: usize = 8;
/// Beyond this many people employed, nobody is hired.
const MOST: usize = 24;

const GIVEN: &[&str] = &["Ana", "Łukasz", "Zoë", "Øystein", "Siobhán", "Yuki", "José", "Dvořák", "Mei", "Nikolaï"];
const FAMILY: &[&str] =
    &["Ortiz", "O'Brien", "Müller", "Ibsen", "de la Cruz", "Nguyễn", "Smith-Jones", "Çelik", "Rossi"];
const TITLES: &[&str] = &["Engineer", "Head of R&D", "Clerk, night shift", "VP \"Sales\"", "Führungskraft"];
const DEPARTMENTS: &[&str] = &["R&D", "Sales / EMEA", "Finanzen", "People + Places"];
const TEAMS: &[&str] = &["Engineering", "R&D", "Vertrieb Süd", "On-call (EU)", "All hands"];

/// Somebody, as the identity provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// What they sign in with; also their address.
    pub login: String,
    /// The identity provider's id of them.
    pub external: String,
    pub given: String,
    pub family: String,
    pub title: String,
    pub department: String,
    /// Whether they are to have access.
    pub is_active: bool,
}

/// A group, as the identity provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Team {
    pub name: String,
    pub members: BTreeSet<Key>,
}

/// The people and groups, as they are now.
#[derive(Debug)]
pub(super) struct Company {
    rng: Rng,
    /// Part of every name, so that nobody else has it.
    run: String,
    next: Key,
    pub people: BTreeMap<Key, Person>,
    pub teams: BTreeMap<Key, Team>,
    /// Logins of people who were erased, to be given to others.
    free: Vec<String>,
}

impl Company {
    /// The first day.
    pub(super) fn found(seed: u64, run: &str) -> Self {
        let rng = Rng::with_seed(seed);
        let (people, teams, free) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut company = Self { rng, run: run.to_owned(), next: 1, people, teams, free };
        for _ in 0..FOUNDERS {
            company.hire();
        }
        for _ in 0..FOUNDING_GROUPS {
            company.form();
        }
        company
    }

    /// What happens between two cycles.
    pub(super) fn live(&mut self) {
        for _ in 0..self.rng.usize(1..=EVENTS) {
            match self.rng.u8(0..20) {
                0..3 => self.hire(),
                3..8 => self.change(),
                8..13 => self.regroup(),
                13..15 => self.leave(),
                15 => self.come_back(),
                16 => self.erase(),
                17 => self.form(),
                18 => self.rename(),
                _ => self.dissolve(),
            }
        }
    }

    fn key(&mut self) -> Key {
        self.next += 1;
        self.next
    }

    fn one_of(&mut self, words: &[&str]) -> String {
        self.rng.choice(words).map_or_else(String::new, |word| (*word).to_owned())
    }

    fn somebody(&mut self, is_meant: impl Fn(&Person) -> bool) -> Option<Key> {
        let meant = self.people.iter().filter(|(_, person)| is_meant(person)).map(|(key, _)| *key);
        let meant: Vec<Key> = meant.collect();
        self.rng.choice(meant)
    }

    fn some_team(&mut self) -> Option<Key> {
        let teams: Vec<Key> = self.teams.keys().copied().collect();
        self.rng.choice(teams)
    }

    fn login(&self, given: &str, key: Key) -> String {
        let ascii: String = given.chars().filter(char::is_ascii_alphabetic).collect();
        format!("{ascii}.o'{key}-{}@Example.com", self.run)
    }

    /// Somebody new; every other time with the login of somebody who was erased, if there is one.
    fn hire(&mut self) {
        if self.people.values().filter(|person| person.is_active).count() >= MOST {
            return;
        }
        let key = self.key();
        let given = self.one_of(GIVEN);
        let used = if self.rng.bool() { self.free.pop() } else { None };
        let login = used.unwrap_or_else(|| self.login(&given, key));
        let person = Person {
            login,
            external: format!("{key:05}-{}", self.run),
            given,
            family: self.one_of(FAMILY),
            title: self.one_of(TITLES),
            department: self.one_of(DEPARTMENTS),
            is_active: true,
        };
        self.people.insert(key, person);
        if let Some(team) = self.some_team().and_then(|team| self.teams.get_mut(&team)) {
            team.members.insert(key);
        }
    }

    /// A marriage, a promotion, another login, or several of these.
    fn change(&mut self) {
        let Some(key) = self.somebody(|person| person.is_active) else { return };
        let what = self.rng.u8(1..16);
        let (family, title, department) = (self.one_of(FAMILY), self.one_of(TITLES), self.one_of(DEPARTMENTS));
        let login_key = self.key();
        let given = self.people.get(&key).map_or_else(String::new, |person| person.given.clone());
        let login = self.login(&given, login_key);
        let Some(person) = self.people.get_mut(&key) else { return };
        for (bit, field, value) in [
            (1, &mut person.family, family),
            (2, &mut person.title, title),
            (4, &mut person.department, department),
            (8, &mut person.login, login),
        ] {
            if what & bit != 0 {
                *field = value;
            }
        }
    }

    /// Somebody goes from one group to another.
    fn regroup(&mut self) {
        let Some(key) = self.somebody(|person| person.is_active) else { return };
        let (from, to) = (self.some_team(), self.some_team());
        if let Some(team) = from.and_then(|team| self.teams.get_mut(&team)) {
            team.members.remove(&key);
        }
        if let Some(team) = to.and_then(|team| self.teams.get_mut(&team)) {
            team.members.insert(key);
        }
    }

    fn leave(&mut self) {
        let left = self.somebody(|person| person.is_active);
        if let Some(person) = left.and_then(|key| self.people.get_mut(&key)) {
            person.is_active = false;
        }
    }

    fn come_back(&mut self) {
        let back = self.somebody(|person| !person.is_active);
        if let Some(person) = back.and_then(|key| self.people.get_mut(&key)) {
            person.is_active = true;
        }
    }

    /// Somebody who left is gone for good.
    fn erase(&mut self) {
        let Some(key) = self.somebody(|person| !person.is_active) else { return };
        if let Some(person) = self.people.remove(&key) {
            self.free.push(person.login);
        }
        for team in self.teams.values_mut() {
            team.members.remove(&key);
        }
    }

    fn team_name(&mut self, key: Key) -> String {
        format!("{} {key}-{}", self.one_of(TEAMS), self.run)
    }

    fn form(&mut self) {
        let key = self.key();
        let name = self.team_name(key);
        let everybody: Vec<Key> = self.people.keys().copied().collect();
        let size = self.rng.usize(0..=everybody.len().min(6));
        let members = self.rng.choose_multiple(everybody, size).into_iter().collect();
        self.teams.insert(key, Team { name, members });
    }

    fn rename(&mut self) {
        let Some(team) = self.some_team() else { return };
        let key = self.key();
        let name = self.team_name(key);
        if let Some(team) = self.teams.get_mut(&team) {
            team.name = name;
        }
    }

    fn dissolve(&mut self) {
        if self.teams.len() > 2
            && let Some(team) = self.some_team()
        {
            self.teams.remove(&team);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_a_company_repeatable_and_everything_happens_in_time() {
        let live = |seed| {
            let mut company = Company::found(seed, "r");
            let (mut left, mut erased, mut reused) = (false, false, false);
            for _ in 0..40 {
                let free = company.free.clone();
                company.live();
                left |= company.people.values().any(|person| !person.is_active);
                erased |= !company.free.is_empty();
                reused |= company.people.values().any(|person| free.contains(&person.login));
            }
            assert!(left && erased && reused, "seed {seed}");
            let logins: BTreeSet<_> = company.people.values().map(|person| person.login.clone()).collect();
            assert_eq!(logins.len(), company.people.len(), "a login belongs to one");
            (company.people, company.teams)
        };
        assert_eq!(live(7), live(7));
        assert_ne!(live(7), live(8));
    }
}

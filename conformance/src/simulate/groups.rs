//! Bringing one group into step.

use std::collections::BTreeSet;

use super::company::{Key, Team};
use super::job::{Account, Done, Job, Pushed, differs, id_of, the_one};
use super::wire::Regrouping;

impl Job<'_, '_> {
    /// Creates, changes or deletes, where there is anything to do.
    pub(super) async fn sync_group(&mut self, key: Key) -> Done {
        if self.dialect.members.is_none() {
            return Ok(false);
        }
        let pushed = self.groups.get(&key).cloned();
        match (self.company.teams.get(&key).cloned(), pushed) {
            (Some(team), None) => self.push_new(key, &team).await,
            (Some(team), Some(pushed)) => self.push(key, pushed, &team).await,
            (None, Some(pushed)) => {
                let path = format!("/Groups/{}", pushed.id);
                let request = self.dialect.request("DELETE", &path);
                self.send("deletes a group", &request, &[200, 204, 404]).await?;
                self.gone.push(path);
                self.groups.remove(&key);
                Ok(true)
            }
            (None, None) => Ok(false),
        }
    }

    /// Ids of those who are to be in a group.
    fn members(&self, team: &Team) -> BTreeSet<String> {
        let accounts = team.members.iter().filter_map(|key| self.accounts.get(key));
        let is_in = |account: &&Account| !self.dialect.leaves_out_inactive() || account.sent.is_active;
        accounts.filter(is_in).map(|account| account.id.clone()).collect()
    }

    async fn push_new(&mut self, key: Key, team: &Team) -> Done {
        let members: Vec<String> = self.members(team).into_iter().collect();
        if self.dialect.skips_empty_groups() && members.is_empty() {
            return Ok(false);
        }
        let found = self
            .send(&format!("looks the group {} up", team.name), &self.dialect.look_up_group(&team.name), &[200])
            .await?;
        let mut pushed = Pushed {
            id: String::new(),
            name: Some(team.name.clone()),
            members: BTreeSet::new(),
            unsure: BTreeSet::new(),
            seen: team.clone(),
        };
        if let Some(id) = the_one(&found, "displayName", &team.name)? {
            // Its creation was not answered. Whoever was sent with it may be in it.
            pushed.unsure = self.accounts.values().map(|account| account.id.clone()).collect();
            pushed.id = id;
        } else {
            let external = format!("team-{key}");
            let request = self.dialect.create_group(&team.name, &external, &members);
            let made = self.send(&format!("creates the group {}", team.name), &request, &[200, 201]).await?;
            let Some(id) = id_of(&made.body) else {
                return differs(format!("the group {} was created without an id", team.name));
            };
            pushed.id = id;
            if self.dialect.creates_with_members() {
                pushed.members = members.into_iter().collect();
            }
        }
        self.groups.insert(key, pushed.clone());
        self.push(key, pushed, team).await?;
        Ok(true)
    }

    async fn push(&mut self, key: Key, mut pushed: Pushed, team: &Team) -> Done {
        let all = self.members(team);
        let added: Vec<String> =
            all.iter().filter(|id| !pushed.members.contains(*id) || pushed.unsure.contains(*id)).cloned().collect();
        let gone: Vec<String> = pushed.members.union(&pushed.unsure).filter(|id| !all.contains(*id)).cloned().collect();
        // Whoever lost access stays in Okta's groups until they are written for another reason.
        let is_due =
            !added.is_empty() || (!gone.is_empty() && (pushed.seen != *team || !self.dialect.leaves_out_inactive()));
        let is_renamed = pushed.name.as_ref() != Some(&team.name);
        if !is_due && !is_renamed {
            return Ok(false);
        }
        if let Some(group) = self.groups.get_mut(&key) {
            group.name = None;
            group.unsure.extend(added.iter().chain(&gone).cloned());
        }
        let says = format!("updates the group {}", team.name);
        if let Some(request) = self.dialect.read_group(&pushed.id) {
            self.send(&format!("reads the group {}", team.name), &request, &[200]).await?;
        }
        if let Some(request) =
            self.dialect.rename(&pushed.id, &team.name).filter(|_| is_renamed || self.dialect.always_renames())
        {
            self.send(&says, &request, &[200, 204]).await?;
        }
        let all: Vec<String> = all.into_iter().collect();
        let change = Regrouping { all: &all, added: &added, gone: &gone };
        let requests = self.dialect.regroup(&pushed.id, &team.name, &change);
        if is_due || self.dialect.rename(&pushed.id, &team.name).is_none() {
            for request in &requests {
                self.send(&says, request, &[200, 204]).await?;
            }
            pushed.members = all.into_iter().collect();
            pushed.seen = team.clone();
        }
        pushed.name = Some(team.name.clone());
        pushed.unsure.clear();
        self.groups.insert(key, pushed);
        Ok(true)
    }
}

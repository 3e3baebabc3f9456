//! Bringing one person into step.

use serde_json::Value;

use super::company::{Key, Person};
use super::dialect::Patience;
use super::job::{Account, Done, Job, Miss, differs, id_of, later, the_one};

impl Job<'_, '_> {
    /// Creates, changes or lets go, where there is anything to do.
    pub(super) async fn sync_person(&mut self, key: Key) -> Done {
        let account = self.accounts.get(&key).cloned();
        match (self.company.people.get(&key).cloned(), account) {
            (Some(person), None) if person.is_active => self.provision(key, &person).await.map(|()| true),
            (Some(person), Some(account)) if !account.is_sure || account.sent != person => {
                self.update(key, account, &person).await.map(|()| true)
            }
            (None, Some(account)) => self.part(key, account).await.map(|()| true),
            _ => Ok(false),
        }
    }

    async fn provision(&mut self, key: Key, person: &Person) -> Result<(), Miss> {
        let says = format!("looks {} up", person.login);
        let found = self.send(&says, &self.dialect.look_up(person), &[200]).await?;
        let Some(id) = the_one(&found, "userName", &person.login)? else {
            let request = self.dialect.create(person, &self.session.target.claims);
            let made = self.send(&format!("creates {}", person.login), &request, &[200, 201]).await?;
            let Some(id) = id_of(&made.body) else {
                return differs(format!("{} was created without an id", person.login));
            };
            self.accounts.insert(key, Account { id, sent: person.clone(), is_sure: true });
            return Ok(());
        };
        if let Some((owner, _)) = self.accounts.iter().find(|(_, account)| account.id == id) {
            return match self.company.people.get(owner) {
                None => later(format!("{}: who had this login before is not gone yet", person.login)),
                Some(owner) => differs(format!("looking {} up finds the user of {}", person.login, owner.login)),
            };
        }
        self.left.remove(&id);
        let account = Account { id, sent: person.clone(), is_sure: false };
        self.accounts.insert(key, account.clone());
        self.update(key, account, person).await
    }

    async fn update(&mut self, key: Key, account: Account, person: &Person) -> Result<(), Miss> {
        let Account { id, sent, is_sure } = account;
        let mut read = Value::Null;
        if self.dialect.reads_first() {
            let request = self.dialect.request("GET", &format!("/Users/{id}"));
            let answer = self.send(&format!("reads {}", person.login), &request, &[200, 404]).await?;
            if answer.status == 404 {
                return self.lost(key, person);
            }
            read = answer.body;
        }
        if let Some(account) = self.accounts.get_mut(&key) {
            account.is_sure = false;
        }
        let request =
            self.dialect.update(&id, Some(&sent).filter(|_| is_sure), person, &read, &self.session.target.claims);
        let good: &[u16] = if request.method == "PUT" { &[200, 404] } else { &[200, 204, 404] };
        let ends_access = !person.is_active && sent.is_active;
        match self.send(&format!("updates {}", person.login), &request, good).await {
            Ok(answer) if answer.status == 404 => self.lost(key, person),
            Ok(_) => {
                self.accounts.insert(key, Account { id, sent: person.clone(), is_sure: true });
                Ok(())
            }
            Err(Miss::Later(problem)) if ends_access && self.dialect.patience == Patience::Okta => {
                differs(format!("Okta takes access away once and does not try again: {problem}"))
            }
            Err(miss) => Err(miss),
        }
    }

    /// Somebody is gone whom nobody deleted.
    fn lost<T>(&mut self, key: Key, person: &Person) -> Result<T, Miss> {
        if self.dialect.patience == Patience::Okta {
            return differs(format!(
                "{} is gone (status 404); Okta stops until an administrator assigns them again",
                person.login
            ));
        }
        if let Some(account) = self.accounts.remove(&key) {
            self.forget_member(&account.id);
        }
        later(format!("{} is gone (status 404)", person.login))
    }

    fn forget_member(&mut self, id: &str) {
        for group in self.groups.values_mut() {
            group.members.remove(id);
            group.unsure.remove(id);
        }
    }

    /// Somebody is erased. Where nobody is deleted, they have at least no access any more.
    async fn part(&mut self, key: Key, account: Account) -> Result<(), Miss> {
        let id = account.id.clone();
        if self.dialect.deletes {
            let path = format!("/Users/{id}");
            let request = self.dialect.request("DELETE", &path);
            self.send("deletes somebody who is gone for good", &request, &[200, 204, 404]).await?;
            self.gone.push(path);
            self.forget_member(&id);
        } else {
            if account.sent.is_active || !account.is_sure {
                let person = Person { is_active: false, ..account.sent.clone() };
                self.update(key, account, &person).await?;
            }
            self.left.insert(id);
        }
        self.accounts.remove(&key);
        Ok(())
    }
}

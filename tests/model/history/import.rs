//! Files of one row.

use serde_json::Value;

use super::{EMAILS, History};
use crate::reference::Done;
use crate::support::Answer;

impl History {
    pub(super) async fn import(&mut self) {
        let email = *self.random.of(&EMAILS);
        let organization = self.random.chance(50).then(|| self.random.below(2));
        let connection = self.random.chance(50).then(|| self.random.below(self.directories.len()));
        self.steps.push(format!("import of {email}, {organization:?}, {connection:?}"));
        let code = organization.map_or("", |at| self.organizations[at].as_str());
        let on = connection.map_or("", |at| self.directories[at].connection_id.as_str());
        let file = format!("email,organization_code,connection_id\n{email},{code},{on}\n");
        if self.random.chance(20) {
            self.send_file("?dry_run=true", file.clone()).await;
        }
        let told = self.send_file("", file).await;
        let word = |name: &str| told[name] == 1;
        let done = self.model.import(email, organization, connection);
        let (is_so, user) = match done {
            Done::Created(user) => (word("created"), Some(user)),
            Done::Completed(user) => (word("completed"), Some(user)),
            Done::Unchanged(user) => (word("unchanged"), Some(user)),
            Done::Failed(code) => (told["rows_told"][0]["code"] == code, None),
        };
        assert!(is_so, "{done:?} but {told}\n{}", self.told());
        self.count(&format!("import: {}", format!("{done:?}").split('(').next().unwrap()));
        let Some(user) = user else { return };
        self.find_new_user(user, email).await;
        let person = self
            .model
            .people
            .iter()
            .find(|(_, person)| person.user == user)
            .map(|(at, person)| (*at, person.connection));
        if let Some((at, connection)) = person {
            let resource = self.resource_of(connection, &self.users[user].clone().unwrap()).await;
            assert!(self.people.get(&at).is_none_or(|known| *known == resource), "{}", self.told());
            self.people.insert(at, resource);
        }
    }

    async fn send_file(&self, query: &str, file: String) -> Value {
        let request =
            self.app.client.post(format!("{}/api/v1/imports{query}", self.app.url)).bearer_auth(&self.app.management);
        Answer::of(request.header("content-type", "text/csv").body(file)).await.expect(200).body["import"].clone()
    }

    /// Which id a user has whom the model has just made.
    async fn find_new_user(&mut self, user: usize, email: &str) {
        if self.users.get(user).is_some_and(Option::is_some) {
            return;
        }
        let key = email.to_owned();
        let found = self.app.store.read(move |tx| anteroom::store::users::list_by_email(tx, &key, 100)).await.unwrap();
        let new = found.into_iter().map(|user| user.id).find(|id| !self.users.contains(&Some(id.clone())));
        self.is_user(user, new.as_deref());
    }
}

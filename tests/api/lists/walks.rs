//! Walking by cursor, walking by index and sorting in memory come to the same, whatever the values.

use anteroom::scim::canonical::canonical;
use serde_json::{Value, json};

use super::{cursor, search, shown};
use crate::support::{Directory, Setup, TestApp, api_test};

const PEOPLE: usize = 40;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    /// Few letters of either case, some beyond ASCII, some after 510 bytes.
    fn text(&mut self) -> String {
        let start = if self.below(4) == 0 { "x".repeat(508 + self.below(4)) } else { String::new() };
        let letters = ["a", "B", "b", "A", "é", "É", "ß", "z", "\u{1F600}", "ﷺ", " ", "\""];
        let tail: String = (0..self.below(4)).map(|_| letters[self.below(letters.len())]).collect();
        start + &tail
    }
}

async fn by_cursor(directory: &Directory, question: &Value, is_backward: bool) -> Vec<String> {
    let (mut walked, mut next, mut last) = (Vec::new(), String::new(), None);
    loop {
        let mut asked = question.clone();
        asked["cursor"] = json!(next);
        let page = search(directory, "/Users", asked).await.expect(200);
        walked.extend(shown(&page, "/userName"));
        assert!(walked.len() <= PEOPLE, "{question} goes on for ever");
        next = cursor(&page, "nextCursor");
        if next.is_empty() {
            last.replace(page);
            break;
        }
    }
    let mut back = last.filter(|_| is_backward);
    if let Some(page) = &back {
        walked = shown(page, "/userName");
    }
    while let Some(page) = back.take() {
        let previous = cursor(&page, "previousCursor");
        if !previous.is_empty() {
            let mut question = question.clone();
            question["cursor"] = json!(previous);
            let page = search(directory, "/Users", question).await.expect(200);
            walked.splice(0..0, shown(&page, "/userName"));
            back = Some(page);
        }
    }
    walked
}

async fn by_index(directory: &Directory, question: &Value, total: usize) -> Vec<String> {
    let count = usize::try_from(question["count"].as_u64().unwrap()).unwrap();
    let mut walked = Vec::new();
    for start in (1..=total).step_by(count) {
        let mut question = question.clone();
        question["startIndex"] = json!(start);
        walked.extend(shown(&search(directory, "/Users", question).await.expect(200), "/userName"));
    }
    walked
}

api_test! {
    async fn every_walk_sees_the_order_that_memory_sees(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let mut dice = Dice(9865);
        let mut people: Vec<(Option<String>, Option<String>)> = Vec::new();
        for number in 0..PEOPLE {
            let title = (dice.below(4) > 0).then(|| dice.text());
            let external = (dice.below(3) > 0).then(|| dice.text());
            okta.post("/Users", &json!({"userName": number.to_string(), "title": title, "externalId": external})).await.expect(201);
            people.push((title.map(|title| canonical(&title)), external));
        }
        for (by, value) in [("title", 0), ("externalId", 1)] {
            let mut order: Vec<(bool, Option<String>, usize)> = people
                .iter()
                .enumerate()
                .map(|(number, (title, external))| if value == 0 { (title.clone(), number) } else { (external.clone(), number) })
                .map(|(value, number)| (value.is_none(), value, number))
                .collect();
            order.sort();
            for direction in ["ascending", "descending"] {
                let expected: Vec<String> = order.iter().map(|(_, _, number)| number.to_string()).collect();
                for count in [1, 2, 3, 7, 39, 40, 41] {
                    let question = json!({"sortBy": by, "sortOrder": direction, "count": count, "attributes": ["userName"]});
                    assert_eq!(by_index(&okta, &question, people.len()).await, expected, "{question}");
                    assert_eq!(by_cursor(&okta, &question, false).await, expected, "{question}");
                    assert_eq!(by_cursor(&okta, &question, true).await, expected, "{question}");
                }
                order.reverse();
            }
        }
    }
}

//! A disagreement, made small and told in full.

use serde_json::Value;

use crate::Site;
use crate::answers::Case;
use crate::filters::smaller;

/// Fails with the smallest question about this world that is answered in two ways.
pub async fn fail(site: &Site, case: &Case) -> ! {
    let mut case = case.clone();
    let unsorted = Case { sort: None, ..case.clone() };
    if site.disagreement(&unsorted).await.is_some() {
        case = unsorted;
    }
    'smaller: loop {
        for filter in smaller(&case.filter) {
            let candidate = Case { filter, ..case.clone() };
            if site.disagreement(&candidate).await.is_some() {
                case = candidate;
                continue 'smaller;
            }
        }
        break;
    }
    let Some(answers) = site.disagreement(&case).await else { panic!("it failed once and not again: {case:?}") };
    let world = &site.world;
    let mut text = format!("seed {}: {} where {}", world.seed, case.kind, case.filter);
    if let Some(sort) = &case.sort {
        text.push_str(&format!(" sorted by {} (descending: {})", sort.by, sort.is_descending));
    }
    for (name, answer) in &answers {
        text.push_str(&format!("\n{name}: {answer:?}"));
    }
    let lists: Vec<&Vec<String>> = answers.iter().filter_map(|(_, answer)| answer.as_ref().ok()).collect();
    let is_disputed = |id: &String| lists.iter().any(|ids| !ids.contains(id)) || case.sort.is_some();
    for resident in world.of_kind(case.kind).filter(|one| lists.iter().any(|ids| ids.contains(&one.id))) {
        if is_disputed(&resident.id) {
            let document = Value::Object(resident.document.as_map().clone());
            text.push_str(&format!("\n{} version {} {document}", resident.id, resident.version));
        }
    }
    panic!("{text}\nschemas: {}", world.definitions);
}

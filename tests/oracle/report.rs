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
    let sorted = case.sort.as_ref().map_or_else(String::new, |sort| format!(", sorted: {sort:?}"));
    let mut lines = vec![format!("seed {}: {} where {}{sorted}", world.seed, case.kind, case.filter)];
    lines.extend(answers.iter().map(|(name, answer)| format!("{name}: {answer:?}")));
    let lists: Vec<&Vec<String>> = answers.iter().filter_map(|(_, answer)| answer.as_ref().ok()).collect();
    let is_in_some = |id: &String| lists.iter().any(|ids| ids.contains(id));
    let is_in_all = |id: &String| lists.iter().all(|ids| ids.contains(id));
    let is_disputed = |id: &String| is_in_some(id) && (case.sort.is_some() || !is_in_all(id));
    for resident in world.of_kind(case.kind).filter(|resident| is_disputed(&resident.id)) {
        let document = Value::Object(resident.document.as_map().clone());
        lines.push(format!("{} version {} {document}", resident.id, resident.version));
    }
    panic!("{}\nschemas: {}", lines.join("\n"), world.definitions);
}

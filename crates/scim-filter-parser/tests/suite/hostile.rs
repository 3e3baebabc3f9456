//! Inputs made to exhaust the stack, the memory or the clock, on a stack of 256 KiB.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use scim_filter_parser::{ErrorKind, Filter, Limits, Options, PatchPath};

const STACK: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_millis(50);

const UNLIMITED: Limits = Limits { max_length: usize::MAX, max_depth: usize::MAX, max_terms: usize::MAX };

/// Runs the work on a small stack; `None` when it takes longer than it may.
fn on_small_stack<T: Send + 'static>(patience: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = channel();
    let thread = thread::Builder::new().stack_size(STACK);
    thread.spawn(move || sender.send(work())).unwrap();
    receiver.recv_timeout(patience).ok()
}

/// The kind of the error, with one second chance for a machine that was busy elsewhere.
fn refusal(input: &str, limits: Limits) -> Option<ErrorKind> {
    let attempt = || {
        let input = input.to_owned();
        on_small_stack(PATIENCE, move || {
            let options = Options::new().limits(limits);
            let path = PatchPath::parse_with(&input, &options);
            let filter = Filter::parse_with(&input, &options);
            assert!(path.is_err());
            filter.unwrap_err().kind()
        })
    };
    attempt().or_else(attempt)
}

#[test]
fn deep_and_wide_inputs_are_refused_at_once() {
    let long = Limits { max_length: usize::MAX, ..Limits::default() };
    let count = 1_000_000;
    for size in [50, 1_000, 60_000, count] {
        for open in ["(", "not(", "not (", "a pr or ("] {
            let input = open.repeat(size);
            let refused = refusal(&input, long);
            assert_eq!(refused, Some(ErrorKind::TooDeep), "{open} x {size}");
            let refused = refusal(&input, UNLIMITED);
            let expected = if size > Limits::DEPTH_CEILING { ErrorKind::TooDeep } else { ErrorKind::UnexpectedEnd };
            assert_eq!(refused, Some(expected), "{open} x {size}");
        }
    }
    assert_eq!(refusal(&"(".repeat(count), Limits::default()), Some(ErrorKind::TooLong));
    assert_eq!(refusal(&"a[b[c[".repeat(count), long), Some(ErrorKind::NestedValuePath));
    let chain = vec!["a pr"; 50_000].join(" or ");
    assert_eq!(refusal(&chain, long), Some(ErrorKind::TooManyTerms));
    let chain = vec!["a pr"; 50_000].join(" and ");
    assert_eq!(refusal(&chain, long), Some(ErrorKind::TooManyTerms));
}

#[test]
fn long_tokens_take_linear_time() {
    let count = 1_000_000;
    for input in [
        "a".repeat(count),
        "a.".repeat(count),
        "a:".repeat(count),
        " ".repeat(count),
        format!("a {}", "x".repeat(count)),
        format!("a eq {}", "1".repeat(count)),
        format!("a eq \"{}", "\\u0041".repeat(count / 6)),
        format!("a eq \"{}", "\u{e9}".repeat(count / 2)),
        format!("not {}", " ".repeat(count)),
    ] {
        let seconds = Duration::from_secs(5);
        let error =
            on_small_stack(seconds, move || Filter::parse_with(&input, &Options::new().limits(UNLIMITED)).err());
        assert!(error.is_some());
    }
}

/// Everything that walks the tree must fit the stack at the deepest nesting there can be.
#[test]
fn the_deepest_tree_can_be_used_on_a_small_stack() {
    let depth = Limits::DEPTH_CEILING;
    // `or`, `and` and `not` in front of every bracket: three nodes a level, the most there can be.
    let open = "a pr or b pr and not(";
    let mixed = format!("{}a pr{}", open.repeat(depth), ")".repeat(depth));
    let negations = format!("{}a pr{}", "not(".repeat(depth), ")".repeat(depth));
    for input in [mixed, negations] {
        let used = on_small_stack(Duration::from_secs(5), move || {
            let options = Options::new().limits(UNLIMITED);
            let filter = Filter::parse_with(&input, &options).unwrap();
            let again = Filter::parse_with(&filter.to_string(), &options).unwrap();
            let mut hasher = DefaultHasher::new();
            filter.clone().hash(&mut hasher);
            let debug = format!("{filter:?}{filter:#?}");
            filter == again && !debug.is_empty() && hasher.finish() != 0
        });
        assert_eq!(used, Some(true));
    }
}

#[test]
fn a_wide_tree_can_be_used_on_a_small_stack() {
    let input = vec!["a pr"; 50_000].join(" or ");
    let same = on_small_stack(Duration::from_secs(10), move || {
        let options = Options::new().limits(UNLIMITED);
        let filter = Filter::parse_with(&input, &options).unwrap();
        filter.to_string() == input && filter == filter.clone()
    });
    assert_eq!(same, Some(true));
}

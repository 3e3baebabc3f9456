//! `quickstart`: the whole story, and nothing on the way that a person should not see.

use super::Bench;

#[test]
fn the_story_is_told_and_ends() {
    let bench = Bench::new();
    let text = bench.text("quickstart --exit");
    for part in [
        "Okta pushes a company's people",
        "Microsoft Entra ID pushes a company's people",
        "Found, so Okta links her instead of creating a second Ana.",
        "allowed: bound, kp_",
        "allowed: combined, kp_",
        "allowed: created, kp_",
        "denied: deactivated",
        "remedy: activate the person in the IdP",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for secret in ["kstkn_", "ksec_", "\u{1b}["] {
        assert!(!text.contains(secret), "{secret}\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn nothing_is_logged_beside_the_story() {
    let output = Bench::new().run("quickstart --exit");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn an_earlier_run_is_kept_unless_reset() {
    let bench = Bench::new();
    bench.text("quickstart --exit");
    assert!(bench.failure("quickstart --exit").contains("give --reset to start over"));
    bench.text("quickstart --reset --exit");
}

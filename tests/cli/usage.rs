//! The command line itself: help, exit codes, the database it names.

use super::Bench;

#[test]
fn every_command_has_help() {
    let bench = Bench::new();
    for command in ["directory create", "token list", "token create", "token revoke", "client create", "user create"] {
        assert!(bench.text(&format!("{command} --help")).contains("--database-url"), "{command}");
    }
    for command in ["identity add", "identity unbind", "domain assert", "sign-in", "jobs run"] {
        assert!(bench.text(&format!("{command} --help")).contains("Usage: anteroom"), "{command}");
    }
    assert!(bench.text("--version").starts_with("anteroom "));
}

#[test]
fn a_wrong_command_line_is_2_and_a_failure_1() {
    let bench = Bench::new();
    for wrong in ["", "nothing", "jobs run", "token revoke", "--database-url mysql:x jobs run --once"] {
        let output = bench.run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(output.stdout.is_empty(), "{wrong}");
    }
    let failure = bench.failure("--database-url sqlite:missing/folder/x.db jobs run --once");
    assert!(failure.starts_with("error: cannot open the database: "), "{failure}");
}

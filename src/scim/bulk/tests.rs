//! Tests of the message, the order and the references.

use std::collections::{BTreeSet, HashMap};

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::reference::{all, reduced, resolved};
use super::{Answer, BulkRequest, Method, parts, response, units};
use crate::scim::{Error, ScimType, limits};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn envelope(operations: &Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations})
}

fn parse(operations: &Value) -> Result<BulkRequest, Error> {
    BulkRequest::parse(envelope(operations))
}

/// Edges by operation.
fn edges(references: &[&[usize]]) -> Vec<BTreeSet<usize>> {
    references.iter().map(|of| of.iter().copied().collect()).collect()
}

#[test]
fn an_operation_waits_for_those_it_refers_to_and_a_circle_is_one_unit() {
    for (references, expected) in [
        (vec![], vec![]),
        (vec![&[][..], &[], &[]], vec![vec![0], vec![1], vec![2]]),
        // Backward, forward, and forward past one that does not wait.
        (vec![&[], &[0]], vec![vec![0], vec![1]]),
        (vec![&[1], &[]], vec![vec![1], vec![0]]),
        (vec![&[2], &[], &[], &[]], vec![vec![1], vec![2], vec![0], vec![3]]),
        // Circles: of one, of two, of three with somebody waiting inside and outside.
        (vec![&[0]], vec![vec![0]]),
        (vec![&[2], &[], &[0]], vec![vec![0, 2], vec![1]]),
        (vec![&[1], &[2], &[0, 3], &[], &[1]], vec![vec![3], vec![0, 1, 2], vec![4]]),
        // Two circles, of which one refers to the other.
        (vec![&[1, 2], &[0], &[3], &[2]], vec![vec![2, 3], vec![0, 1]]),
    ] {
        assert_eq!(units(&edges(&references)), expected, "{references:?}");
    }
}

#[test]
fn what_is_asked_of_one_resource_keeps_its_order() {
    let operations = json!([
        {"method": "PATCH", "path": "/Groups/g", "data": {"members": ["bulkId:z"]}},
        {"method": "DELETE", "path": "/Groups/g"},
        {"method": "DELETE", "path": "/Groups/other"},
        {"method": "POST", "path": "/Users", "bulkId": "z", "data": {}},
        {"method": "POST", "path": "/Users", "bulkId": "y", "data": {}},
    ]);
    assert_eq!(units(&parse(&operations).unwrap().references()), [[2], [3], [0], [1], [4]]);
}

#[test]
fn the_largest_graphs_are_ordered_at_once() {
    let most = limits::BULK_OPERATIONS;
    let chain: Vec<BTreeSet<usize>> =
        (0..most).map(|n| BTreeSet::from([n + 1])).map(|of| of.into_iter().filter(|n| *n < most).collect()).collect();
    let order: Vec<usize> = units(&chain).concat();
    assert_eq!(order, (0..most).rev().collect::<Vec<_>>());
    let everything: Vec<BTreeSet<usize>> = vec![(0..most).collect(); most];
    assert_eq!(units(&everything), [(0..most).collect::<Vec<_>>()]);
}

fn graph() -> impl Strategy<Value = Vec<BTreeSet<usize>>> {
    (1_usize..9).prop_flat_map(|size| vec(btree_set(0..size, 0..4), size))
}

/// Everything that can be reached from an operation by one step or more.
fn reach(edges: &[BTreeSet<usize>], from: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut next = vec![from];
    while let Some(node) = next.pop() {
        next.extend(edges[node].iter().filter(|target| found.insert(**target)));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_operation_is_carried_out_once_and_not_before_what_it_needs(edges in graph()) {
        let units = units(&edges);
        let mut done: BTreeSet<usize> = BTreeSet::new();
        for unit in &units {
            let own: BTreeSet<usize> = unit.iter().copied().collect();
            prop_assert!(own.is_disjoint(&done));
            for operation in unit {
                prop_assert!(edges[*operation].iter().all(|target| done.contains(target) || own.contains(target)));
                // Together are those that need each other, and no others.
                let circle: BTreeSet<usize> = reach(&edges, *operation).into_iter().filter(|other| reach(&edges, *other).contains(operation)).collect();
                prop_assert!(circle == own || (circle.is_empty() && unit.len() == 1));
            }
            done.extend(own);
        }
        prop_assert_eq!(done, (0..edges.len()).collect::<BTreeSet<_>>());
    }

    /// At each step the first operation of the request that need not wait is the next one.
    #[test]
    fn nothing_waits_without_need(edges in graph()) {
        let units = units(&edges);
        let mut done: BTreeSet<usize> = BTreeSet::new();
        for (at, unit) in units.iter().enumerate() {
            let is_ready = |unit: &Vec<usize>| unit.iter().all(|operation| edges[*operation].iter().all(|target| done.contains(target) || unit.contains(target)));
            let first = units[at..].iter().filter(|unit| is_ready(unit)).min();
            prop_assert_eq!(first, Some(unit));
            done.extend(unit);
        }
    }
}

#[test]
fn references_are_strings_anywhere_in_the_data() {
    let data = json!({"members": [{"value": "bulkId:a"}, "bulkId:b", {"value": "x", "bulkId:no": "y"}], "deep": {"er": {"est": ["bulkId:c d"]}}, "n": 1});
    assert_eq!(all(&data), ["a", "b", "c d"].map(str::to_owned).into());
    let ids = HashMap::from([("a", "1"), ("b", "2")]);
    let id_of = |bulk_id: &str| ids.get(bulk_id).copied();
    assert_eq!(
        resolved(&data, &id_of),
        json!({"members": [{"value": "1"}, "2", {"value": "x", "bulkId:no": "y"}], "deep": {"er": {"est": ["bulkId:c d"]}}, "n": 1})
    );
}

#[test]
fn what_refers_to_something_not_made_yet_is_left_out() {
    let nothing = |_: &str| None;
    for (body, expected) in [
        (
            json!({"members": [{"value": "bulkId:a", "type": "User"}, {"value": "x"}, "bulkId:a"]}),
            json!({"members": [{"value": "x"}]}),
        ),
        (json!({"manager": {"value": "bulkId:a", "display": "A"}, "title": "t"}), json!({"title": "t"})),
        (json!({"one": "bulkId:a", "two": ["bulkId:a"], "three": null}), json!({"two": [], "three": null})),
        (
            json!({ENTERPRISE: {"manager": {"value": "bulkId:a"}, "department": "d"}}),
            json!({ENTERPRISE: {"department": "d"}}),
        ),
        (json!({(format!("{ENTERPRISE}:manager.value")): "bulkId:a"}), json!({})),
        (json!("bulkId:a"), json!("bulkId:a")),
    ] {
        assert_eq!(reduced(&body, &nothing), expected, "{body}");
        assert_eq!(reduced(&body, &|_: &str| Some("id")), resolved(&body, &|_: &str| Some("id")), "{body}");
    }
}

#[test]
fn a_message_is_read_in_any_letter_case() {
    let body = json!({
        "SCHEMAS": ["URN:ietf:params:scim:api:messages:2.0:bulkrequest"], "failonerrors": 2,
        "operations": [
            {"METHOD": "post", "Path": "/Users", "bulkid": "a", "DATA": {"manager": {"value": "bulkId:b"}}},
            {"method": "Delete", "path": "/Users/bulkId:a", "data": {"value": "bulkId:ignored"}, "version": "W/\"1\""},
            {"method": "PATCH", "path": "/Users/1", "bulkId": null, "version": null},
        ],
    });
    let request = BulkRequest::parse(body).unwrap();
    assert_eq!(request.fail_on_errors, Some(2));
    let methods: Vec<Method> = request.operations.iter().map(|operation| operation.method).collect();
    assert_eq!(methods, [Method::Post, Method::Delete, Method::Patch]);
    assert_eq!(request.operations[1].version.as_deref(), Some("W/\"1\""));
    assert_eq!(request.operations[1].data, Value::Null);
    assert_eq!(request.operations[2].bulk_id, None);
    // Nothing creates b; the reference to it is there all the same.
    assert_eq!(request.references(), edges(&[&[], &[0], &[]]));
    assert_eq!(request.operations[0].references, BTreeSet::from(["b".to_owned()]));
}

#[test]
fn a_fault_of_the_message_refuses_all_of_it() {
    let post = json!({"method": "POST", "path": "/Users", "bulkId": "a", "data": {}});
    let with = |name: &str, value: Value| {
        let mut operation = post.clone();
        operation[name] = value;
        json!([post, operation])
    };
    for (operations, scim_type) in [
        (json!(null), ScimType::InvalidSyntax),
        (json!([]), ScimType::InvalidSyntax),
        (json!({"0": post}), ScimType::InvalidSyntax),
        (json!(["POST"]), ScimType::InvalidSyntax),
        (with("method", Value::Null), ScimType::InvalidSyntax),
        (with("method", json!("GET")), ScimType::InvalidSyntax),
        (with("method", json!(" POST")), ScimType::InvalidSyntax),
        (with("method", json!(["POST"])), ScimType::InvalidSyntax),
        (with("path", Value::Null), ScimType::InvalidSyntax),
        (with("path", json!(1)), ScimType::InvalidSyntax),
        (with("bulkId", json!(1)), ScimType::InvalidSyntax),
        (with("bulkId", Value::Null), ScimType::InvalidValue),
        (with("bulkId", json!("")), ScimType::InvalidValue),
        (with("bulkId", json!("a")), ScimType::InvalidValue),
        (json!([post, {"method": "DELETE", "path": "/Users/1", "bulkId": "a"}]), ScimType::InvalidValue),
        (json!([{"method": "DELETE", "path": "/Users/1", "version": 1}]), ScimType::InvalidSyntax),
    ] {
        let refused = parse(&operations).unwrap_err();
        assert_eq!((refused.status, refused.scim_type), (400, Some(scim_type)), "{operations}");
    }
    for (body, scim_type) in [
        (json!([]), ScimType::InvalidSyntax),
        (json!({"Operations": [post]}), ScimType::InvalidSyntax),
        (
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [post]}),
            ScimType::InvalidSyntax,
        ),
    ] {
        assert_eq!(BulkRequest::parse(body.clone()).unwrap_err().scim_type, Some(scim_type), "{body}");
    }
    for wrong in [json!(0), json!(-1), json!(1.5), json!("1"), json!(true), json!([1]), json!({})] {
        let mut body = envelope(&json!([post]));
        body["failOnErrors"] = wrong;
        assert_eq!(BulkRequest::parse(body.clone()).unwrap_err().scim_type, Some(ScimType::InvalidValue), "{body}");
    }
}

#[test]
fn the_number_of_operations_is_bounded() {
    let many = |number: usize| json!(vec![json!({"method": "DELETE", "path": "/Users/1"}); number]);
    assert!(parse(&many(limits::BULK_OPERATIONS)).is_ok());
    let refused = parse(&many(limits::BULK_OPERATIONS + 1)).unwrap_err();
    assert_eq!((refused.status, refused.scim_type), (413, None));
    assert!(refused.detail.contains("1000"), "{refused}");
}

#[test]
fn a_path_leads_to_a_resource_and_nowhere_else() {
    let base = "https://scim.test/scim/v2/d";
    for (method, path, expected) in [
        (Method::Post, "/Users", Some(("Users", None))),
        (Method::Post, "https://scim.test/scim/v2/d/Users", Some(("Users", None))),
        (Method::Put, "/Users/1", Some(("Users", Some("1")))),
        (Method::Delete, "https://scim.test/scim/v2/d/Groups/bulkId:a", Some(("Groups", Some("bulkId:a")))),
        (Method::Post, "/Users/1", None),
        (Method::Post, "/Users/", None),
        (Method::Post, "Users", None),
        (Method::Post, "", None),
        (Method::Post, "https://scim.test/scim/v2/other/Users", None),
        (Method::Post, "https://scim.test/scim/v2/dd/Users", None),
        (Method::Patch, "/Users", None),
        (Method::Patch, "/Users/1/groups", None),
        (Method::Patch, "/Users/../Groups/1", None),
        (Method::Patch, "//Users/1", None),
    ] {
        assert_eq!(parts(method, path, base).ok(), expected, "{path}");
    }
}

#[test]
fn the_answer_is_the_one_of_the_rfc() {
    let request =
        parse(&json!([{"method": "POST", "path": "/Users", "bulkId": "a"}, {"method": "delete", "path": "/Users/1"}]))
            .unwrap();
    let [post, delete] = &request.operations[..] else { panic!("two") };
    let made = Answer { operation: post, location: Some("l".into()), version: Some(1), outcome: Ok(201) };
    let failed =
        Answer { operation: delete, location: Some("m".into()), version: None, outcome: Err(Error::not_found("gone")) };
    assert_eq!(
        response([made, failed].into_iter()),
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
            "Operations": [
                {"method": "POST", "bulkId": "a", "version": "W/\"1\"", "location": "l", "status": "201"},
                {"method": "DELETE", "location": "m", "status": "404", "response": {
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404", "detail": "gone"}},
            ],
        })
    );
}

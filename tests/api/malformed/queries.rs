//! Query strings: names given twice, numbers that are none, encodings.

use super::{Ask, Row, Stage};
use crate::support::{TestApp, api_test};

const LISTS: &[(&str, u16, &str)] = &[
    ("filter", 400, "invalidFilter"),
    ("filter=", 400, "invalidFilter"),
    ("filter=%", 400, "invalidFilter"),
    ("filter=%zz", 400, "invalidFilter"),
    ("filter=%00", 400, "invalidFilter"),
    ("filter=userName%20pr%00", 400, "invalidFilter"),
    ("filter=userName%0Dpr", 400, "invalidFilter"),
    ("filter=userName%20eq%20%22a%0D%0Ab%22", 400, "invalidFilter"),
    ("filter=userName%2520pr", 400, "invalidFilter"),
    ("filter=%ff", 400, "invalidValue"),
    ("filter=userName%20eq%20%22%ff%22", 400, "invalidValue"),
    ("filter=userName%20eq%20%22%C0%80%22", 400, "invalidValue"),
    ("filter=userName%20eq%20%22%ED%A0%80%22", 400, "invalidValue"),
    ("filter=userName%20eq%20%22%F0%9F%92%22", 400, "invalidValue"),
    ("x=%ff", 400, "invalidValue"),
    ("%ff=x", 400, "invalidValue"),
    ("attributes=%ff", 400, "invalidValue"),
    ("filter=userName%20pr&filter=userName%20pr", 400, "invalidValue"),
    ("filter=userName%20pr&FILTER=title%20pr", 400, "invalidValue"),
    ("filter=userName%20pr&%66ilter=title%20pr", 400, "invalidValue"),
    ("filter=userName%20pr&filter=", 400, "invalidValue"),
    ("startIndex=1&startIndex=1", 400, "invalidValue"),
    ("startIndex=1&STARTINDEX=2", 400, "invalidValue"),
    ("count=1&count=2", 400, "invalidValue"),
    ("attributes=a&attributes=b", 400, "invalidValue"),
    ("excludedAttributes=a&excludedattributes=b", 400, "invalidValue"),
    ("attributes=userName&excludedAttributes=title", 400, "invalidValue"),
    ("startIndex", 400, "invalidValue"),
    ("startIndex=", 400, "invalidValue"),
    ("startIndex=one", 400, "invalidValue"),
    ("startIndex=1.0", 400, "invalidValue"),
    ("startIndex=1e3", 400, "invalidValue"),
    ("startIndex=0x1", 400, "invalidValue"),
    ("startIndex=1,2", 400, "invalidValue"),
    ("startIndex=1;count=1", 400, "invalidValue"),
    ("startIndex=+1", 400, "invalidValue"),
    ("startIndex=1%20", 400, "invalidValue"),
    ("startIndex=%00", 400, "invalidValue"),
    ("startIndex=%D9%A1", 400, "invalidValue"),
    ("startIndex=null", 400, "invalidValue"),
    ("startIndex=9223372036854775808", 400, "invalidValue"),
    ("startIndex[]=1", 200, ""),
    ("count=", 400, "invalidValue"),
    ("count=ten", 400, "invalidValue"),
    ("count=1.5", 400, "invalidValue"),
    ("count=-9223372036854775809", 400, "invalidValue"),
    ("count=99999999999999999999", 400, "invalidValue"),
    ("count=--1", 400, "invalidValue"),
    // The RFC gives these a meaning (RFC 7644 section 3.4.2.4).
    ("startIndex=0", 200, ""),
    ("startIndex=-9223372036854775808", 200, ""),
    ("startIndex=9223372036854775807", 200, ""),
    ("count=-1", 200, ""),
    ("count=9223372036854775807", 200, ""),
    ("startIndex=9223372036854775807&count=9223372036854775807", 200, ""),
    ("attributes=", 200, ""),
    ("attributes=,,,", 200, ""),
    ("attributes=nothing", 200, ""),
    ("attributes=%00,[,%22,..,urn:", 200, ""),
    ("excludedAttributes=id,schemas", 200, ""),
    ("", 200, ""),
    ("&", 200, ""),
    ("&&=&==", 200, ""),
    ("?", 200, ""),
    ("x=1&x=2", 200, ""),
    ("x[y]=1&__proto__[z]=1", 200, ""),
    ("access_token=x&token=y", 200, ""),
];

api_test! {
    async fn a_query_is_read_whole_or_refused(app: TestApp) {
        let stage = Stage::new(&app).await;
        let rows = LISTS.iter().map(|(query, status, scim_type)| (format!("?{query}"), Ask::new("GET", format!("/Users?{query}")), *status, *scim_type));
        let mut rows: Vec<Row> = rows.collect();
        for (query, status, scim_type) in LISTS.iter().filter(|(query, ..)| query.contains("ttributes") || query.starts_with("x=")) {
            for path in ["/Groups", "/Users/{person}", "/Groups/{group}"] {
                rows.push((format!("{path}?{query}"), Ask::new("GET", format!("{path}?{query}")), *status, *scim_type));
            }
            if *status == 400 {
                rows.push((format!("POST ?{query}"), Ask::new("POST", format!("/Users?{query}")).body("{\"userName\":\"b\"}"), *status, *scim_type));
                rows.push((format!("PUT ?{query}"), Ask::new("PUT", format!("/Users/{{person}}?{query}")).body("{\"userName\":\"b\"}"), *status, *scim_type));
            }
        }
        for (path, query) in [("/Schemas", "filter=id%20pr"), ("/ResourceTypes", "FILTER"), ("/ServiceProviderConfig", "%66ilter=x"), ("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "x=1&filter=")] {
            rows.push((format!("{path}?{query}"), Ask::new("GET", format!("{path}?{query}")), 403, ""));
        }
        stage.check(rows).await;
    }
}

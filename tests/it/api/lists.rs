//! Lists of many pages.

use tabship::api::{
    Filter, Listing,
    endpoint::{content::Item, workbooks::QueryWorkbooks},
};

use super::scripted::{Act, Arrival, Server, answer, luid, refusal};

fn parameter(arrival: &Arrival, name: &str) -> u32 {
    let url = url::Url::parse("http://x")
        .unwrap()
        .join(&arrival.target)
        .unwrap();
    let (_, value) = url.query_pairs().find(|(key, _)| key == name).unwrap();
    value.parse().unwrap()
}

fn page(numbers: impl Iterator<Item = u32>, total: u32) -> Act {
    let items: Vec<String> = numbers
        .map(|n| {
            format!(
                r#"{{"id":"{}","name":"w{n}"}}"#,
                luid(u8::try_from(n).unwrap())
            )
        })
        .collect();
    answer(
        200,
        format!(
            r#"{{"pagination":{{"pageNumber":"1","pageSize":"2","totalAvailable":"{total}"}},"workbooks":{{"workbook":[{}]}}}}"#,
            items.join(",")
        ),
    )
}

fn two_a_page() -> QueryWorkbooks {
    QueryWorkbooks(Listing {
        page_size: 2,
        ..Listing::of(Filter::all())
    })
}

#[tokio::test]
async fn all_pages_are_read_in_order() {
    let server = Server::start(|arrival| {
        let first = (parameter(arrival, "pageNumber") - 1) * 2;
        page(first..(first + 2).min(9), 9)
    })
    .await;
    let all = server.site().await.all(&two_a_page()).await.unwrap();
    let names: Vec<&str> = all.iter().map(|workbook| &*workbook.name).collect();
    assert_eq!(
        names,
        ["w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"]
    );
    assert_eq!(server.count("GET", "/workbooks"), 5);
}

#[tokio::test]
async fn a_list_that_grows_meanwhile_is_read_to_its_end_and_nothing_twice() {
    // Something is put in front after the first page: everything moves by one.
    let server = Server::start(|arrival| match parameter(arrival, "pageNumber") {
        1 => page(1..3, 4),
        2 => page(2..4, 5),
        _ => page(4..5, 5),
    })
    .await;
    let all = server.site().await.all(&two_a_page()).await.unwrap();
    let names: Vec<&str> = all.iter().map(|workbook| &*workbook.name).collect();
    assert_eq!(names, ["w1", "w2", "w3", "w4"]);
}

#[tokio::test]
async fn a_list_that_shrinks_meanwhile_ends() {
    let server = Server::start(|arrival| match parameter(arrival, "pageNumber") {
        1 => page(1..3, 4),
        _ => refusal(400_006),
    })
    .await;
    let all = server.site().await.all(&two_a_page()).await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn a_total_that_is_a_lie_does_not_keep_us_asking() {
    let server = Server::start(|arrival| match parameter(arrival, "pageNumber") {
        1 => page(1..3, u32::MAX),
        _ => page(0..0, u32::MAX),
    })
    .await;
    let all = server.site().await.all(&two_a_page()).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(server.count("GET", "/workbooks") <= 5);
}

#[tokio::test]
async fn a_total_of_revisions_that_is_a_lie_does_not_keep_us_asking() {
    let server = Server::start(|arrival| {
        let revision = match parameter(arrival, "pageNumber") {
            1 => r#"{"revisionNumber":"1"}"#,
            2 => r#"{"revisionNumber":"2"}"#,
            _ => "",
        };
        let most = u64::MAX;
        answer(
            200,
            format!(
                r#"{{"pagination":{{"pageNumber":"1","pageSize":"{}","totalAvailable":"{most}"}},"revisions":{{"revision":[{revision}]}}}}"#,
                most / 4
            ),
        )
    })
    .await;
    let site = server.site().await;
    let all = site.revisions(Item::workbook(luid(1))).await.unwrap();
    assert_eq!(all.len(), 2);
}

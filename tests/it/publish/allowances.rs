//! What is blocked unless somebody allows it: each with its flag and with its key in the manifest, and the allowance in
//! the report.

use std::io::Write;

use tabship_sandbox::Sandbox;

use crate::files::workbook;

use super::served::{Served, TARGETS};

/// A blocked change of the workbook `Report` with the sheets One and Two.
struct Case {
    allow: &'static str,
    /// What the content entry says besides the files, before and after.
    entry: (&'static str, &'static str),
    /// Somebody does something on the site meanwhile.
    meanwhile: Meanwhile,
    with_extract: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    Nothing,
    /// Owner and password are set by hand.
    PeopleWork,
    /// Tags go, and the stamp with them.
    StampLost,
}

const CASES: [Case; 6] = [
    Case {
        allow: "newly-visible",
        entry: (
            "project: A, views: { include: [One] }",
            "project: A, views: { include: [\"*\"] }",
        ),
        meanwhile: Meanwhile::Nothing,
        with_extract: false,
    },
    Case {
        allow: "extract-loss",
        entry: ("project: A", "project: A"),
        meanwhile: Meanwhile::Nothing,
        with_extract: true,
    },
    Case {
        allow: "drift",
        entry: ("project: A", "project: A"),
        meanwhile: Meanwhile::StampLost,
        with_extract: false,
    },
    Case {
        allow: "content-url",
        entry: ("project: A", "project: B"),
        meanwhile: Meanwhile::Nothing,
        with_extract: false,
    },
    Case {
        allow: "owner-change",
        entry: ("project: A", "project: A, owner: svc"),
        meanwhile: Meanwhile::PeopleWork,
        with_extract: false,
    },
    Case {
        allow: "credential-loss",
        entry: ("project: A", "project: A"),
        meanwhile: Meanwhile::PeopleWork,
        with_extract: false,
    },
];

impl Case {
    /// The site as it is, and a change to it that is blocked.
    async fn served(&self, after: &str) -> Served {
        let builder = Sandbox::builder().user("ann", "Creator");
        let builder = builder.user("svc", "Creator");
        let served = Served::with(builder, &entry(self.entry.0)).await;
        let old = workbook(&["One", "Two"], "a");
        if self.with_extract {
            served.tabship.write("Report.twbx", extracted(&old));
        } else {
            served.tabship.write("Report.twb", old);
        }
        served.deploy().await.code(0);
        self.meanwhile(&served).await;
        let _ = std::fs::remove_file(served.tabship.path().join("Report.twbx"));
        served
            .tabship
            .write("Report.twb", workbook(&["One", "Two"], "b"));
        let manifest = format!("{TARGETS}{}", entry(after));
        served.tabship.write("tabship.yml", manifest);
        served
    }

    async fn meanwhile(&self, served: &Served) {
        let site = served.site("prod").await;
        match self.meanwhile {
            Meanwhile::Nothing => {}
            Meanwhile::PeopleWork => site.people_work().await,
            Meanwhile::StampLost => site.stamps_lost().await,
        }
    }
}

fn entry(settings: &str) -> String {
    format!("content:\n  - {{ files: \"*.tw*\", {settings} }}\n")
}

/// In a package, with data of its own.
fn extracted(workbook: &str) -> Vec<u8> {
    let extract = "<extract enabled='true'><connection class='hyper' dbname='Data/Orders.hyper' schema='Extract' tablename='Extract'><relation name='Extract' table='[Extract].[Extract]' type='table' /></connection></extract></datasource>";
    let document = workbook.replace("</datasource>", extract);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in [
        ("Report.twb", document.as_bytes()),
        ("Data/Orders.hyper", b"HyPe"),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_blocked_change_is_refused_and_allowed_by_its_flag() {
    for case in CASES {
        let served = case.served(case.entry.1).await;
        let before = served.site("prod").await.state().await;
        let flag = format!("--allow {}", case.allow);
        served.deploy().await.code(6).stderr_has(&flag);
        assert_eq!(served.site("prod").await.state().await, before);

        let deploy = ["deploy", "-t", "prod", "--format", "json"];
        let allowed = deploy.into_iter().chain(["--allow", case.allow]);
        let done = served.run(allowed).await.code(0).json();
        let allowed = &done["items"][0]["allowed"][0];
        assert_eq!(allowed["allow"], case.allow);
        assert_eq!(allowed["by"], "--allow");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_blocked_change_is_allowed_by_the_manifest_and_the_report_says_so() {
    for case in CASES {
        let entry = format!("{}, allow: [{}]", case.entry.1, case.allow);
        let served = case.served(&entry).await;
        let said = format!("(tabship.yml allows {})", case.allow);
        served.deploy().await.code(0).stdout_has(&said);
    }
}

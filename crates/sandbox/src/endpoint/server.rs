//! Server info: the one call that needs neither session nor known version.

use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::wire::Element;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every endpoint has this signature"
)]
pub(crate) fn info(call: &Call) -> Result<Answer, ApiError> {
    let options = &call.app.options;
    let build = build_number(&options.product_version);
    Ok(Answer::ok([Element::new("serverInfo")
        .child(Element::with_text("productVersion", &options.product_version).attr("build", &build))
        .child(Element::with_text("prepConductorVersion", &build))
        .child(Element::with_text(
            "restApiVersion",
            options.api_version.to_string(),
        ))]))
}

/// `20262.26.0610.1200` for 2026.2.
fn build_number(product: &str) -> String {
    let mut pieces = product.split('.');
    let year = pieces.next().unwrap_or("2026");
    let release = pieces.next().unwrap_or("1");
    format!(
        "{year}{release}.{}.0610.1200",
        year.get(2..).unwrap_or("26")
    )
}

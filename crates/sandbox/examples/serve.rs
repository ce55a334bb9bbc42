//! Serves a sandbox on a given address: `cargo run -p tabship-sandbox --example serve -- 127.0.0.1:8765 [DIR]`.

use std::io::Write;

use tabship_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut builder = Sandbox::builder();
    if let Some(address) = arguments.next() {
        builder = builder.listen(address.parse()?);
    }
    if let Some(folder) = arguments.next() {
        builder = builder.data(folder);
    }
    let sandbox = builder.start().await?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {}", sandbox.url())?;
    out.flush()?;
    sandbox.wait().await;
    Ok(())
}

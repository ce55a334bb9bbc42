//! `tabship`: see the library for everything.

use std::process::ExitCode;

/// glibc's and musl's own ask the kernel for a large document's memory page by page, which took a third of the time of a check.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tabship::cli::main()
}

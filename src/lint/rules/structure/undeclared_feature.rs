//! `structure/undeclared-feature`.

use crate::diagnostic::Level;
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports names such as `_.fcp.ObjectModelTableType.true...object-graph` whose feature the document does not declare in its
    /// `document-format-change-manifest`.
    ///
    /// ## Why is this bad?
    /// The declaration tells Tableau how to read such names. Without it Tableau Desktop refuses to load the file. A merge, or a
    /// script that cleaned the file, dropped it.
    ///
    /// ## Use instead
    /// Take the `document-format-change-manifest` from the version before, or add `<_.fcp.FEATURE.true...FEATURE />` to it.
    UndeclaredFeature, "structure/undeclared-feature", "document uses a feature that it does not declare", Levels::always(Level::Error), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let declared: HashSet<&str> = model.declared_features.iter().map(|f| f.value.as_str()).collect();
    // The newest format declares a version, which stands for all features of it.
    if declared.contains("ManifestByVersion") {
        return;
    }
    for used in model.used_features.iter().filter(|f| !declared.contains(f.value.as_str())) {
        let feature = &used.value;
        sink.report(used.span, Vec::new(), format!("the document uses the feature `{feature}` without declaring it"))
            .help(format!("add `<_.fcp.{feature}.true...{feature} />` to `document-format-change-manifest`, or take that element from an earlier version in git"));
    }
}

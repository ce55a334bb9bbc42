//! The rules, one file each. A line in the list below declares the file and registers the rule; the list is in the order
//! of the ids, which a test holds.

use super::registry::{Entry, entry};

macro_rules! rules {
    ($($group:ident { $($file:ident: $rule:ident,)* })*) => {
        $(mod $group { $(pub(super) mod $file;)* })*

        /// All of them.
        pub(super) const ENTRIES: &[Entry] = &[$($(entry::<$group::$file::$rule>(),)*)*];
    };
}

rules! {
    calculation {
        broken_reference: BrokenReference,
        required: Required,
        syntax_error: SyntaxError,
        unknown_function: UnknownFunction,
    }
    datasource {
        certified: Certified,
        custom_sql: CustomSql,
        local_file: LocalFile,
    }
    layout {
        fixed_size: FixedSize,
    }
    naming {
        calculated_field: CalculatedFieldName,
        dashboard: DashboardName,
        datasource: DatasourceName,
        default_name: DefaultName,
        parameter: ParameterName,
        spaces: Spaces,
        workbook: WorkbookName,
        worksheet: WorksheetName,
    }
    security {
        embedded_password: EmbeddedPassword,
    }
    structure {
        dangling_sheet: DanglingSheet,
        duplicate_name: DuplicateName,
        newer_than_server: NewerThanServer,
    }
}

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
        aggregation: Aggregation,
        broken_reference: BrokenReference,
        cycle: Cycle,
        duplicate: Duplicate,
        forbidden_function: ForbiddenFunction,
        hard_coded_date: HardCodedDate,
        hard_coded_user: HardCodedUser,
        if_chain: IfChain,
        lod_nesting: LodNesting,
        missing_comment: MissingComment,
        missing_format: MissingFormat,
        newer_function: NewerFunction,
        null_comparison: NullComparison,
        parameter_default: ParameterDefault,
        ratio_of_rows: RatioOfRows,
        repeated_condition: RepeatedCondition,
        required: Required,
        same_name: SameName,
        syntax_error: SyntaxError,
        unguarded_division: UnguardedDivision,
        unknown_function: UnknownFunction,
        unused: Unused,
        unused_parameter: UnusedParameter,
        wrong_arguments: WrongArguments,
    }
    datasource {
        certified: Certified,
        custom_sql: CustomSql,
        local_file: LocalFile,
    }
    layout {
        color: ColorPolicy,
        dashboard_size: DashboardSize,
        default_title: DefaultTitle,
        device_layout: DeviceLayout,
        fixed_size: FixedSize,
        floating: Floating,
        font: Font,
        font_size: FontSize,
        inconsistent_size: InconsistentSize,
        inconsistent_title: InconsistentTitle,
        out_of_bounds: OutOfBounds,
        required_object: RequiredObject,
        sheet_fit: SheetFit,
    }
    naming {
        action: ActionName,
        awkward_name: AwkwardName,
        bin: BinName,
        calculated_field: CalculatedFieldName,
        dashboard: DashboardName,
        datasource: DatasourceName,
        default_datasource: DefaultDatasource,
        default_name: DefaultName,
        duplicate_caption: DuplicateCaption,
        folder: FolderName,
        group: GroupName,
        missing_description: MissingDescription,
        mixed_styles: MixedStyles,
        parameter: ParameterName,
        set: SetName,
        spaces: Spaces,
        story: StoryName,
        unfinished: Unfinished,
        workbook: WorkbookName,
        worksheet: WorksheetName,
    }
    performance {
        blended_worksheet: BlendedWorksheet,
        calculation_length: CalculationLength,
        conditional_filter: ConditionalFilter,
        cross_datasource_calculation: CrossDatasourceCalculation,
        date_conversion: DateConversion,
        live_connection: LiveConnection,
        long_filter_list: LongFilterList,
        multiple_connections: MultipleConnections,
        nested_calculation: NestedCalculation,
        non_materialized_calculation: NonMaterializedCalculation,
        relevant_values_filter: RelevantValuesFilter,
        too_many_containers: TooManyContainers,
        too_many_context_filters: TooManyContextFilters,
        too_many_datasources: TooManyDatasources,
        too_many_embeds: TooManyEmbeds,
        too_many_fields: TooManyFields,
        too_many_filters: TooManyFilters,
        too_many_images: TooManyImages,
        too_many_lods: TooManyLods,
        too_many_views: TooManyViews,
        too_many_visible_sheets: TooManyVisibleSheets,
        too_many_zones: TooManyZones,
        top_n_filter: TopNFilter,
        unused_fields: UnusedFields,
        uses_grouping: UsesGrouping,
    }
    security {
        embedded_password: EmbeddedPassword,
    }
    structure {
        broken_action: BrokenAction,
        broken_button: BrokenButton,
        broken_card: BrokenCard,
        broken_shelf: BrokenShelf,
        cache_in_package: CacheInPackage,
        conflict_marker: ConflictMarker,
        dangling_sheet: DanglingSheet,
        declaration: Declaration,
        document_too_large: DocumentTooLarge,
        duplicate_id: DuplicateId,
        duplicate_name: DuplicateName,
        duplicate_worksheet: DuplicateWorksheet,
        element_order: ElementOrder,
        empty_dashboard: EmptyDashboard,
        empty_worksheet: EmptyWorksheet,
        invalid_parameter_control: InvalidParameterControl,
        junk_in_package: JunkInPackage,
        large_image: LargeImage,
        line_endings: LineEndings,
        missing_package_file: MissingPackageFile,
        newer_than_server: NewerThanServer,
        outdated_version: OutdatedVersion,
        package_too_large: PackageTooLarge,
        packaged_extract: PackagedExtract,
        raw_newline: RawNewline,
        required_sheet: RequiredSheet,
        stale_copy: StaleCopy,
        thumbnails: Thumbnails,
        undeclared_element: UndeclaredElement,
        undeclared_feature: UndeclaredFeature,
        unknown_datasource: UnknownDatasource,
        unused_package_file: UnusedPackageFile,
        unused_worksheet: UnusedWorksheet,
        window_mismatch: WindowMismatch,
    }
}

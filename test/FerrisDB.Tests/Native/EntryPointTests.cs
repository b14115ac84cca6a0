using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using FerrisDB.Native;
using FerrisDB.Tests.House;

namespace FerrisDB.Tests.Native;

/// <summary>The library has FoundationDB's functions, all of them and no others.</summary>
public sealed partial class EntryPointTests
{
    private const string Expected = """
        add_network_thread_completion_hook cluster_create_database cluster_destroy cluster_set_option create_cluster
        create_database create_database_from_connection_string database_blobbify_range
        database_blobbify_range_blocking database_create_shared_state database_create_snapshot
        database_create_transaction database_destroy database_flush_blob_range
        database_force_recovery_with_data_loss database_get_client_status database_get_main_thread_busyness
        database_get_server_protocol database_list_blobbified_ranges database_open_tenant
        database_purge_blob_granules database_reboot_worker database_set_option database_set_shared_state
        database_unblobbify_range database_verify_blob_range database_wait_purge_granules_complete error_predicate
        future_block_until_ready future_cancel future_destroy future_get_bool future_get_cluster future_get_database
        future_get_double future_get_error future_get_granule_summary_array future_get_int64 future_get_key
        future_get_key_array future_get_keyrange_array future_get_keyvalue_array future_get_mappedkeyvalue_array
        future_get_shared_state future_get_string_array future_get_uint64 future_get_value future_get_version
        future_is_error future_is_ready future_readbg_get_descriptions future_release_memory future_set_callback
        get_client_version get_error get_max_api_version network_set_option readbg_parse_delta_file
        readbg_parse_snapshot_file result_destroy result_get_bg_mutations_array result_get_keyvalue_array run_network
        select_api_version_impl setup_network stop_network tenant_blobbify_range tenant_blobbify_range_blocking
        tenant_create_transaction tenant_destroy tenant_flush_blob_range tenant_get_id
        tenant_list_blobbified_ranges tenant_purge_blob_granules tenant_unblobbify_range tenant_verify_blob_range
        tenant_wait_purge_granules_complete transaction_add_conflict_range transaction_atomic_op transaction_cancel
        transaction_clear transaction_clear_range transaction_commit transaction_destroy transaction_get
        transaction_get_addresses_for_key transaction_get_approximate_size transaction_get_blob_granule_ranges
        transaction_get_committed_version transaction_get_estimated_range_size_bytes transaction_get_key
        transaction_get_mapped_range transaction_get_range transaction_get_range_selector
        transaction_get_range_split_points transaction_get_read_version transaction_get_tag_throttled_duration
        transaction_get_total_cost transaction_get_versionstamp transaction_on_error transaction_read_blob_granules
        transaction_read_blob_granules_description transaction_read_blob_granules_finish
        transaction_read_blob_granules_start transaction_reset transaction_set transaction_set_option
        transaction_set_read_version transaction_summarize_blob_granules transaction_watch
        use_future_protocol_version
        """;

    private static readonly string Shim = RepositoryTree.Read("src/FerrisDB.Native/Shim/shim.c");

    private static List<(string Name, MethodInfo Method)> ManagedEntries { get; } = typeof(HandleTable).Assembly
        .GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Select(method => (method.GetCustomAttribute<UnmanagedCallersOnlyAttribute>()?.EntryPoint ?? "", method))
        .Where(entry => entry.Item1.Length > 0)
        .ToList();

    [Fact]
    public void The_library_has_the_111_functions_of_version_730()
    {
        var names = ManagedEntries.Select(entry => entry.Name)
            .Where(name => name.StartsWith("fdb_", StringComparison.Ordinal))
            .Concat(FunctionOfShim().Matches(Shim).Select(match => match.Groups["name"].Value))
            .Select(name => name["fdb_".Length..])
            .Order(StringComparer.Ordinal);

        var expected = Expected.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(111, expected.Length);
        Assert.Equal(expected.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void What_the_shim_calls_exists_and_nothing_else_is_for_it()
    {
        var called = ExternOfShim().Matches(Shim).Select(match => match.Groups["name"].Value);
        var offered = ManagedEntries.Select(entry => entry.Name)
            .Where(name => name.StartsWith("ferrisdb_", StringComparison.Ordinal));

        Assert.Equal(called.Order(StringComparer.Ordinal), offered.Order(StringComparer.Ordinal));
    }

    // An exception that leaves such a method ends the process.
    [Fact]
    public void Functions_that_call_the_database_catch_what_it_throws()
    {
        var reading = ManagedEntries.Where(entry => entry.Name.StartsWith("fdb_transaction_", StringComparison.Ordinal)
            && entry.Method.DeclaringType!.Name is "ReadEntries" or "WriteEntries" or "TransactionEntries");
        var unguarded = reading
            .Where(entry => entry.Method.GetMethodBody()!.ExceptionHandlingClauses.Count == 0)
            .Select(entry => entry.Name)
            .Order(StringComparer.Ordinal);

        // These touch numbers of the handle alone.
        Assert.Equal(
            [
                "fdb_transaction_get_committed_version", "fdb_transaction_get_tag_throttled_duration",
                "fdb_transaction_get_total_cost",
            ],
            unguarded);
    }

    [Fact]
    public void The_header_declares_what_the_library_has()
    {
        var header = RepositoryTree.Read("src/FerrisDB.Native/include/foundationdb/fdb_c.h");
        var declared = FunctionOfHeader().Matches(header).Select(match => match.Groups["name"].Value).ToHashSet();
        var expected = Expected.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();

        Assert.Empty(declared.Except(expected));
        // Blob granules, what FoundationDB's libraries use among themselves, and a function of version 13.
        Assert.All(
            expected.Except(declared),
            name => Assert.Matches("blob|granule|readbg|result_|shared_state|keyrange|future_protocol|selector", name));
    }

    [GeneratedRegex(@"^[\w ]+[ *](?<name>fdb_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex FunctionOfShim();

    [GeneratedRegex(@"^extern int (?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ExternOfShim();

    [GeneratedRegex(@"^[\w ]+[ *]fdb_(?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex FunctionOfHeader();
}

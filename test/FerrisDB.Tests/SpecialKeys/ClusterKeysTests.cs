using System.Text;
using System.Text.Json;
using FerrisDB.Tests.Network;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.SpecialKeys;

/// <summary>What one process says of itself by the special keys of a cluster, in a folder and on a server.</summary>
public sealed class ClusterKeysTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cluster_id", "^cluster_id=[0-9a-f]{32}$")]
    [InlineData("configuration/process/class_type/", "^configuration/process/class_type/127.0.0.1:\\d+=unset$")]
    [InlineData(
        "configuration/process/class_source/", "^configuration/process/class_source/127.0.0.1:\\d+=command_line$")]
    [InlineData(
        "configuration/coordinators/",
        "^configuration/coordinators/cluster_description=\\w+ configuration/coordinators/processes=[][0-9a-f.:]*$")]
    [InlineData("worker_interfaces/", "^worker_interfaces/(127.0.0.1:\\d+)=\\1$")]
    [InlineData("global_config/", "^$")]
    [InlineData("management/auto_coordinators", "^management/auto_coordinators=[][0-9a-f.:]*$")]
    [InlineData("management/data_distribution/", "^management/data_distribution/mode=-1$")]
    [InlineData("management/excluded/", "^$")]
    [InlineData("management/in_progress_exclusion/", "^$")]
    [InlineData("management/maintenance/", "^$")]
    [InlineData("management/version_epoch", "^$")]
    [InlineData("management/nothing", "^$")]
    [InlineData("management/options/", "^$")]
    public async Task Each_says_what_there_is_to_say(string key, string pattern)
    {
        await foreach (var database in OpenAsync())
        {
            using var transaction = database.CreateTransaction();
            Assert.Matches(pattern, await RowsAsync(transaction, key));
        }
    }

    [Fact]
    public async Task The_id_of_a_cluster_stays_and_is_told_to_tenants_too()
    {
        using var one = Database.OpenInMemory();
        await one.SetTenantModeAsync(TenantMode.Optional, Cancellation);
        await one.CreateTenantAsync("t"u8, Cancellation);
        using var transaction = one.CreateTransaction();
        using var inside = one.OpenTenant("t"u8).CreateTransaction();

        Assert.Equal(await RowsAsync(transaction, "cluster_id"), await RowsAsync(inside, "cluster_id"));
        Assert.Equal(2138, await CodeAsync(RowsAsync(inside, "metrics/health/")));
    }

    [Fact]
    public async Task Metrics_are_documents_with_FoundationDBs_members()
    {
        await foreach (var database in OpenAsync())
        {
            await database.RunAsync(writer => writer.Set("k"u8, new byte[1000]), Cancellation);
            using var transaction = database.CreateTransaction();

            var rows = await transaction.GetRangeAsync(Range("metrics/"));

            Assert.Equal(
                ["metrics/data_distribution_stats/", "metrics/health/aggregate", "metrics/health/log/",
                    "metrics/health/storage/"],
                rows.Select(row => Name(row).TrimEnd("0123456789abcdef".ToCharArray()) is var name
                    && name.EndsWith('/') ? name : Name(row)));
            using var shard = JsonDocument.Parse(rows[0].Value);
            Assert.Equal(["shard_bytes", "shard_bytes_per_ksecond"], Members(shard));
            using var aggregate = JsonDocument.Parse(rows[1].Value);
            Assert.Equal(
                ["batch_limited", "limiting_storage_durability_lag", "limiting_storage_queue", "tps_limit",
                    "worst_log_queue", "worst_storage_durability_lag", "worst_storage_queue"],
                Members(aggregate));
            using var storage = JsonDocument.Parse(rows[3].Value);
            Assert.Equal(["cpu_usage", "disk_usage", "storage_durability_lag", "storage_queue"], Members(storage));
            Assert.True(storage.RootElement.GetProperty("storage_durability_lag").GetDouble() > 0);
        }
    }

    [Theory]
    [InlineData("management/excluded/1.2.3.4", "exclude")]
    [InlineData("management/failed/1.2.3.4", "exclude failed")]
    [InlineData("management/excluded_locality/locality_zoneid:a", "exclude")]
    [InlineData("management/maintenance/zone", "maintenance")]
    [InlineData("management/min_required_commit_version", "advanceversion")]
    [InlineData("management/data_distribution/mode", "datadistribution")]
    [InlineData("management/consistency_check_suspended", "consistencycheck")]
    [InlineData("configuration/process/class_type/127.0.0.1:4500", "setclass")]
    [InlineData("configuration/coordinators/processes", "coordinators")]
    [InlineData("global_config/config/x", "global_config")]
    public async Task What_means_nothing_here_is_refused_and_says_why(string key, string command)
    {
        using var database = Database.OpenInMemory();
        using var transaction = Begin(database);
        transaction.Set(Special(key), "1"u8);

        Assert.Equal(2117, await CodeAsync(transaction.CommitAsync()));
        using var reason = JsonDocument.Parse(await transaction.GetAsync(Special("error_message")));
        Assert.Equal(command, reason.RootElement.GetProperty("command").GetString());
        Assert.NotEmpty(reason.RootElement.GetProperty("message").GetString()!);
    }

    [Theory]
    [InlineData("management/excluded/", null)]
    [InlineData("management/failed_locality/", null)]
    [InlineData("management/version_epoch", null)]
    [InlineData("global_config/", null)]
    [InlineData("configuration/process/class_type/", 2117)]
    [InlineData("configuration/coordinators/", 2117)]
    [InlineData("configuration/process/class_source/", 2115)]
    [InlineData("management/in_progress_exclusion/", 2115)]
    [InlineData("metrics/health/", 2115)]
    [InlineData("cluster_id", 2115)]
    public async Task To_clear_what_is_empty_is_accepted(string key, int? code)
    {
        using var database = Database.OpenInMemory();
        using var transaction = Begin(database);
        if (key.EndsWith('/'))
            transaction.ClearRange(Range(key));
        else
            transaction.Clear(Special(key));

        Assert.Equal(code, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task Options_of_the_management_belong_to_the_transaction()
    {
        using var database = Database.OpenInMemory();
        using var transaction = Begin(database);
        transaction.Set(Special("management/options/failed/force"), "x"u8);
        transaction.Set(Special("management/options/excluded/force"), []);
        transaction.Set(Special("management/options/what/ever"), []);
        Assert.Equal(
            "management/options/excluded/force= management/options/failed/force=",
            await RowsAsync(transaction, "management/options/"));
        transaction.Clear(Special("management/options/excluded/force"));
        Assert.Equal("management/options/failed/force=", await RowsAsync(transaction, "management/options/"));
        await transaction.CommitAsync();
        transaction.Reset();
        Assert.Equal("", await RowsAsync(transaction, "management/options/"));
    }

    [Fact]
    public async Task The_status_says_who_has_locked_the_database()
    {
        await foreach (var database in OpenAsync())
        {
            var id = Guid.Parse("0123456789abcdef0123456789abcdef");
            await database.LockAsync(id, Cancellation);
            using var transaction = database.CreateTransaction();

            using var status = JsonDocument.Parse(await transaction.GetAsync(Special("status/json")));

            var state = status.RootElement.GetProperty("cluster").GetProperty("database_lock_state");
            Assert.True(state.GetProperty("locked").GetBoolean());
            Assert.Equal(id.ToString("N"), state.GetProperty("lock_uid").GetString());
        }
    }

    [Fact]
    public async Task A_family_is_read_as_one_with_selectors_that_count()
    {
        using var database = Database.OpenInMemory();
        using var transaction = database.CreateTransaction();
        var begin = KeySelector.FirstGreaterOrEqual(Special("configuration/"));

        var page = await transaction.GetPageAsync(begin + 1, begin + 3);

        Assert.Equal(
            ["configuration/coordinators/processes", "configuration/process/class_source/127.0.0.1:0"],
            page.Select(Name));
    }

    private static async IAsyncEnumerable<Database> OpenAsync()
    {
        await using (var embedded = Database.OpenInMemory())
            yield return embedded;
        await using var server = await TestServer.StartAsync();
        await using var remote = server.Connect();
        yield return remote;
    }

    private static Transaction Begin(Database database)
    {
        var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        return transaction;
    }

    private static IEnumerable<string> Members(JsonDocument document) =>
        document.RootElement.EnumerateObject().Select(member => member.Name);

    private static string Name(KeyValue row) => Text(row.Key[3..].ToArray());

    private static byte[] Special(string key) => [0xff, 0xff, .. "/"u8, .. Encoding.UTF8.GetBytes(key)];

    private static KeyRange Range(string key) => new(
        Special(key), key.EndsWith('/') ? Special($"{key[..^1]}0") : [.. Special(key), 0]);

    private static async Task<string> RowsAsync(Transaction transaction, string key) => string.Join(
        ' ',
        (await transaction.GetRangeAsync(Range(key))).Select(row => $"{Name(row)}={Text(row.Value.ToArray())}"));
}

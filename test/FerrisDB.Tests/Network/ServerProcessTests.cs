using System.Text;
using System.Text.Json;
using FerrisDB.Tests.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>The server as it is used: a process that dies, is stopped and is started again.</summary>
public sealed class ServerProcessTests : IDisposable
{
    private const int WorkerCount = 4;
    private const int TransactionsPerWorker = 60;

    private static readonly byte[] Coordinators = [0xff, .. "/coordinators"u8];
    private static readonly byte[] Status = [0xff, 0xff, .. "/status/json"u8];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-serve-");

    public void Dispose() => _folder.Delete(recursive: true);

    // Invariant: as RemoteHistoryTests; what was acknowledged is there after a kill, and nothing is there twice.
    [Fact]
    public async Task A_history_over_kills_of_the_server_is_strictly_serializable()
    {
        using var server = ServerProcess.Serve(_folder.FullName);
        var patient = new DatabaseOptions
        {
            TransactionTimeout = TimeSpan.Zero,
            RequestTimeout = TimeSpan.FromMinutes(2),
        };
        await using var first = Database.Connect(server.ClusterFile, patient);
        await using var second = Database.Connect(server.ConnectionString, patient);
        var history = new History();
        var count = 0;
        var workers = Enumerable.Range(1, WorkerCount).Select(seed => PlayAsync(
            seed % 2 == 0 ? first : second, history, new Random(seed), () => KillSometimes(server, ref count)));
        await Task.WhenAll(workers);
        using (var last = new RandomTransaction(first, history, new Random(0)))
            await last.ReadAllAsync();

        new HistoryChecker("killed", 0, []).Check(history.Transactions);
        Assert.Contains(history.Transactions, each => each.Outcome == HistoryOutcome.Committed);
    }

    // Invariant: as above. While the server stands still, clients with little patience give up, and the others wait.
    [Fact]
    public async Task A_history_over_stops_of_the_server_is_strictly_serializable()
    {
        using var server = ServerProcess.Serve(_folder.FullName);
        var text = await DisturbedHistory.PlayAndCheckAsync(
            server.ClusterFile, () => server.Signal("STOP"), () => server.Signal("CONT"));

        Assert.Contains("4 disturbances", text, StringComparison.Ordinal);
    }

    // Invariant: each line that a shell acknowledged was done once, whatever happened to the server meanwhile.
    [Fact]
    public async Task Shells_in_processes_of_their_own_do_each_line_once_over_a_kill_of_the_server()
    {
        const int Lines = 40;
        using var server = ServerProcess.Serve(_folder.FullName);
        var shells = Enumerable.Range(0, 3).Select(_ => ServerProcess.StartCli("shell", server.ClusterFile)).ToList();
        foreach (var shell in shells)
        {
            for (var line = 0; line < Lines; line++)
                await shell.StandardInput.WriteLineAsync("atomic add sum 1");
            shell.StandardInput.Close();
        }
        for (var line = 0; line < Lines / 4; line++)
            Assert.Equal("ok", await shells[0].StandardOutput.ReadLineAsync());

        server.KillAndStartAgain();

        foreach (var shell in shells)
        {
            var rest = await shell.StandardOutput.ReadToEndAsync();
            var done = (rest.Length / "ok\n".Length) + (shell == shells[0] ? Lines / 4 : 0);
            await shell.WaitForExitAsync();
            Assert.Equal((0, Lines), (shell.ExitCode, done));
            shell.Dispose();
        }
        await using var database = Database.Connect(server.ClusterFile);
        var sum = await database.ReadAsync(reads => reads.GetAsync("sum"u8));
        Assert.Equal(3 * Lines, BitConverter.ToInt64(sum));
    }

    [Fact]
    public async Task A_server_that_is_stopped_is_told_and_one_that_goes_on_is_asked_again()
    {
        using var server = ServerProcess.Serve(_folder.FullName);
        await using var patient = Database.Connect(server.ClusterFile);
        await patient.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        await using var hasty = Database.Connect(
            server.ClusterFile, new DatabaseOptions { RequestTimeout = TimeSpan.FromMilliseconds(200) });

        server.Signal("STOP");
        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await hasty.ReadAsync(reads => reads.GetAsync("a"u8)));
        server.Signal("CONT");

        Assert.Equal(ErrorCode.TimedOut, error.Code);
        Assert.Equal("1", await TestServer.TextAsync(patient, "a"));
    }

    [Fact]
    public async Task Sigterm_ends_it_in_good_order_and_its_cluster_stays_the_same()
    {
        string connection;
        using (var server = ServerProcess.Serve(_folder.FullName))
        {
            connection = server.ConnectionString;
            await using var database = Database.Connect(server.ClusterFile);
            await database.RunAsync(transaction => transaction.Set("a"u8, "1"u8));

            server.Signal("TERM");

            Assert.Equal((0, "stopping\n"), server.WaitForExit());
        }
        using var next = ServerProcess.Serve(_folder.FullName);
        await using var again = Database.Connect(next.ClusterFile);
        Assert.Equal("1", await TestServer.TextAsync(again, "a"));
        Assert.Equal(connection.Split('@')[0], next.ConnectionString.Split('@')[0]);
    }

    [Fact]
    public async Task A_server_tells_where_it_is_by_a_key_and_each_life_of_it_is_a_later_one()
    {
        using var server = ServerProcess.Serve(_folder.FullName);
        await using var database = Database.Connect(server.ClusterFile);
        var generation = await GenerationAsync(database);
        using var old = database.CreateTransaction();
        old.SetReadVersion(1);

        var tooOld = await Assert.ThrowsAsync<FerrisException>(() => old.GetAsync("a"u8).AsTask());
        server.KillAndStartAgain();

        Assert.Equal(ErrorCode.TransactionTooOld, tooOld.Code);
        Assert.True(await GenerationAsync(database) > generation);
        var coordinators = await ReadSystemAsync(database, Coordinators);
        Assert.Equal(server.ConnectionString, Encoding.UTF8.GetString(coordinators!));
    }

    private static async Task<long> GenerationAsync(Database database)
    {
        var status = await ReadSystemAsync(database, Status);
        using var document = JsonDocument.Parse(status);
        return document.RootElement.GetProperty("cluster").GetProperty("generation").GetInt64();
    }

    private static async Task<byte[]?> ReadSystemAsync(Database database, byte[] key)
    {
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.ReadSystemKeys);
        return await transaction.GetAsync(key);
    }

    private static void KillSometimes(ServerProcess server, ref int count)
    {
        if (Interlocked.Increment(ref count) % (WorkerCount * TransactionsPerWorker / 3) != 0)
            return;
        lock (server)
            server.KillAndStartAgain();
    }

    private static async Task PlayAsync(Database database, History history, Random random, Action ended)
    {
        for (var number = 0; number < TransactionsPerWorker; number++)
        {
            using var transaction = new RandomTransaction(database, history, random);
            // A server that was killed knows nothing of the transactions of its former life.
            transaction.Record.MayBeTooOld = true;
            for (var steps = random.Next(8); steps > 0; steps--)
                await transaction.StepAsync();
            await transaction.CommitAsync(random.Next(2) == 0 ? Durability.Sync : Durability.Process);
            ended();
        }
    }
}

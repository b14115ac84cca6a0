using System.Text;
using FerrisDB.Storage;
using FerrisDB.Transactions;
using static System.Buffers.Binary.BinaryPrimitives;

namespace FerrisDB.Tests.Server;

/// <summary>
/// All that can be asked of a server, and who may: each row is an operation, each column somebody with a token.
/// </summary>
/// <remarks>
/// The keys of the scoped tokens begin with <c>p/</c>, so their range ends at <c>p0</c>. The database holds o, p, p/,
/// p/a, p/b, p/z, p0 and q.
/// </remarks>
internal static class AccessMatrix
{
    /// <summary>The columns.</summary>
    public static readonly (string Role, string Prefix)[] Grants =
        [("read-only", ""), ("read-write", ""), ("admin", ""), ("read-only", "p/"), ("read-write", "p/")];

    public static readonly string[] Keys = ["o", "p", "p/", "p/a", "p/b", "p/z", "p0", "q"];

    private const string SystemKey = "\u00ff\u0002/x";
    private const string MetadataVersion = "\u00ff/metadataVersion";
    private const string SystemEnd = "\u00ff\u00ff";

    // + it may, - it may not; in the order of the grants.
    private static readonly (string Name, string May, Func<Database, ValueTask> Do)[] Rows =
    [
        ("read version", "+++++", database => Reads(database, async reads => await reads.GetReadVersionAsync())),
        ("get within", "+++++", Gets("p/a")),
        ("get what is not there", "+++++", Gets("p/none")),
        ("get the prefix itself", "+++++", Gets("p/")),
        ("get before the prefix", "+++--", Gets("p")),
        ("get the end of the prefix", "+++--", Gets("p0")),
        ("get elsewhere", "+++--", Gets("a")),
        ("get a key of the system", "--+--", Gets(SystemKey)),
        ("get the metadata version", "+++--", Gets(MetadataVersion)),
        ("range of the prefix", "+++++", Ranges("p/", "p0")),
        ("range within", "+++++", Ranges("p/a", "p/b")),
        ("range of nothing at the end", "+++++", Ranges("p0", "p0")),
        ("range of the prefix, backwards", "+++++", Ranges("p/", "p0", reverse: true)),
        ("range from before", "+++--", Ranges("o", "p0")),
        ("range from before, backwards", "+++--", Ranges("o", "p0", reverse: true)),
        ("range from before, backwards, as far as it may", "+++++", Ranges("o", "p0", reverse: true, limit: 4)),
        ("range from before, backwards, one too far", "+++--", Ranges("o", "p0", reverse: true, limit: 5)),
        ("range to behind", "+++--", Ranges("p/", "q")),
        ("range to behind, as far as it may", "+++++", Ranges("p/", "q", limit: 4)),
        ("range to behind, one too far", "+++--", Ranges("p/", "q", limit: 5)),
        ("range to behind, backwards", "+++--", Ranges("p/", "q", reverse: true, limit: 1)),
        ("range of all before", "+++--", Ranges("", "p/", reverse: true, limit: 1)),
        ("range of all behind", "+++--", Ranges("p0", "q", limit: 1)),
        ("range of all that is users'", "+++--", Ranges("", "\u00ff")),
        ("range into the system", "--+--", Ranges("p/", SystemEnd)),
        ("range of the system", "--+--", Ranges("\u00ff", SystemEnd)),
        ("stream of the prefix", "+++++", Streams("p/", "p0")),
        ("stream of all that is users'", "+++--", Streams("", "\u00ff")),
        ("stream into the system", "--+--", Streams("q", SystemEnd)),
        ("selector within", "+++++", Selects(KeySelector.FirstGreaterOrEqual(Key("p/a")))),
        ("selector forwards", "+++++", Selects(KeySelector.FirstGreaterThan(Key("p/a")))),
        ("selector forwards, far", "+++++", Selects(KeySelector.FirstGreaterOrEqual(Key("p/")) + 3)),
        ("selector that finds what lies behind", "+++--", Selects(KeySelector.FirstGreaterThan(Key("p/z")))),
        ("selector that goes too far", "+++--", Selects(KeySelector.FirstGreaterOrEqual(Key("p/")) + 4)),
        ("selector backwards", "+++++", Selects(KeySelector.LastLessThan(Key("p/b")))),
        ("selector from the end", "+++++", Selects(KeySelector.LastLessThan(Key("p0")))),
        ("selector that finds what lies before", "+++--", Selects(KeySelector.LastLessThan(Key("p/")))),
        ("selector from elsewhere", "+++--", Selects(KeySelector.LastLessThan(Key("q")))),
        ("range to a selector that lies behind", "+++--", database => Reads(database, async reads =>
            await reads.GetPageAsync(
                KeySelector.FirstGreaterOrEqual(Key("p/a")), KeySelector.FirstGreaterThan(Key("p/a")) + 2,
                new RangeOptions()))),
        ("watch within", "+++++", Watches("p/a")),
        ("watch elsewhere", "+++--", Watches("p0")),
        ("size within", "+++++", database => Reads(database, async reads =>
            await reads.GetEstimatedRangeSizeBytesAsync(Range("p/", "p0")))),
        ("size beyond", "+++--", database => Reads(database, async reads =>
            await reads.GetEstimatedRangeSizeBytesAsync(Range("p/", "q")))),
        ("split points within", "+++++", database => Reads(database, async reads =>
            await reads.GetRangeSplitPointsAsync(Range("p/", "p0"), 100))),
        ("split points beyond", "+++--", database => Reads(database, async reads =>
            await reads.GetRangeSplitPointsAsync(Range("o", "p0"), 100))),
        ("set within", "-++-+", Writes(t => t.Set(Key("p/new"), "1"u8))),
        ("set the prefix itself", "-++-+", Writes(t => t.Set(Key("p/"), "1"u8))),
        ("set before the prefix", "-++--", Writes(t => t.Set(Key("p"), "1"u8))),
        ("set the end of the prefix", "-++--", Writes(t => t.Set(Key("p0"), "1"u8))),
        ("set within and elsewhere", "-++--", Writes(t =>
        {
            t.Set(Key("p/a"), "1"u8);
            t.Set(Key("q"), "1"u8);
        })),
        ("set a key of the system", "--+--", Writes(t => t.Set(Key(SystemKey), "1"u8))),
        ("set the metadata version", "-++--", Writes(t =>
            t.Atomic(MutationType.SetVersionstampedValue, Key(MetadataVersion), new byte[14]))),
        ("clear within", "-++-+", Writes(t => t.Clear(Key("p/a")))),
        ("clear elsewhere", "-++--", Writes(t => t.Clear(Key("o")))),
        ("clear the prefix", "-++-+", Writes(t => t.ClearRange(Range("p/", "p0")))),
        ("clear from before", "-++--", Writes(t => t.ClearRange(Range("p", "p/b")))),
        ("clear to behind", "-++--", Writes(t => t.ClearRange(Range("p/b", "p0\0")))),
        ("clear all that is users'", "-++--", Writes(t => t.ClearRange(Range("", "\u00ff")))),
        ("clear into the system", "--+--", Writes(t => t.ClearRange(Range("q", SystemKey)))),
        ("add within", "-++-+", Writes(t => t.Atomic(MutationType.Add, Key("p/n"), new byte[8]))),
        ("add elsewhere", "-++--", Writes(t => t.Atomic(MutationType.Add, Key("n"), new byte[8]))),
        ("versionstamped key within", "-++-+", Writes(t => Stamps(t, "p/..........", 2))),
        ("versionstamped key over the prefix", "-++--", Writes(t => Stamps(t, "p/..........", 1))),
        ("versionstamped key from its first byte", "-++--", Writes(t => Stamps(t, "..........", 0))),
        ("versionstamped value within", "-++-+", Writes(t =>
            t.Atomic(MutationType.SetVersionstampedValue, Key("p/v"), new byte[14]))),
        ("read conflict within", "-++-+", Writes(t =>
        {
            Reads(t, "p/", "p0");
            t.Set(Key("p/a"), "1"u8);
        })),
        ("read conflict beyond", "-++--", Writes(t =>
        {
            Reads(t, "p/", "p0\0");
            t.Set(Key("p/a"), "1"u8);
        })),
        ("read conflict of a key elsewhere", "-++--", Writes(t =>
        {
            Reads(t, "q", "q\0");
            t.Set(Key("p/a"), "1"u8);
        })),
        ("write conflict within", "-++-+", Conflicts("p/", "p0")),
        ("write conflict beyond", "-++--", Conflicts("p", "p0")),
        ("write conflict of a key elsewhere", "-++--", Conflicts("q", "q\0")),
        ("commit of reads alone", "+++++", Writes(t => Reads(t, "a", "z"))),
        ("import within", "-++-+", Imports("p/1", "p/2")),
        ("import elsewhere", "-++--", Imports("p/1", "p0")),
        ("import of a key of the system", "--+--", Imports("p/1", SystemKey)),
        ("backup", "--+--", BackUpAsync),
        ("report of the server", "+++--", async database =>
            await ((RemoteCluster)database.Cluster).AskReportAsync(ReportKind.Status)),
        ("order to the server", "--+--", async database =>
            await ((RemoteCluster)database.Cluster).OrderAsync(AdminOrder.SetLogLevel, "warning")),
    ];

    public static IEnumerable<string> Names => Rows.Select(row => row.Name);

    /// <summary>Who may do it.</summary>
    public static string MayOf(string name) => Rows.Single(row => row.Name == name).May;

    /// <summary>Does it.</summary>
    public static ValueTask DoAsync(string name, Database database) =>
        Rows.Single(row => row.Name == name).Do(database);

    private static byte[] Key(string text) => Encoding.Latin1.GetBytes(text);

    private static KeyRange Range(string begin, string end) => new(Key(begin), Key(end));

    private static Func<Database, ValueTask> Gets(string key) =>
        database => Reads(database, async reads => await reads.GetAsync(Key(key)));

    // What is found is what there is: a limit may cut it, a token may not.
    private static Func<Database, ValueTask> Ranges(string begin, string end, bool reverse = false, int limit = 0) =>
        database => Reads(database, async reads =>
        {
            var rows = await reads.GetRangeAsync(
                Range(begin, end), new RangeOptions { Reverse = reverse, Limit = limit });
            var expected = Keys.Where(key => string.CompareOrdinal(key, begin) >= 0)
                .Where(key => string.CompareOrdinal(key, end) < 0);
            if (reverse)
                expected = expected.Reverse();
            Assert.Equal(
                limit == 0 ? expected : expected.Take(limit),
                rows.Select(row => Encoding.Latin1.GetString(row.Key.Span)).Where(key => key[0] < '\u00ff'));
        });

    private static Func<Database, ValueTask> Imports(params string[] keys) => async database =>
    {
        await using var import = await database.BeginSortedImportAsync();
        foreach (var key in keys)
            await import.AddAsync(Key(key), "1"u8);
        await import.CommitAsync();
    };

    private static Func<Database, ValueTask> Streams(string begin, string end) => async database =>
    {
        await using var stream = await database.OpenRangeAsync(Range(begin, end));
        Assert.True(await stream.ReadAsync());
    };

    private static Func<Database, ValueTask> Selects(KeySelector selector) =>
        database => Reads(database, async reads => await reads.GetKeyAsync(selector));

    private static Func<Database, ValueTask> Watches(string key) => async database =>
    {
        using var transaction = database.CreateTransaction();
        var watch = transaction.WatchAsync(Key(key), CancellationToken.None);
        await transaction.CommitAsync();
        // An answer to a later question tells that the watch is there, if it has not failed by then.
        await Reads(database, async reads => await reads.GetReadVersionAsync());
        if (watch.IsCompleted)
            await watch;
    };

    private static async ValueTask Reads(Database database, Func<Transaction, ValueTask> read)
    {
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.ReadSystemKeys);
        await read(transaction);
    }

    private static Func<Database, ValueTask> Writes(Action<Transaction> write) => async database =>
    {
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.AccessSystemKeys);
        write(transaction);
        await transaction.CommitAsync();
    };

    private static Func<Database, ValueTask> Conflicts(string begin, string end) =>
        Writes(transaction => transaction.AddWriteConflictRange(Key(begin), Key(end)));

    private static void Reads(Transaction transaction, string begin, string end) =>
        transaction.AddReadConflictRange(Key(begin), Key(end));

    private static async ValueTask BackUpAsync(Database database)
    {
        var folder = Directory.CreateTempSubdirectory("ferrisdb-matrix-");
        try
        {
            await database.BackupAsync(new BackupTarget(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Stamps(Transaction transaction, string key, int offset)
    {
        var template = new byte[key.Length + sizeof(int)];
        Key(key).CopyTo(template, 0);
        WriteInt32LittleEndian(template.AsSpan(key.Length), offset);
        transaction.Atomic(MutationType.SetVersionstampedKey, template, "1"u8);
    }
}

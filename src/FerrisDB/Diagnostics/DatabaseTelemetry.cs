using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FerrisDB;

/// <summary>
/// What databases tell of their transactions: the meter and the activity source "FerrisDB", by OpenTelemetry's
/// conventions for databases.
/// </summary>
/// <remarks>
/// Of all databases of the process; the tag <c>db.namespace</c>, the folder, tells them apart. While nobody listens a
/// transaction pays for the questions whether somebody does.
/// </remarks>
internal static class DatabaseTelemetry
{
    public const string SourceName = "FerrisDB";
    public const string TransactionOperation = "transaction";
    public const string CommitOperation = "commit";

    public const string SystemTag = TelemetryNames.SystemTag;
    public const string SystemName = TelemetryNames.SystemName;
    public const string NamespaceTag = TelemetryNames.NamespaceTag;
    public const string OperationTag = TelemetryNames.OperationTag;
    public const string ErrorTag = TelemetryNames.ErrorTag;
    public const string StatusTag = TelemetryNames.StatusTag;
    public const string AttemptsTag = "ferrisdb.transaction.attempts";

    private const string Retry = "retry";
    private const string TransactionUnit = "{transaction}";
    private const string TransactionPrefix = "ferrisdb.transaction.";

    public static readonly ActivitySource Source = new(SourceName);

    private static readonly Meter Meter = new(SourceName);

    /// <summary>Of transactions with all their attempts, and of their commits.</summary>
    // An embedded commit takes a microsecond in memory and a millisecond on a disk: the convention's buckets for
    // servers would show all of them in the first.
    public static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "db.client.operation.duration", "s", "Duration of database client operations.", tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
            [
                0.000_002, 0.000_005, 0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005,
                0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10,
            ],
        });

    public static readonly Counter<long> Started =
        Count("started", "Transactions that were begun; their further attempts do not count.");

    public static readonly Counter<long> Committed = Count("committed", "Transactions that committed.");

    public static readonly Counter<long> Conflicted =
        Count("conflicted", "Attempts that conflicted with a transaction that committed first.");

    public static readonly Counter<long> TooOld =
        Count("too_old", "Attempts whose read version was too old to read or to commit.");

    public static readonly Counter<long> Retried = Count("retried", "Attempts after the first one.");

    public static readonly Histogram<long> CommitSize = Meter.CreateHistogram(
        "ferrisdb.commit.size", "By", "Bytes of a commit, as they count against the limit of transactions.", tags: null,
        new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries =
                [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000],
        });

    public static readonly UpDownCounter<long> Watches = Meter.CreateUpDownCounter<long>(
        "ferrisdb.watches", "{watch}", "Watches that wait.");

    /// <summary>Whether somebody wants to know of transactions with all their attempts.</summary>
    public static bool ObservesTransactions => Durations.Enabled || Source.HasListeners();

    /// <summary>Whether somebody wants to know of commits.</summary>
    public static bool ObservesCommits =>
        Durations.Enabled || Committed.Enabled || Conflicted.Enabled || TooOld.Enabled || CommitSize.Enabled
        || Source.HasListeners();

    /// <summary>Counts one more.</summary>
    public static void Add(Counter<long> counter, Database database)
    {
        if (counter.Enabled)
            counter.Add(1, SystemPair, database.NamespacePair);
    }

    /// <summary>Counts a watch that begins or ends.</summary>
    public static void AddWatch(int change, Database database)
    {
        if (Watches.Enabled)
            Watches.Add(change, SystemPair, database.NamespacePair);
    }

    /// <summary>An attempt failed, and there will be another one.</summary>
    /// <param name="database">The database.</param>
    /// <param name="error">What it failed with.</param>
    /// <param name="attempts">Attempts that have failed.</param>
    /// <param name="isCounted">The commit has counted the error already.</param>
    public static void AddRetry(Database database, FerrisException error, long attempts, bool isCounted)
    {
        Add(Retried, database);
        if (!isCounted && error.Code == ErrorCode.TransactionTooOld)
            Add(TooOld, database);
        if (Activity.Current is not { } activity || activity.Source != Source)
            return;
        activity.AddEvent(new ActivityEvent(Retry, tags: new ActivityTagsCollection { [ErrorTag] = NameOf(error) }));
        activity.SetTag(AttemptsTag, attempts + 1);
    }

    public static string NameOf(Exception error) =>
        error is FerrisException known ? known.Code.ToString() : error.GetType().FullName!;

    public static KeyValuePair<string, object?> SystemPair => new(SystemTag, SystemName);

    private static Counter<long> Count(string name, string description) =>
        Meter.CreateCounter<long>(TransactionPrefix + name, TransactionUnit, description);
}

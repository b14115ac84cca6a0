using System.Diagnostics;

namespace FerrisDB;

/// <summary>A transaction or a commit that somebody listens to: its activity, and its duration.</summary>
internal readonly struct ObservedOperation : IDisposable
{
    private readonly Database _database;
    private readonly string _operation;
    private readonly Activity? _activity;
    private readonly long _startedAt;

    public ObservedOperation(Database database, string operation)
    {
        _database = database;
        _operation = operation;
        _activity = DatabaseTelemetry.Source.StartActivity(operation, ActivityKind.Client);
        // The exact clock: that of the database tells milliseconds.
        _startedAt = Clock.GetTimestamp();
        if (_activity is not { IsAllDataRequested: true })
            return;
        _activity.SetTag(DatabaseTelemetry.SystemTag, DatabaseTelemetry.SystemName);
        _activity.SetTag(DatabaseTelemetry.NamespaceTag, database.NamespacePair.Value);
        _activity.SetTag(DatabaseTelemetry.OperationTag, operation);
    }

    private TimeProvider Clock => _database.Options.Storage.TimeProvider;

    /// <summary>Runs a transaction with all its attempts.</summary>
    public static async ValueTask<T> RunAsync<TBody, T>(
        Database database, RetryLoop loop, TBody body, Func<TBody, Transaction, ValueTask<T>> call,
        Durability? durability, CancellationToken cancellationToken)
    {
        using var operation = new ObservedOperation(database, DatabaseTelemetry.TransactionOperation);
        try
        {
            var result = await loop.AttemptAsync(body, call, durability, cancellationToken);
            operation.End(null);
            return result;
        }
        catch (Exception error)
        {
            operation.End(error);
            throw;
        }
    }

    /// <summary>Runs a commit.</summary>
    public static async ValueTask<FerrisException?> CommitAsync(
        Database database, Transaction transaction, Durability durability)
    {
        using var operation = new ObservedOperation(database, DatabaseTelemetry.CommitOperation);
        var size = DatabaseTelemetry.CommitSize.Enabled ? transaction.ApproximateSizeBytes : 0;
        var error = await transaction.CommitUnobservedAsync(durability);
        // One that only read has had nothing to commit, and would make commits look faster than they are.
        if (error is not null || transaction.HasWritten)
            operation.End(error);
        if (error is null)
            DatabaseTelemetry.Add(DatabaseTelemetry.Committed, database);
        else if (error.Code == ErrorCode.NotCommitted)
            DatabaseTelemetry.Add(DatabaseTelemetry.Conflicted, database);
        else if (error.Code == ErrorCode.TransactionTooOld)
            DatabaseTelemetry.Add(DatabaseTelemetry.TooOld, database);
        if (error is null && transaction.HasWritten && DatabaseTelemetry.CommitSize.Enabled)
            DatabaseTelemetry.CommitSize.Record(size, DatabaseTelemetry.SystemPair, database.NamespacePair);
        return error;
    }

    public void Dispose() => _activity?.Dispose();

    private void End(Exception? error)
    {
        if (DatabaseTelemetry.Durations.Enabled)
        {
            var tags = new TagList
            {
                DatabaseTelemetry.SystemPair,
                _database.NamespacePair,
                { DatabaseTelemetry.OperationTag, _operation },
            };
            if (error is not null)
                tags.Add(DatabaseTelemetry.ErrorTag, DatabaseTelemetry.NameOf(error));
            DatabaseTelemetry.Durations.Record(Clock.GetElapsedTime(_startedAt).TotalSeconds, tags);
        }
        if (_activity is null || error is null)
            return;
        _activity.SetTag(DatabaseTelemetry.ErrorTag, DatabaseTelemetry.NameOf(error));
        if (error is FerrisException known)
            _activity.SetTag(
                DatabaseTelemetry.StatusTag,
                ((int)known.Code).ToString(System.Globalization.CultureInfo.InvariantCulture));
        _activity.SetStatus(ActivityStatusCode.Error, error.Message);
    }
}

using Microsoft.Extensions.Logging;

namespace FerrisDB.Extensions;

/// <summary>Writes what the storage engine of a database does and meets into the log of its application.</summary>
/// <remarks>
/// What somebody has to do something about is a warning or more; the daily work of the engine is at Debug.
/// </remarks>
internal sealed class DatabaseLog(ILogger logger)
{
    public const string Category = "FerrisDB";

    private static readonly Action<ILogger, string, long, Exception?> Opened = LoggerMessage.Define<string, long>(
        LogLevel.Information, new EventId(1, nameof(Opened)), "Opened the database in {Folder}, at version {Version}.");

    private static readonly Action<ILogger, Exception?> Connects = LoggerMessage.Define(
        LogLevel.Information, new EventId(2, nameof(Connects)), "The database is on a server.");

    private static readonly Action<ILogger, string, Exception?> WritesStopped = LoggerMessage.Define<string>(
        LogLevel.Critical, new EventId(3, nameof(WritesStopped)),
        "Writes have stopped: {Error} Reads go on; open the database again.");

    private static readonly Action<ILogger, string, long, string, Exception?> DamageFound =
        LoggerMessage.Define<string, long, string>(
            LogLevel.Error, new EventId(4, nameof(DamageFound)),
            "{File} is damaged at byte {Offset}: {Problem} Reads of that place will fail.");

    private static readonly Action<ILogger, WriteStallReason, Exception?> WritersHeldUp =
        LoggerMessage.Define<WriteStallReason>(
            LogLevel.Warning, new EventId(5, nameof(WritersHeldUp)), "Writers are held up: {Reason}.");

    private static readonly Action<ILogger, Exception?> WritersGoOn = LoggerMessage.Define(
        LogLevel.Information, new EventId(6, nameof(WritersGoOn)), "Writers are not held up any more.");

    private static readonly Action<ILogger, string, string, Exception?> NotDeleted =
        LoggerMessage.Define<string, string>(
            LogLevel.Warning, new EventId(7, nameof(NotDeleted)),
            "{File} is not needed but could not be deleted: {Error} The next open tries again.");

    private static readonly Action<ILogger, string, StorageEvent, Exception?> Worked =
        LoggerMessage.Define<string, StorageEvent>(
            LogLevel.Debug, new EventId(8, nameof(Worked)), "{Event}: {Details}");

    /// <summary>Notes that a database was opened, and from then on all that its engine tells.</summary>
    public void Follow(Database database)
    {
        if (database.IsRemote)
        {
            Connects(logger, null);
            return;
        }
        var engine = database.Storage;
        Opened(logger, engine.Folder, engine.LastVersion, null);
        engine.EventRaised += WriteSafely;
    }

    // It is the engine that calls, in the middle of its work: that must not end because a log cannot be written.
    private void WriteSafely(StorageEvent happened)
    {
        try
        {
            Write(happened);
        }
        catch (AggregateException)
        {
            // So the log tells that one of those who write it has thrown. There is nowhere to tell that.
        }
    }

    private void Write(StorageEvent happened)
    {
        switch (happened)
        {
            case StorageFailed failed:
                WritesStopped(logger, failed.Error, null);
                break;
            case ScrubFoundDamage damage:
                DamageFound(logger, damage.File, damage.Offset, damage.Problem, null);
                break;
            case WriteStallChanged { Reason: WriteStallReason.None }:
                WritersGoOn(logger, null);
                break;
            case WriteStallChanged stall:
                WritersHeldUp(logger, stall.Reason, null);
                break;
            case FileNotDeleted file:
                NotDeleted(logger, file.File, file.Error, null);
                break;
            default:
                Worked(logger, happened.GetType().Name, happened, null);
                break;
        }
    }
}

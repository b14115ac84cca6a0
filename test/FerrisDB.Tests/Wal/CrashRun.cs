using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Wal;

/// <summary>Commits through several lives of a log and remembers what each life was promised.</summary>
internal sealed class CrashRun(Durability durability)
{
    // Everything up to here is in tables, as far as this test is concerned; the log may have let go of it.
    private long _durableVersion;
    private long _attempted;

    // What the manifest knows, which survives everything.
    private BegunSegment _known;

    /// <summary>Tables are said to take over what is durable, and the log lets go of it. Default: true.</summary>
    public bool ReleasesLog { get; init; } = true;

    /// <summary>The newest version that was answered.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The newest version that was answered and, by a sync, must survive power loss.</summary>
    public long Synced { get; private set; }

    /// <summary>Opens the log, commits and closes it, or goes as far as the disk lets it.</summary>
    public async Task GoAsync(IFileSystem disk, int commits)
    {
        var folder = new WalFolder(disk, durability) { Known = _known };
        try
        {
            var (records, end) = await folder.RecoverAsync(_durableVersion);
            Assert.True(
                end.LastVersion >= Synced, $"{Synced} was promised, {end.LastVersion} is the last; {end.Reason}");
            // A life begins with what the log has. What was acknowledged less firmly than the crash was hard is gone.
            Acknowledged = Synced = _attempted = end.LastVersion;
            Assert.Equal(end.LastVersion, _durableVersion + records.Count);
            var wal = folder.NewWriter(end);
            var group = new GroupCommit(wal, new RecordingTarget());
            for (var count = 1; count <= commits; count++)
            {
                var kind = durability == Durability.Sync || count % 5 == 0 ? Durability.Sync : durability;
                await CommitAsync(group, kind);
                if (count % 3 == 0)
                    folder.Scheduler.RunOneStep();
                if (ReleasesLog && count % 10 == 0)
                {
                    // What the log lets go of must be durable elsewhere.
                    _durableVersion = Math.Max(_durableVersion, Synced - 6);
                    wal.Release(_durableVersion);
                    folder.Scheduler.RunUntilIdle();
                }
            }
            await group.CloseAsync();
            Synced = Acknowledged;
            await wal.CloseAsync();
        }
        catch (PowerFailureException)
        {
        }
        catch (FerrisException error) when (error.Code is ErrorCode.IoError or ErrorCode.WritesStopped)
        {
        }
        finally
        {
            _known = folder.Known;
        }
    }

    /// <summary>
    /// Recovers and compares; returns the newest version that was found. What is read is made durable meanwhile, as
    /// <paramref name="runBackground"/>, which is called behind each record, lets it.
    /// </summary>
    public async Task<long> CheckAsync(
        IFileSystem disk, long newestPromised, string place, Action<ManualScheduler>? runBackground = null)
    {
        var folder = new WalFolder(disk, durability) { Known = _known };
        var version = _durableVersion;
        await using var hardening = folder.NewHardening();
        using var recovery = new WalRecovery(
            disk, WalFolder.Directory, _durableVersion, isReadOnly: false, _known, hardening);
        while (recovery.TryNext(out var found, out var payload))
        {
            Assert.True(found == version + 1, $"{place}: {found} follows {version}");
            Assert.True(payload.SequenceEqual(BatchOf(found).Canonicalize()), $"{place}: {found} has another payload");
            version = found;
            (runBackground ?? (static scheduler => scheduler.RunOneStep()))(folder.Scheduler);
        }
        var end = await recovery.FinishAsync(folder.Tell);
        _known = folder.Known;
        Assert.True(
            version >= newestPromised, $"{place}: {newestPromised} was promised, {version} is the last; {end.Reason}");
        Assert.True(version <= _attempted, $"{place}: {version} was never written");
        Assert.Equal(folder.Segments.Count(), end.Segments.Count);
        return version;
    }

    private async Task CommitAsync(GroupCommit group, Durability kind)
    {
        _attempted = Acknowledged + 1;
        var version = await group.CommitAsync(BatchOf(_attempted), kind);
        Assert.Equal(_attempted, version);
        Acknowledged = version;
        if (kind == Durability.Sync)
            Synced = version;
    }

    private static WriteBatch BatchOf(long version)
    {
        var batch = new WriteBatch();
        batch.Put(
            System.Text.Encoding.UTF8.GetBytes($"key {version}"),
            System.Text.Encoding.UTF8.GetBytes(WalFolder.TextOf(version, (int)(version * 97 % 1500))));
        return batch;
    }
}

using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Storage;

// The log goes on in another segment without waiting for the disk; what proves the segment follows behind the writer:
//
//     begin ──► header and records in the page cache        nothing of it is promised beyond a kill
//       └─────► sync the header ──► tell the manifest       from now on a file without its header is corruption
//                                     └──► confirmed        syncs may be answered, the segment before may go
//
// Until a segment is confirmed recovery takes its header for what the first record of it is: written, not promised.
// Nobody is told that anything in it is durable before, so where the header is missing the log ended in front of it.

/// <summary>Makes the headers of begun segments durable, and then known to the manifest, in their order.</summary>
/// <remarks>
/// Thread-safe: the background runs it soon after a segment has begun, and a sync that is earlier does not wait for the
/// background. After a failure the log must stop.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A step may still come when the log is closed.")]
internal sealed class WalConfirmation(WalSegments segments) : BackgroundJob
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _isClosed; // Owned by who has the turn.

    public override string Name => "confirm a log segment";

    public override JobLane Lane => JobLane.Log;

    /// <summary>
    /// Told the newest segment that has a durable header; returns once the manifest knows. Set before the first use.
    /// </summary>
    public Func<WalSegment, ValueTask>? Tell { get; set; }

    /// <summary>Told what stops the log. Set before the first use.</summary>
    public Action<FerrisException>? Failed { get; set; }

    /// <summary>Confirms all segments that have begun.</summary>
    /// <exception cref="FerrisException">The disk failed: <see cref="Failed"/> was told.</exception>
    public async ValueTask ConfirmAsync()
    {
        await _turn.WaitAsync();
        try
        {
            while (!_isClosed && segments.Unconfirmed() is [.., var newest] unconfirmed)
            {
                foreach (var segment in unconfirmed)
                    await SyncHeaderAsync(segment);
                await Tell!(newest);
                segments.Confirm(newest);
            }
        }
        catch (FerrisException failure)
        {
            _isClosed = true;
            Failed!(failure);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async ValueTask<bool> StepAsync()
    {
        try
        {
            await ConfirmAsync();
        }
        catch (FerrisException)
        {
            // The log has stopped, and says so to the next writer.
        }
        return false;
    }

    /// <summary>Waits for a confirmation that is under way; none begins any more.</summary>
    public async ValueTask CloseAsync()
    {
        await _turn.WaitAsync();
        _isClosed = true;
        _turn.Release();
    }

    private static ValueTask SyncHeaderAsync(WalSegment segment)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.WalHeaderIsNotSynced)
            return default;
#endif
        return segment.File!.SyncAsync();
    }
}

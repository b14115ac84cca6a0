using FerrisDB.Testing;

namespace FerrisDB.Tests.Network;

// What TCP makes of a bad link, without a bad link:
//
//     a packet is lost       all behind it waits until it was sent again: 200 ms, 400 ms, 800 ms...
//     packets of their own   the halves of a frame come apart
//     different ways         what was sent later on another connection comes earlier
//     a middlebox forgets    the connection is cut, in the middle of a frame
//     a cable is pulled      one way is dead from now on, and nobody is told
//
// Time is a test's. It moves with each piece that passes, so that who waits is overtaken by a number of pieces and not
// by some milliseconds of this machine, and it moves by itself when nothing else does.

/// <summary>A link with all the troubles that there are, at times that chance decides.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LossyLink(int seed)
{
    // So often was nothing to be done, in all of the process that can be seen from here.
    private const int IdleTurns = 300;

    // Of a test that takes longer than this something is never done.
    private static readonly TimeSpan LongestTest = TimeSpan.FromHours(10);

    private static readonly TimeSpan PieceTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan IdleTime = TimeSpan.FromMilliseconds(100);

    private int _ways;
    private long _pieces;
    private int _losses;
    private int _halves;
    private int _cuts;
    private int _deaths;

    /// <summary>The time of both ends, and of what waits on the way.</summary>
    public TestClock Clock { get; } = new();

    /// <summary>Troubles come; else what was begun ends, and all passes.</summary>
    public bool IsBad { get; set; } = true;

    /// <summary>Two for each connection that there was.</summary>
    public int Ways => Volatile.Read(ref _ways);

    public int Losses => _losses;

    public int Halves => _halves;

    public int Cuts => _cuts;

    public int Deaths => _deaths;

    /// <summary>One way of a new connection.</summary>
    public LossyWay Begin() => new(this, new Random((seed * 1_000_003) + Interlocked.Increment(ref _ways)));

    public void CountPiece() => Interlocked.Increment(ref _pieces);

    public void CountLoss() => Interlocked.Increment(ref _losses);

    public void CountHalves() => Interlocked.Increment(ref _halves);

    public void CountCut() => Interlocked.Increment(ref _cuts);

    public void CountDeath() => Interlocked.Increment(ref _deaths);

    /// <summary>Lets time pass until something is done.</summary>
    public async Task PassTimeUntilAsync(Task done)
    {
        var (seen, idle) = (0L, 0);
        var begun = Clock.GetTimestamp();
        while (!done.IsCompleted)
        {
            await Task.Yield();
            var moved = Volatile.Read(ref _pieces) - seen;
            seen += moved;
            idle = moved > 0 ? 0 : idle + 1;
            if (moved > 0)
                Clock.Advance(PieceTime * moved);
            else if (idle % IdleTurns == 0)
                Clock.Advance(IdleTime);
            if (Clock.GetElapsedTime(begun) > LongestTest)
                Assert.Fail($"After {LongestTest} of the test's time it is not done ({this}).");
        }
        await done;
    }

    public override string ToString() =>
        $"seed {seed}: {_losses} packets lost, {_halves} frames in halves, {_cuts} cuts, {_deaths} dead ways";
}

using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>Which transactions are slow, and what is told of them.</summary>
public sealed class SlowTransactionsTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<(SlowTransaction Slow, long LeftOut)> _told = [];
    private readonly SlowTransactions _slow;

    public SlowTransactionsTests()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        _slow = new SlowTransactions(
            TimeSpan.FromMilliseconds(100), _clock, (slow, leftOut) => _told.Add((slow, leftOut)));
    }

    [Fact]
    public void A_commit_that_takes_long_is_told_with_its_keys_and_its_steps()
    {
        var transaction = new CommitTransaction { Verdict = Verdict.Committed, Version = 7, ReadVersion = 5 };
        transaction.Reads.AddPoint("seen"u8);
        transaction.Writes.Add("a"u8, "b"u8);
        transaction.Writes.AddPoint("c"u8);
        transaction.Mutations.Add(MutationKind.Set, "c"u8, "1"u8);
        var asked = Pass(0);
        var arrived = Pass(30);
        transaction.DecidedAt = Pass(50);
        Pass(40);

        _slow.Look(transaction, bytes: 99, arrived, asked, hasFailed: false);

        var (slow, leftOut) = Assert.Single(_told);
        Assert.Equal((30, 50, 40), (slow.BeforeCommit.TotalMilliseconds, slow.Waiting.TotalMilliseconds,
            slow.Finishing.TotalMilliseconds));
        Assert.Equal(("seen", "a to b, c"), (slow.FirstReads, slow.FirstWrites));
        Assert.Equal((1, 2, 1, 99), (slow.ReadRanges, slow.WriteRanges, slow.Mutations, slow.Bytes));
        Assert.Equal((Verdict.Committed, 7, 0), (slow.Verdict, slow.Version, leftOut));
    }

    [Fact]
    public void A_fast_commit_is_not_told()
    {
        var arrived = Pass(0);
        Pass(99);

        _slow.Look(new CommitTransaction(), 1, arrived, 0, hasFailed: false);

        Assert.Empty(_told);
        Assert.Equal(0, _slow.Total);
    }

    // On an idle database the newest version may be an hour old, and its readers young.
    [Fact]
    public void A_transaction_is_not_slow_because_its_read_version_is_old()
    {
        _slow.Note(5);
        Pass(60_000);
        var arrived = Pass(0);

        _slow.Look(new CommitTransaction { ReadVersion = 5 }, 1, arrived, versionAskedAt: arrived, hasFailed: false);

        Assert.Empty(_told);
    }

    // Its connection has asked for versions since, but this one was not the newest any more by then.
    [Fact]
    public void A_transaction_is_as_old_as_its_version_has_been_replaced()
    {
        _slow.Note(5);
        Pass(200);
        _slow.Note(6);
        var arrived = Pass(300);

        _slow.Look(new CommitTransaction { ReadVersion = 5 }, 1, arrived, versionAskedAt: arrived, hasFailed: true);

        var (slow, _) = Assert.Single(_told);
        Assert.Equal(300, slow.BeforeCommit.TotalMilliseconds);
        Assert.Null(slow.Verdict);
    }

    [Fact]
    public void Ten_are_told_a_second_and_the_others_counted()
    {
        var arrived = Pass(0);
        Pass(5_000);
        for (var commit = 0; commit < 25; commit++)
            _slow.Look(new CommitTransaction(), 1, arrived, 0, hasFailed: false);
        Assert.Equal((10, 25), (_told.Count, _slow.Total));

        Pass(1_000);
        _slow.Look(new CommitTransaction(), 1, arrived, 0, hasFailed: false);

        Assert.Equal(15, _told[^1].LeftOut);
    }

    private long Pass(int milliseconds)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return _clock.GetTimestamp();
    }
}

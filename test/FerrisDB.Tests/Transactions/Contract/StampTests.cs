using System.Buffers.Binary;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>Versionstamps: where they go, in which order they are, and when a transaction learns its own.</summary>
public sealed class StampTests : IDisposable
{
    private readonly ContractScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("before", "")]
    [InlineData("", "after")]
    [InlineData("before", "after")]
    public async Task The_ten_bytes_at_the_offset_become_the_stamp_and_the_offset_goes(string before, string after)
    {
        byte[] operand = [.. Bytes(before), .. new byte[10], .. Bytes(after), (byte)before.Length, 0, 0, 0];
        using var transaction = _scene.Begin();
        transaction.SetVersionstampedKey(operand, "by key"u8);
        transaction.SetVersionstampedValue("by value"u8, operand);
        var asked = transaction.GetVersionstampAsync();
        await transaction.CommitAsync();
        var stamp = await asked;
        byte[] expected = [.. Bytes(before), .. stamp, .. Bytes(after)];
        using var reader = _scene.Begin();

        Assert.Equal("by key", TextOrNull(await reader.GetAsync(expected)));
        Assert.Equal(expected, await reader.GetAsync("by value"u8));
        Assert.Equal(transaction.CommittedVersion, BinaryPrimitives.ReadInt64BigEndian(stamp));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(13, 0)]
    [InlineData(14, 1)]
    [InlineData(14, -1)]
    [InlineData(20, 7)]
    [InlineData(20, int.MaxValue)]
    [InlineData(20, int.MaxValue - 9)]
    [InlineData(20, int.MinValue)]
    public async Task An_operand_without_room_for_the_stamp_is_refused(int length, int offset)
    {
        var operand = new byte[length];
        if (length >= 4)
            BinaryPrimitives.WriteInt32LittleEndian(operand.AsSpan(length - 4), offset);
        using var transaction = _scene.Begin();
        transaction.SetVersionstampedKey(operand, []);
        Assert.Equal(2000, await CodeAsync(transaction.CommitAsync()));
        transaction.Reset();
        transaction.SetVersionstampedValue("k"u8, operand);
        Assert.Equal(2000, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task A_later_commit_has_a_greater_stamp()
    {
        byte[] last = [];
        for (var count = 0; count < 20; count++)
        {
            using var transaction = _scene.Begin();
            transaction.Set("k"u8, []);
            var stamp = transaction.GetVersionstampAsync();
            await transaction.CommitAsync();
            Assert.True((await stamp).AsSpan().SequenceCompareTo(last) > 0);
            last = await stamp;
        }
    }

    [Theory]
    [InlineData("set k", "commit", null)]
    [InlineData("get k", "commit", 2021)]
    [InlineData("get k; set own", "conflict", 2020)]
    [InlineData("set k", "reset", 1100)]
    [InlineData("set k", "retry", 1100)]
    [InlineData("set k", "cancel", 1025)]
    [InlineData("set k", "dispose", 1025)]
    public async Task Whoever_asks_before_the_commit_learns_how_it_ended(string calls, string end, int? code)
    {
        using var transaction = _scene.Begin();
        await ContractCalls.RunAllAsync(transaction, calls);
        var stamp = transaction.GetVersionstampAsync();
        Assert.False(stamp.IsCompleted);
        switch (end)
        {
            case "commit":
                await transaction.CommitAsync();
                break;
            case "conflict":
                await _scene.RunAsync("set k");
                Assert.Equal(1020, await CodeAsync(transaction.CommitAsync()));
                break;
            case "reset":
                transaction.Reset();
                break;
            case "retry":
                await transaction.OnErrorAsync(new FerrisException(ErrorCode.NotCommitted, "A conflict."));
                break;
            case "cancel":
                transaction.Cancel();
                break;
            default:
                transaction.Dispose();
                break;
        }

        Assert.Equal(code, await CodeAsync(stamp));
    }

    [Fact]
    public async Task After_the_commit_it_is_too_late_to_ask()
    {
        using var transaction = _scene.Begin();
        transaction.Set("k"u8, []);
        await transaction.CommitAsync();

        Assert.Equal(2017, await CodeAsync(transaction.GetVersionstampAsync()));
    }
}

using System.Runtime.InteropServices;
using FerrisDB.Native;

namespace FerrisDB.Tests.Native;

/// <summary>Futures that are used again: nobody finds out.</summary>
public sealed class SpareFuturesTests
{
    private const int Key = 3;
    private const int Released = 1102;

    // More than a thread keeps, and enough for the generations of each slot to begin again.
    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(40, 3_000)]
    public void An_old_handle_leads_nowhere_although_its_future_is_used_again(int atOnce, int rounds)
    {
        OnItsOwnThread(() =>
        {
            var spare = SpareFutures.OfThread;
            var old = new nint[atOnce];
            for (var round = 0; round < rounds; round++)
            {
                for (var index = 0; index < atOnce; index++)
                {
                    var handle = spare.Ready(FutureResult.OfNumber(index));
                    Assert.NotEqual(old[index], handle);
                    Assert.Null(HandleTable.FindFuture(old[index]));
                    Assert.False(IsKept(spare, old[index]));
                    old[index] = handle;
                }
                foreach (var handle in old)
                    Destroy(spare, handle);
            }
            Assert.InRange(spare.Count, 1, 16);
        });
    }

    [Fact]
    public void What_another_one_has_had_before_does_not_show()
    {
        OnItsOwnThread(() =>
        {
            var spare = SpareFutures.OfThread;
            for (var round = 0; round < 20; round++)
            {
                var key = spare.Ready(FutureResult.OfKey("released"u8));
                Assert.Equal(0, HandleTable.FindFuture(key)!.Take(FutureKind.Key, out _));
                HandleTable.FindFuture(key)!.Release();
                Destroy(spare, key);
                Destroy(spare, spare.Failed((int)ErrorCode.NotCommitted));
            }

            var first = HandleTable.FindFuture(spare.Ready(FutureResult.OfNumber(7)))!;
            var second = HandleTable.FindFuture(spare.Ready(FutureResult.Nothing))!;

            Assert.Equal(0, first.Take(FutureKind.Number, out var result));
            Assert.Equal(7, result.Number);
            Assert.Equal(0, second.Error);
            first.Release();
            Assert.Equal(Released, first.Error);
        });
    }

    [Fact]
    public void One_that_somebody_waits_for_or_calls_back_of_is_not_used_again()
    {
        OnItsOwnThread(() =>
        {
            var spare = SpareFutures.OfThread;
            var awaited = FutureHandles.From(Task.FromResult(1L), FutureResult.OfNumber, out _);
            var called = spare.Ready(FutureResult.Nothing);
            HandleTable.FindFuture(called)!.AddCallback(0, 0);

            Assert.False(IsKept(spare, awaited));
            Assert.False(IsKept(spare, called));
            Assert.Equal(0, spare.Count);
        });
    }

    // A block that is used again, memory of the value's own, and what was not known to become long.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ValueWriter.BlockBytes)]
    [InlineData(ValueWriter.BlockBytes + 1)]
    [InlineData(100_000)]
    public async Task Values_of_every_length_are_read(int length)
    {
        using var database = Database.OpenInMemory();
        var value = new byte[length];
        new Random(length).NextBytes(value);
        await database.RunAsync(transaction => transaction.Set([Key], value));
        OnItsOwnThread(() =>
        {
            using var transaction = database.CreateTransaction();
            using var writer = database.CreateTransaction();
            writer.Set([Key], value);
            for (var round = 0; round < 3; round++)
            {
                // The second one has written it itself.
                foreach (var reader in new[] { transaction, writer })
                {
                    var handle = SpareFutures.OfThread.Read(reader, [Key], isSnapshot: round == 1);
                    Assert.Equal(value, ValueOf(handle));
                    Destroy(SpareFutures.OfThread, handle);
                }
                Assert.Null(ValueOf(SpareFutures.OfThread.Read(transaction, [Key + 1], isSnapshot: false)));
            }
        });
    }

    private static byte[]? ValueOf(nint handle)
    {
        Assert.Equal(0, HandleTable.FindFuture(handle)!.Take(FutureKind.Value, out var result));
        if (!result.Flag)
            return null;
        var bytes = new byte[result.Length];
        Marshal.Copy(result.Memory, bytes, 0, bytes.Length);
        return bytes;
    }

    private static bool IsKept(SpareFutures spare, nint handle) =>
        HandleTable.FindFuture(handle) is { } future && spare.TryKeep(handle, future);

    private static void Destroy(SpareFutures spare, nint handle)
    {
        if (!IsKept(spare, handle))
            HandleTable.Remove<Future>(handle)!.Destroy();
    }

    private static void OnItsOwnThread(Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(body));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}

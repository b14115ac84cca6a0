using FerrisDB.Native;

namespace FerrisDB.Tests.Native;

/// <summary>Handles: what they lead to, and what they do not lead to any more.</summary>
public sealed class HandleTableTests
{
    [Fact]
    public void A_handle_finds_what_it_stands_for_until_it_is_removed()
    {
        var target = new object();
        var handle = HandleTable.Add(target);

        Assert.Same(target, HandleTable.Find(handle));
        Assert.Same(target, HandleTable.Remove<object>(handle));
        Assert.Null(HandleTable.Find(handle));
        Assert.Null(HandleTable.Remove<object>(handle));
    }

    [Fact]
    public void A_handle_of_another_kind_finds_nothing_and_is_not_removed()
    {
        var handle = HandleTable.Add("text");

        Assert.Null(HandleTable.Find(handle) as Version);
        Assert.Null(HandleTable.Remove<Version>(handle));
        Assert.Equal("text", HandleTable.Remove<string>(handle));
    }

    [Fact]
    public void A_removed_handle_does_not_come_back_while_others_come_and_go()
    {
        var old = HandleTable.Add("old");
        HandleTable.Remove<string>(old);
        for (var round = 0; round < 100_000; round++)
        {
            var handle = HandleTable.Add("new");
            Assert.NotEqual(old, handle);
            HandleTable.Remove<string>(handle);
        }
        Assert.Null(HandleTable.Find(old));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(0x1fff_ffff_fff0)]
    [InlineData(0x1000_0000_0008)]
    [InlineData(0x7fff_0000_0000)]
    public void A_number_that_is_no_handle_finds_nothing(long number)
    {
        Assert.Null(HandleTable.Find((nint)number));
        Assert.Null(HandleTable.Remove<object>((nint)number));
    }

    // Each thread owns its handles; a lookup that mixed up slots would find what another thread put there.
    [Fact]
    public void Threads_find_their_own_and_never_each_others()
    {
        var strangers = 0;
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            var mine = new object();
            for (var round = 0; round < 20_000; round++)
            {
                var handle = HandleTable.Add(mine);
                if (HandleTable.Find(handle) != mine || HandleTable.Remove<object>(handle) != mine
                    || HandleTable.Find(handle) is not null)
                    Interlocked.Increment(ref strangers);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(0, strangers);
    }
}

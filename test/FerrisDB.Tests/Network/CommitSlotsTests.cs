using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>How a client numbers its commits.</summary>
public sealed class CommitSlotsTests
{
    [Fact]
    public void A_slot_that_was_returned_is_taken_again_with_another_number()
    {
        var slots = new CommitSlots(client: 9);
        var first = slots.Take(version: 5);
        var second = slots.Take(version: 5);

        slots.Return(first);
        var third = slots.Take(version: 6);

        Assert.Equal((0U, 1U, 0U), (first.Slot, second.Slot, third.Slot));
        Assert.Equal((9UL, 9UL, 6L), (first.Client, third.Client, third.Version));
        Assert.NotEqual(first.Number, third.Number);
    }

    // Millions that were sent again: then it goes on as another client, and what comes back late is dropped.
    [Fact]
    public void When_no_slot_is_left_it_goes_on_as_another_client()
    {
        var slots = new CommitSlots(client: 9);
        var last = default(IdempotencyId);
        for (var slot = 0U; slot <= IdempotencyId.SlotMax; slot++)
            last = slots.Take(version: 5);

        var next = slots.Take(version: 5);
        slots.Return(last);

        Assert.Equal((IdempotencyId.SlotMax, 9UL), (last.Slot, last.Client));
        Assert.Equal((0U, 10UL), (next.Slot, next.Client));
        Assert.Equal(1U, slots.Take(version: 5).Slot);
    }
}

using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>The codecs of the protocol: what is written is read, and nothing else is believed.</summary>
public sealed class FrameTests
{
    private static readonly RequestLimits Limits = new(10_000, 30_000, 100_000, 10_000_000);

    [Fact]
    public void A_frame_says_who_it_is_for()
    {
        var frame = Frame(MessageType.Get, RoleEndpoint.StorageServer, 77, [1, 2, 3]);

        Assert.Equal(frame.Length, FrameHeader.SizeOfFrame(frame));
        Assert.Equal(new FrameHeader(MessageType.Get, RoleEndpoint.StorageServer, 77), FrameHeader.Read(frame));
    }

    [Fact]
    public void A_frame_with_any_flipped_bit_is_refused()
    {
        var frame = Frame(MessageType.Get, RoleEndpoint.StorageServer, 77, [1, 2, 3]);
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(IsRefused(frame), $"bit {bit} was flipped and nobody noticed");
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void The_size_of_a_frame_is_known_from_its_first_eight_bytes_and_has_a_limit()
    {
        var frame = Frame(MessageType.Get, RoleEndpoint.StorageServer, 77, [1, 2, 3]);
        for (var length = 0; length <= frame.Length; length++)
            Assert.Equal(length < 8 ? 0 : frame.Length, FrameHeader.SizeOfFrame(frame.AsSpan(0, length)));

        BitConverter.TryWriteBytes(frame.AsSpan(4), ProtocolFormat.FrameBytesMax + 1);

        Assert.Throws<ProtocolException>(() => FrameHeader.SizeOfFrame(frame));
    }

    [Fact]
    public void A_random_commit_is_read_as_it_was_written_and_not_with_a_byte_less()
    {
        foreach (var seed in Seeds.ToTry(standard: 50))
        {
            var written = RandomCommit(new Random(seed));
            var writer = new MessageWriter();
            CommitMessage.Write(writer, written, Durability.Process);
            var read = new CommitTransaction();

            Assert.Equal(
                Durability.Process, CommitMessage.Read(writer.Written.Span, read, Limits, AccessGrant.Everything));

            Assert.Equal(TextOf(written), TextOf(read));
            for (var length = 0; length < writer.Length; length += 1 + (length / 20))
                Assert.Throws<ProtocolException>(
                    () => CommitMessage.Read(
                        writer.Written.Span[..length], new CommitTransaction(), Limits, AccessGrant.Everything));
        }
    }

    [Fact]
    public void Damaged_messages_are_refused_and_nothing_worse()
    {
        foreach (var seed in Seeds.ToTry(standard: 300))
        {
            var random = new Random(seed);
            var writer = new MessageWriter();
            CommitMessage.Write(writer, RandomCommit(random), Durability.Sync);
            var bytes = writer.Written.ToArray();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ReadAll(bytes, seed);
        }
    }

    [Theory]
    [InlineData(ErrorCode.KeyTooLarge, MutationKind.Set, 10_001, 1)]
    [InlineData(ErrorCode.ValueTooLarge, MutationKind.Set, 1, 100_001)]
    [InlineData(ErrorCode.InvertedRange, MutationKind.ClearRange, 2, 1)]
    [InlineData(ErrorCode.InvalidMutationType, (MutationKind)99, 1, 1)]
    [InlineData(ErrorCode.ClientInvalidOperation, MutationKind.SetVersionstampedKey, 12, 1)]
    public void A_server_has_limits_that_no_client_can_exceed(
        ErrorCode expected, object kind, int keyBytes, int operandBytes)
    {
        var transaction = new CommitTransaction();
        transaction.Mutations.Add((MutationKind)kind, new byte[keyBytes], new byte[operandBytes]);
        var writer = new MessageWriter();
        CommitMessage.Write(writer, transaction, Durability.Sync);

        var error = Assert.Throws<FerrisException>(
            () => CommitMessage.Read(writer.Written.Span, new CommitTransaction(), Limits, AccessGrant.Everything));

        Assert.Equal(expected, error.Code);
    }

    [Theory]
    [InlineData(18, MutationKind.Min)]
    [InlineData(19, MutationKind.BitAnd)]
    public void A_server_knows_the_second_codes_of_operations(int code, object kind)
    {
        var transaction = new CommitTransaction();
        transaction.Mutations.Add((MutationKind)code, [1], [2]);
        var writer = new MessageWriter();
        CommitMessage.Write(writer, transaction, Durability.Sync);
        var read = new CommitTransaction();

        CommitMessage.Read(writer.Written.Span, read, Limits, AccessGrant.Everything);

        Assert.Equal((MutationKind)kind, read.Mutations[0].Kind);
    }

    [Fact]
    public void A_decision_is_read_as_it_was_written()
    {
        var transaction = RandomCommit(new Random(1));
        transaction.Verdict = Verdict.Conflict;
        transaction.Version = 123_456_789;
        transaction.Order = 7;
        transaction.Conflicting.Add(0);
        var writer = new MessageWriter();
        CommitMessage.WriteDecision(writer, transaction);
        var read = RandomCommit(new Random(1));

        CommitMessage.ReadDecision(writer.Written.Span, read);

        Assert.Equal((Verdict.Conflict, 123_456_789L, (ushort)7), (read.Verdict, read.Version, read.Order));
        Assert.Equal([0], read.Conflicting);
    }

    private static byte[] Frame(MessageType type, RoleEndpoint endpoint, ulong id, byte[] payload)
    {
        var writer = new MessageWriter();
        writer.BeginFrame();
        writer.WriteRaw(payload);
        writer.EndFrame(type, endpoint, id);
        return writer.Written.ToArray();
    }

    private static bool IsRefused(byte[] frame)
    {
        try
        {
            if (FrameHeader.SizeOfFrame(frame) != frame.Length)
                return true;
            FrameHeader.Read(frame);
            return false;
        }
        catch (ProtocolException)
        {
            return true;
        }
    }

    private static void ReadAll(byte[] bytes, int seed)
    {
        foreach (var read in (Action[])
            [
                () => CommitMessage.Read(bytes, new CommitTransaction(), Limits, AccessGrant.Everything),
                () => CommitMessage.ReadDecision(bytes, new CommitTransaction()),
                () => StorageMessage.ReadGetRange(bytes, out _, out _),
                () => StorageMessage.ReadWatch(bytes, Limits, AccessGrant.Everything),
                () => StorageMessage.ReadKeys(bytes),
                () => StorageMessage.ReadValue(bytes, out _),
                () => ErrorMessage.Read(bytes),
            ])
        {
            var error = Record.Exception(read);
            Assert.True(error is null or ProtocolException or FerrisException, $"seed {seed}: {error}");
        }
    }

    private static CommitTransaction RandomCommit(Random random)
    {
        var transaction = new CommitTransaction
        {
            ReadVersion = random.NextInt64(1, long.MaxValue),
            ReportsConflicts = random.Next(2) == 0,
            Id = random.Next(2) == 0 ? default : new IdempotencyId(random.NextInt64(), 5, 6),
        };
        transaction.Attempt = transaction.Id.IsNone ? 0 : random.Next(1000);
        transaction.Reads.AddPoint(Bytes(random, 20));
        for (var count = random.Next(10); count > 0; count--)
        {
            byte[] begin = [.. Bytes(random, 20)];
            transaction.Reads.Add(begin, [.. begin, .. Bytes(random, 5), 1]);
            transaction.Writes.AddPoint(begin);
            transaction.Mutations.Add(MutationKind.Set, begin, Bytes(random, 200));
            transaction.Mutations.Add(MutationKind.Add, begin, Bytes(random, 20));
            transaction.Mutations.Add(MutationKind.ClearRange, begin, [.. begin, 1]);
        }
        return transaction;
    }

    // Keys of users.
    private static byte[] Bytes(Random random, int lengthMax)
    {
        var bytes = new byte[random.Next(lengthMax)];
        random.NextBytes(bytes);
        foreach (ref var each in bytes.AsSpan())
            each &= 0x7f;
        return bytes;
    }

    private static string TextOf(CommitTransaction transaction)
    {
        var text = new System.Text.StringBuilder();
        text.Append(
            $"{transaction.ReadVersion} {transaction.ReportsConflicts} {transaction.Id} {transaction.Attempt}\n");
        foreach (var ranges in (ConflictRanges[])[transaction.Reads, transaction.Writes])
        {
            foreach (var range in ranges)
                text.Append($"{Convert.ToHexString(range.Begin)}-{Convert.ToHexString(range.End)} {range.IsPoint}\n");
        }
        for (var index = 0; index < transaction.Mutations.Count; index++)
        {
            var mutation = transaction.Mutations[index];
            text.Append(
                $"{mutation.Kind} {Convert.ToHexString(mutation.Key)} {Convert.ToHexString(mutation.Operand)}\n");
        }
        return text.ToString();
    }
}

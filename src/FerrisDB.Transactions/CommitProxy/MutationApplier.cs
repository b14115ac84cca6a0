using System.Buffers;

namespace FerrisDB.Transactions;

/// <summary>Turns the mutations of a transaction into what is written: atomic operations into their results.</summary>
/// <remarks>Called by one thread at a time, the one that decides commits. Keeps its buffers.</remarks>
internal sealed class MutationApplier(StorageServer storage)
{
    private readonly ArrayBufferWriter<byte> _value = new();
    private byte[] _result = [];
    private byte[] _stamped = [];

    /// <summary>Adds the write conflicts of keys that only the commit's version completes.</summary>
    public void AddStampedKeys(CommitTransaction transaction)
    {
        for (var index = 0; index < transaction.Mutations.Count; index++)
        {
            var mutation = transaction.Mutations[index];
            if (mutation.Kind == MutationKind.SetVersionstampedKey)
                transaction.Writes.AddPoint(Stamp(mutation.Key, transaction));
        }
    }

    /// <summary>Puts into the batch what the transaction writes.</summary>
    public void Apply(CommitTransaction transaction, WriteBatch batch)
    {
        var mutations = transaction.Mutations;
        var hasStamped = false;
        var count = mutations.Count;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.CommitLosesTheLastMutation && count > 3)
            count--;
#endif
        for (var index = 0; index < count; index++)
        {
            var mutation = mutations[index];
            switch (mutation.Kind)
            {
                case MutationKind.Set:
                    batch.Put(mutation.Key, mutation.Operand);
                    break;
                case MutationKind.Clear:
                    batch.Delete(mutation.Key);
                    break;
                case MutationKind.ClearRange:
                    batch.DeleteRange(mutation.Key, mutation.Operand);
                    break;
                case MutationKind.SetVersionstampedKey:
                    hasStamped = true;
                    batch.Put(Stamp(mutation.Key, transaction), mutation.Operand);
                    break;
                case MutationKind.SetVersionstampedValue:
                    hasStamped = true;
                    batch.Put(mutation.Key, Stamp(mutation.Operand, transaction));
                    break;
                default:
                    index = ApplyChain(mutations, index, batch, hasStamped);
                    break;
            }
        }
    }

    // The operations on one key follow each other. Nothing before them in the transaction has touched it, for what it
    // knows itself was evaluated by the client; unless that is a key that was not known before now, or a value behind
    // one: what follows a versionstamped value is not evaluated, also when a set has taken its place. Returns the index
    // of the last of them.
    private int ApplyChain(MutationList mutations, int index, WriteBatch batch, bool hasStamped)
    {
        var key = mutations[index].Key;
        _value.ResetWrittenCount();
        var isBehindOwn = hasStamped || (index > 0 && mutations[index - 1].Key.SequenceEqual(key));
        if (isBehindOwn && batch.TryFind(key, out var isPresent, out var written))
            _value.Write(written);
        else
            isPresent = storage.TryGetApplied(key, _value);
        while (true)
        {
            var mutation = mutations[index];
            var result = ResultRoom(AtomicOps.ResultBytesMax(
                mutation.Kind, _value.WrittenCount, mutation.Operand.Length));
            isPresent = AtomicOps.Apply(
                mutation.Kind, isPresent, _value.WrittenSpan, mutation.Operand, storage.ValueSizeLimitBytes, result,
                out var length);
            _value.ResetWrittenCount();
            _value.Write(result[..length]);
            if (index + 1 == mutations.Count || !IsNext(mutations[index + 1], key))
                break;
            index++;
        }
        if (isPresent)
            batch.Put(key, _value.WrittenSpan);
        else
            batch.Delete(key);
        return index;
    }

    private Span<byte> ResultRoom(int bytes)
    {
        if (_result.Length < bytes)
            _result = new byte[Math.Max(bytes, _result.Length * 2)];
        return _result;
    }

    private static bool IsNext(MutationView mutation, ReadOnlySpan<byte> key) =>
        AtomicOps.Includes(mutation.Kind) && mutation.Key.SequenceEqual(key);

    private ReadOnlySpan<byte> Stamp(ReadOnlySpan<byte> operand, CommitTransaction transaction)
    {
        if (_stamped.Length < operand.Length)
            _stamped = new byte[Math.Max(operand.Length, _stamped.Length * 2)];
        var stamped = _stamped.AsSpan(0, VersionstampOperand.StampedLength(operand));
        VersionstampOperand.Stamp(operand, transaction.Version, transaction.Order, stamped);
        return stamped;
    }
}

using System.Buffers;

namespace FerrisDB.Extensions;

/// <summary>An entry as it was read: its header, and the rows of its value.</summary>
/// <param name="Entry">The header.</param>
/// <param name="Rows">The row of the header, and behind it those of the value if they were asked for.</param>
internal readonly record struct CachedValue(CacheEntry Entry, IReadOnlyList<KeyValue> Rows)
{
    public byte[] ToArray()
    {
        var value = new byte[Entry.Length];
        var written = 0;
        for (var index = 1; index < Rows.Count; index++)
        {
            Rows[index].Value.CopyTo(value.AsMemory(written));
            written += Rows[index].Value.Length;
        }
        return value;
    }

    public void CopyTo(IBufferWriter<byte> destination)
    {
        for (var index = 1; index < Rows.Count; index++)
            destination.Write(Rows[index].Value.Span);
    }
}

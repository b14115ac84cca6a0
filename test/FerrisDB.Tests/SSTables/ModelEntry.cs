using FerrisDB.Storage;

namespace FerrisDB.Tests;

/// <summary>One entry of a model table.</summary>
internal sealed record ModelEntry(byte[] Key, EntryTag Tag, byte[] Value) : IComparable<ModelEntry>
{
    public int CompareTo(ModelEntry? other) => InternalKey.Compare(Key, Tag, other!.Key, other.Tag);

    public override string ToString() =>
        $"{Convert.ToHexString(Key)}@{Tag.Version}/{Tag.Kind} ({Value.Length} bytes)";
}

using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Transactions;

/// <summary>A key selector without "or equal": an offset of 1 is the first key at or behind the key.</summary>
internal readonly record struct ModelSelector(string Key, int Offset)
{
    public static ModelSelector From(KeySelector selector) =>
        new(Text(selector.Key.Span) + (selector.OrEqual ? "\0" : ""), selector.Offset);

    public override string ToString() => $"({Key}{Offset:+0;-0;+0})";
}

using FerrisDB.Transactions;

namespace FerrisDB.Tests.Transactions;

/// <summary>One call of a transaction and what came of it. Keys and values are Latin-1 text.</summary>
internal sealed record HistoryStep(HistoryStepKind Kind)
{
    /// <summary>The key, or where the range begins.</summary>
    public string Key { get; init; } = "";

    /// <summary>The value, the operand, or where the range ends.</summary>
    public string Operand { get; init; } = "";

    public MutationKind Mutation { get; init; }

    /// <summary>Adds no conflict: a snapshot read, or a write that was told so.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Sees the database as it is, without the transaction's own writes.</summary>
    public bool IgnoresOwnWrites { get; init; }

    public ModelSelector Begin { get; init; }

    public ModelSelector End { get; init; }

    public int Limit { get; init; }

    public bool Reverse { get; init; }

    public StreamingMode Mode { get; init; } = StreamingMode.WantAll;

    /// <summary>What a read failed with.</summary>
    public ErrorCode? Error { get; set; }

    /// <summary>The value or the key that was read; null for an absent value.</summary>
    public string? Found { get; set; }

    public List<KeyValuePair<string, string>> Rows { get; set; } = [];

    public bool More { get; set; }

    public bool IsRead => Kind is HistoryStepKind.Get or HistoryStepKind.GetKey or HistoryStepKind.GetPage;

    public override string ToString()
    {
        var what = Kind switch
        {
            HistoryStepKind.Get => $"get {Key} -> {Found ?? "nothing"}",
            HistoryStepKind.GetKey => $"key {Begin} -> {Found}",
            HistoryStepKind.GetPage =>
                $"page {Begin}..{End} limit {Limit}{(Reverse ? " reverse" : "")} -> {string.Join(' ', Rows)}"
                + (More ? " ..." : ""),
            HistoryStepKind.Write => $"{Mutation} {Key} {Operand}",
            _ => $"{Kind} {Key} {Operand}",
        };
        var without = IgnoresOwnWrites ? " (without own writes)" : "";
        return $"{what}{(IsQuiet ? " (quiet)" : "")}{without}{(Error is { } error ? $" failed: {error}" : "")}";
    }
}
